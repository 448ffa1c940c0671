// A review in CSV form as an XLSX file that is pleasant to read: frozen and coloured header, filter, widths,
// wrapped text, YES green and NO red.
#pragma once

#include "base/error.hpp"

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

// Excel's bounds (its specification of 2023); a longer text is cut, more rows are an error.
inline constexpr std::size_t kLongestCell = 32'767;  // UTF-16 units
inline constexpr std::uint64_t kMostWorkbookRows = 1'048'576;

// Every text is written as text, whatever it looks like, never as a formula. The same CSV gives the same
// bytes. Memory is the same for any number of rows.
Result<WrittenWorkbook> write_review_workbook(const ReviewWorkbookOptions& options);

// Whether Excel takes the name for a tab: not empty, at most 31 characters, none of []:*?/\ in it.
bool is_tab_name(std::string_view name);

}  // namespace sv::workbooks
