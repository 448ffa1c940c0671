#include "config/secret_mask.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace sv::config {

namespace {

// The shortest run that is taken for a key; the keys of the known providers have 32 characters and more.
constexpr std::size_t kLongWord = 20;
// "sk-" and eight more characters are a key already (a test key, say).
constexpr std::size_t kShortKey = 11;
constexpr std::array<std::string_view, 7> kSecretNames = {"api_key", "apikey", "api-key",      "token",
                                                          "secret",  "passw",  "authorization"};
constexpr std::array<std::string_view, 4> kHarmlessBeginnings = {"_env", "-env",
                                                                 "s:", "s "};  // max_output_tokens: 5

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }
bool is_upper_name(std::string_view word) {
  return word.find('_') != std::string_view::npos && std::ranges::all_of(word, [](char c) {
           return c == '_' || std::isupper(static_cast<unsigned char>(c)) != 0 ||
                  std::isdigit(static_cast<unsigned char>(c)) != 0;
         });
}
bool has(std::string_view word, int (*is_kind)(int)) {
  return std::ranges::any_of(word, [is_kind](char c) { return is_kind(static_cast<unsigned char>(c)) != 0; });
}

bool looks_like_key(std::string_view word) {
  if (word.starts_with("sk-")) return word.size() >= kShortKey;
  if (word.size() < kLongWord || is_upper_name(word)) return false;
  return has(word, std::isdigit) && has(word, std::isalpha);
}

std::string stars_for(std::string_view text) { return std::string(count_code_points(text), '*'); }

// Where the value of a secret begins in the line, or npos: `api_key: X` and `{"api_key": X` at X.
std::size_t secret_value_begin(std::string_view line) {
  const std::string small = lower_ascii(line);
  std::size_t first = std::string_view::npos;
  for (const std::string_view name : kSecretNames) {
    for (std::size_t at = small.find(name); at != std::string::npos; at = small.find(name, at + 1)) {
      const std::string_view rest = std::string_view(small).substr(at + name.size());
      if (std::ranges::any_of(kHarmlessBeginnings, [rest](auto begin) { return rest.starts_with(begin); }))
        continue;
      const std::size_t mark = small.find_first_of(":=", at);
      if (mark == std::string::npos) continue;
      const std::size_t value = small.find_first_not_of(" \t", mark + 1);
      first = std::min(first, value == std::string::npos ? small.size() : value);
    }
  }
  return first;
}

// `http://user:password@host`: the part between `//` and `@` is as secret as a key.
std::string mask_userinfo(std::string text) {
  for (std::size_t at = text.find("//"); at != std::string::npos; at = text.find("//", at + 2)) {
    const std::size_t end = std::min(text.find_first_of("/?# \t\"'", at + 2), text.size());
    const std::size_t mark = text.rfind('@', end);
    if (mark == std::string::npos || mark < at + 2 || mark >= end) continue;
    text.replace(at + 2, mark - at - 2, stars_for(std::string_view(text).substr(at + 2, mark - at - 2)));
  }
  return text;
}

std::size_t indentation(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == std::string_view::npos ? line.size() : first;
}

}  // namespace

std::string mask_words(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end == at) {
      shown.push_back(text[at++]);
      continue;
    }
    const std::string_view word = text.substr(at, end - at);
    shown += looks_like_key(word) ? stars_for(word) : std::string(word);
    at = end;
  }
  return mask_userinfo(std::move(shown));
}

std::string show_variable(std::string_view name) {
  const bool is_shown = name.size() < kLongWord ? !name.starts_with("sk-") : is_upper_name(name);
  return is_shown ? std::string(name) : "(a name that looks like a key and is not shown)";
}

LineMask::LineMask(const SourceText& source) : source_(source) {
  for (std::size_t number = 1; number <= source.line_count(); ++number) {
    const std::string_view line = source.line(number);
    if (secret_value_begin(line) == std::string_view::npos) continue;
    // A value may go on in the lines below: in YAML they are indented deeper than its key.
    for (std::size_t next = number + 1; next <= source.line_count(); ++next) {
      const std::string_view below = source.line(next);
      if (indentation(below) < below.size() && indentation(below) <= indentation(line)) break;
      hidden_lines_.insert(next);
    }
  }
}

std::string LineMask::masked(std::size_t line_number) const {
  const std::string_view line = source_.line(line_number);
  if (hidden_lines_.contains(line_number)) {
    const std::string_view space = line.substr(0, indentation(line));
    return std::string(space) + stars_for(line.substr(space.size()));
  }
  const std::size_t secret = secret_value_begin(line);
  if (secret == std::string_view::npos) return mask_words(line);
  return mask_words(line.substr(0, secret)) + stars_for(line.substr(secret));
}

}  // namespace sv::config
