// A review in CSV form as an XLSX file that is pleasant to read: frozen and coloured header, filter, widths,
// wrapped text, YES green and NO red.
#pragma once

#include "base/error.hpp"
#include "workbooks/cell_bounds.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sv::workbooks {

struct ReviewWorkbookOptions {
  std::string csv_path;   // with the safety prefix of reviews
  std::string xlsx_path;  // is overwritten
  std::string tab;        // the name of the one tab
  std::string directory;  // for the library's scratch files
  // What a row number links to; empty: nothing. "external:statuses.xlsx#'Tab'!A" is followed by the number.
  std::string link;
};

struct WrittenWorkbook {
  std::uint64_t rows = 0;
  std::uint64_t cut_cells = 0;  // longer than Excel takes; they end with "…"
};

// Every text is written as text, whatever it looks like, never as a formula. The same CSV gives the same
// bytes. Memory is the same for any number of rows.
Result<WrittenWorkbook> write_review_workbook(const ReviewWorkbookOptions& options);

}  // namespace sv::workbooks
