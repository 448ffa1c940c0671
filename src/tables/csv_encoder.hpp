// Writes CSV cells (RFC 4180) so that they read back as they were.
#pragma once

#include "tables/byte_scan.hpp"

#include <string>
#include <string_view>

namespace sv::tables {

// Quotes a cell only where it must be: it holds the delimiter, a quote or a line break, or begins or ends
// with a space (some readers trim cells that are not quoted). Delimiters and row ends between cells are the
// caller's.
class CsvEncoder {
 public:
  explicit CsvEncoder(char delimiter)
      : delimiter_(delimiter), reasons_to_quote_(delimiter, '"', '\n', '\r') {}

  char delimiter() const { return delimiter_; }
  void append_cell(std::string_view cell, std::string& to) const { append(cell, false, to); }
  // With the safety prefix where a spreadsheet would take the cell for a formula (safe_cell.hpp).
  void append_safe_cell(std::string_view cell, std::string& to) const;

 private:
  void append(std::string_view cell, bool is_prefixed, std::string& to) const;

  char delimiter_;
  StopBytes reasons_to_quote_;
};

}  // namespace sv::tables
