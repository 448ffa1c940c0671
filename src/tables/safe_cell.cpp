#include "tables/safe_cell.hpp"

namespace sv::tables {

namespace {

bool begins_dangerously(std::string_view cell) {
  if (cell.empty()) return false;
  switch (cell.front()) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
      return true;
    case '\xEF':  // U+FF0B, U+FF0D, U+FF1D, U+FF20
      return cell.starts_with("\xEF\xBC\x8B") || cell.starts_with("\xEF\xBC\x8D") ||
             cell.starts_with("\xEF\xBC\x9D") || cell.starts_with("\xEF\xBC\xA0");
    default:
      return false;
  }
}

}  // namespace

bool needs_safety_prefix(std::string_view cell) {
  while (!cell.empty() && cell.front() == '\'') cell.remove_prefix(1);
  return begins_dangerously(cell);
}

std::string_view without_safety_prefix(std::string_view cell) {
  if (!cell.starts_with('\'') || !needs_safety_prefix(cell)) return cell;
  return cell.substr(1);
}

}  // namespace sv::tables
