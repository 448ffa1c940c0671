#include "base/text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace sv {

namespace {

struct CodePoint {
  std::int32_t value = -1;  // -1: not valid UTF-8
  std::size_t length = 1;
};

CodePoint decode(std::string_view text, std::size_t at) {
  utf8proc_int32_t value = -1;
  const utf8proc_ssize_t length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                       static_cast<utf8proc_ssize_t>(text.size() - at), &value);
  if (length <= 0) return {};
  return {value, static_cast<std::size_t>(length)};
}

bool is_space(std::int32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0xFEFF || c == 0x202F || c == 0x3000;
}

// Bidi controls and zero-width characters can make a line read differently from what it says.
bool is_deceptive(std::int32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
         c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F) || c == 0x2028 || c == 0x2029;
}

bool is_control(std::int32_t c) { return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F); }

bool is_letter_or_digit(std::int32_t c) {
  if (c < 0) return false;
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

std::vector<std::int32_t> code_points(std::string_view text) {
  std::vector<std::int32_t> points;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    points.push_back(point.value);
    at += point.length;
  }
  return points;
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (static_cast<unsigned char>(bytes[at]) < 0x80) {
      ++at;
      continue;
    }
    const CodePoint point = decode(bytes, at);
    if (point.value < 0) return at;
    at += point.length;
  }
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    const CodePoint point = decode(text, begin);
    if (!is_space(point.value)) break;
    begin += point.length;
  }
  std::size_t end = text.size();
  while (end > begin) {
    std::size_t start = end - 1;
    while (start > begin && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) --start;
    if (!is_space(decode(text, start).value)) break;
    end = start;
  }
  return text.substr(begin, end - begin);
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_ascii(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) { return lower_ascii(c); });
  return small;
}

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    std::string_view rest = text.substr(at + word.size());
    rest.remove_prefix(std::min(rest.find_first_not_of("\": \\"), rest.size()));
    std::uint64_t value = 0;
    if (std::from_chars(rest.data(), rest.data() + rest.size(), value).ec == std::errc()) return value;
  }
  return std::nullopt;
}

std::string fold_case(std::string_view text) {
  text = trim(text);
  const bool ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) {
    std::string folded(text);
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
  }
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
      &mapped, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD));
  if (length < 0) return std::string(text);
  std::string folded(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
  std::free(mapped);  // utf8proc allocates with malloc
  return folded;
}

std::string sanitize_for_terminal(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    if (point.value < 0) {
      safe += "\xEF\xBF\xBD";
    } else if (is_control(point.value)) {
      safe += fmt::format("\\x{:02x}", point.value);
    } else if (is_deceptive(point.value)) {
      safe += fmt::format("\\u{:04x}", point.value);
    } else {
      safe.append(text.substr(at, point.length));
    }
    at += point.length;
  }
  return safe;
}

std::string shorten(std::string_view text, std::size_t max_columns) {
  std::string line;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    const bool is_break = point.value == '\n' || point.value == '\r' || point.value == '\t';
    const int width = is_break ? 1 : (point.value < 0 ? 1 : std::max(0, utf8proc_charwidth(point.value)));
    if (columns + static_cast<std::size_t>(width) > max_columns) {
      while (!line.empty() && columns + 1 > max_columns) {
        std::size_t start = line.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(line[start]) & 0xC0U) == 0x80U) --start;
        columns -= std::min(columns, display_width(std::string_view(line).substr(start)));
        line.resize(start);
      }
      return max_columns == 0 ? std::string() : line + "…";
    }
    if (is_break) {
      line.push_back(' ');
    } else {
      line.append(text.substr(at, point.length));
    }
    columns += static_cast<std::size_t>(width);
    at += point.length;
  }
  return line;
}

std::string shown_name(std::string_view name) {
  constexpr std::size_t kMostColumns = 60;
  return shorten(sanitize_for_terminal(name), kMostColumns);
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (const std::int32_t c : code_points(text)) {
    columns += c < 0 ? 1U : static_cast<std::size_t>(std::max(0, utf8proc_charwidth(c)));
  }
  return columns;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    if (!is_letter_or_digit(point.value)) {
      if (at > begin) words.push_back(text.substr(begin, at - begin));
      begin = at + point.length;
    }
    at += point.length;
  }
  if (begin < text.size()) words.push_back(text.substr(begin));
  return words;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto x = code_points(a);
  const auto y = code_points(b);
  std::vector<std::size_t> before(y.size() + 1);
  std::vector<std::size_t> previous(y.size() + 1);
  std::vector<std::size_t> current(y.size() + 1);
  for (std::size_t j = 0; j <= y.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= x.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= y.size(); ++j) {
      const std::size_t substitute = previous[j - 1] + (x[i - 1] == y[j - 1] ? 0U : 1U);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitute});
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[y.size()];
}

}  // namespace sv
