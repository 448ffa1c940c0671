#include "sheets/cell_text.hpp"

#include <boost/json/serialize.hpp>

#include <cstdint>

namespace sv::sheets {

namespace json = boost::json;

std::string cell_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_bool()) return value.get_bool() ? "TRUE" : "FALSE";
  if (value.is_null()) return {};
  return json::serialize(value);  // a number
}

std::vector<std::string> row_text(const json::value& row) {
  std::vector<std::string> cells;
  if (!row.is_array()) return cells;
  for (const json::value& cell : row.get_array()) cells.push_back(cell_text(cell));
  return cells;
}

std::uint64_t row_number_of(std::string_view text) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<std::uint64_t>(c - '0');
      if (number > kMost) return 0;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-') {
      return 0;
    }
  }
  return number;
}

std::string fit_cell(std::string_view text) {
  if (text.size() <= kMostCellCharacters) return std::string(text);
  std::size_t units = 0;
  std::size_t fitting = 0;  // bytes that leave room for the ellipsis
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) == 0x80U) continue;  // a character's further bytes
    if (units <= kMostCellCharacters - 1) fitting = i;
    units += byte >= 0xF0U ? 2U : 1U;
    if (units > kMostCellCharacters) return std::string(text.substr(0, fitting)) + "…";
  }
  return std::string(text);
}

}  // namespace sv::sheets
