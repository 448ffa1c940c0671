// Reads the HTML report as its own script does, independently of the code that wrote it.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace sv::e2e {

struct ReportPage {
  boost::json::object run;
  boost::json::array rows;  // each an array of cells (src/report/page_row.hpp)

  std::string text(std::size_t row, std::size_t cell) const {
    return std::string(rows.at(row).as_array().at(cell).as_string());
  }
  std::int64_t number(std::size_t row, std::size_t cell) const {
    return rows.at(row).as_array().at(cell).as_int64();
  }
  // run["counts"][name]
  std::int64_t count(std::string_view name) const;
  // Rows whose cell is this.
  std::size_t rows_with(std::size_t cell, std::string_view text) const;
  std::size_t rows_with(std::size_t cell, std::int64_t number) const;
  bool has_gap(std::string_view name) const;
};

// Cells of a row.
inline constexpr std::size_t kNumber = 0, kIdentifier = 1, kManager = 2, kVerdict = 6, kKind = 7, kIssues = 8,
                             kReason = 10, kCost = 17, kLatency = 18, kRequests = 19, kChange = 20,
                             kEdited = 21, kRenamed = 22, kSourceChanged = 23;

// Throws when it is no report.
ReportPage read_report(std::string_view html);

}  // namespace sv::e2e
