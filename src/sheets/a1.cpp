#include "sheets/a1.hpp"

#include <fmt/format.h>

namespace sv::sheets {

namespace {

std::string quoted(std::string_view title) {
  std::string text = "'";
  for (const char c : title) {
    text += c;
    if (c == '\'') text += c;
  }
  return text + "'";
}

}  // namespace

std::string column_letters(std::size_t column) {
  std::string letters;
  for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

std::string a1_range(std::string_view title, std::uint64_t first_row, std::uint64_t last_row,
                     std::size_t first_column, std::size_t last_column) {
  return fmt::format("{}!{}{}:{}{}", quoted(title), column_letters(first_column), first_row,
                     column_letters(last_column), last_row);
}

std::string a1_column(std::string_view title, std::size_t column) {
  return fmt::format("{}!{}:{}", quoted(title), column_letters(column), column_letters(column));
}

std::string a1_rows(std::string_view title, std::uint64_t first, std::uint64_t last) {
  return fmt::format("{}!{}:{}", quoted(title), first, last);
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                               c == '-' || c == '.' || c == '_' || c == '~';
    if (is_unreserved) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return encoded;
}

}  // namespace sv::sheets
