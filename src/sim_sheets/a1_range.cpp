#include "sim_sheets/a1_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sv::sim_sheets {

namespace {

// Google Sheets: columns run to ZZZ.
constexpr std::size_t kMostColumnLetters = 3;
constexpr std::size_t kMostRowDigits = 8;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Corner {
  std::optional<int> row;
  std::optional<int> column;
};

std::optional<Corner> parse_corner(std::string_view text) {
  Corner corner;
  std::size_t at = 0;
  const auto skip_dollar = [&] { at += static_cast<std::size_t>(at < text.size() && text[at] == '$'); };
  skip_dollar();
  int column = 0;
  const std::size_t letters_begin = at;
  for (; at < text.size() && is_letter(text[at]); ++at) {
    if (at - letters_begin == kMostColumnLetters) return std::nullopt;
    column = column * 26 + ((text[at] & 0x5F) - 'A' + 1);
  }
  if (at > letters_begin) {
    corner.column = column - 1;
    skip_dollar();
  }
  int row = 0;
  const std::size_t digits_begin = at;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (at - digits_begin == kMostRowDigits) return std::nullopt;
    row = row * 10 + (text[at] - '0');
  }
  if (at > digits_begin) {
    if (row == 0) return std::nullopt;
    corner.row = row - 1;
  }
  if (at != text.size() || (!corner.row && !corner.column)) return std::nullopt;
  return corner;
}

void order(std::optional<int>& low, std::optional<int>& high) {
  if (low && high && *low > *high) std::swap(*low, *high);
}

bool parse_box(std::string_view text, A1Range& range) {
  const std::size_t colon = text.find(':');
  std::optional<Corner> first = parse_corner(text.substr(0, colon));
  if (!first) return false;
  std::optional<Corner> last = first;
  if (colon == std::string_view::npos) {
    if (!first->row || !first->column) return false;
  } else {
    last = parse_corner(text.substr(colon + 1));
    if (!last) return false;
  }
  order(first->row, last->row);
  order(first->column, last->column);
  range.row_begin = first->row;
  range.column_begin = first->column;
  if (last->row) range.row_end = *last->row + 1;
  if (last->column) range.column_end = *last->column + 1;
  return true;
}

}  // namespace

bool Box::contains(const Box& other) const {
  return row_begin <= other.row_begin && other.row_end <= row_end && column_begin <= other.column_begin &&
         other.column_end <= column_end;
}

bool Box::intersects(const Box& other) const {
  return row_begin < other.row_end && other.row_begin < row_end && column_begin < other.column_end &&
         other.column_begin < column_end;
}

Box A1Range::on_grid(int rows, int columns) const {
  return {.row_begin = row_begin.value_or(0),
          .row_end = row_end.value_or(rows),
          .column_begin = column_begin.value_or(0),
          .column_end = column_end.value_or(columns)};
}

std::optional<A1Range> parse_a1(std::string_view text) {
  A1Range range;
  if (text.starts_with('\'')) {
    std::string title;
    std::size_t at = 1;
    for (;; ++at) {
      if (at >= text.size()) return std::nullopt;
      if (text[at] == '\'') {
        if (at + 1 >= text.size() || text[at + 1] != '\'') break;
        ++at;
      }
      title += text[at];
    }
    range.title = std::move(title);
    const std::string_view rest = text.substr(at + 1);
    if (rest.empty()) return range;
    if (!rest.starts_with('!') || !parse_box(rest.substr(1), range)) return std::nullopt;
    return range;
  }
  const std::size_t mark = text.rfind('!');
  if (mark != std::string_view::npos) {
    if (!parse_box(text.substr(mark + 1), range)) return std::nullopt;
    range.title = std::string(text.substr(0, mark));
    return range;
  }
  if (parse_box(text, range)) return range;
  if (text.empty()) return std::nullopt;
  A1Range whole;
  whole.title = std::string(text);
  return whole;
}

std::string column_name(int column) {
  std::string name;
  for (int rest = column + 1; rest > 0; rest = (rest - 1) / 26) {
    name.insert(name.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return name;
}

std::string echo_title(std::string_view title) {
  const bool is_word = !title.empty() && !is_digit(title.front()) && std::ranges::all_of(title, [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
  if (is_word && !parse_corner(title)) return std::string(title);
  std::string quoted = "'";
  for (const char c : title) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string echo_range(std::string_view title, const Box& box) {
  std::string text =
      fmt::format("{}!{}{}", echo_title(title), column_name(box.column_begin), box.row_begin + 1);
  if (!box.is_cell()) text += fmt::format(":{}{}", column_name(box.column_end - 1), box.row_end);
  return text;
}

}  // namespace sv::sim_sheets
