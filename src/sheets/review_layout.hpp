// In which columns of a tab a review's cells are. People move columns and add their own: ours are found by
// the header's names, in any case, as in a CSV review.
#pragma once

#include "base/error.hpp"
#include "tables/review_columns.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sv::sheets {

struct ReviewLayout {
  // Of each of the review's columns, in their order; nothing for those that the header lacks.
  std::vector<std::optional<std::size_t>> positions;
  std::size_t width = 0;  // of the header

  bool is_complete() const;
};

// Which of the review's columns name a row (see row_finder.hpp), and which tells whether a review has
// arrived.
struct KeyColumns {
  std::size_t anchor = 0;
  std::size_t number = 0;
  std::size_t check_date = 0;
};
KeyColumns key_columns(std::span<const tables::ReviewColumn> columns);

ReviewLayout find_layout(std::span<const std::string> header, std::span<const tables::ReviewColumn> columns);

// The layout when those that are missing are added behind the header.
ReviewLayout completed(const ReviewLayout& layout);

// A review's columns that stand side by side.
struct ColumnRun {
  std::size_t first_column = 0;       // of the tab
  std::vector<std::size_t> contents;  // which of the review's columns, one after another
};
// Without those in `left_out`, by their place in the tab.
std::vector<ColumnRun> column_runs(const ReviewLayout& layout, std::optional<std::size_t> left_out);

}  // namespace sv::sheets
