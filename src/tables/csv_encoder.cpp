#include "tables/csv_encoder.hpp"

#include "tables/safe_cell.hpp"

#include <cstddef>

namespace sv::tables {

void CsvEncoder::append_safe_cell(std::string_view cell, std::string& to) const {
  append(cell, needs_safety_prefix(cell), to);
}

void CsvEncoder::append(std::string_view cell, bool is_prefixed, std::string& to) const {
  if (cell.empty()) return;
  const std::size_t first = reasons_to_quote_.find(cell.data(), 0, cell.size());
  const bool is_plain = first == cell.size() && cell.front() != ' ' && cell.back() != ' ';
  if (!is_plain) to.push_back('"');
  if (is_prefixed) to.push_back('\'');
  if (is_plain) {
    to.append(cell);
    return;
  }
  // A piece ends behind each quote, which the next piece begins with again: so it is doubled.
  std::size_t begin = 0;
  for (std::size_t quote = cell.find('"', first); quote != std::string_view::npos;
       quote = cell.find('"', quote + 1)) {
    to.append(cell.substr(begin, quote + 1 - begin));
    begin = quote;
  }
  to.append(cell.substr(begin)).push_back('"');
}

}  // namespace sv::tables
