// The columns of a review in a table that people work in: they move columns, delete some and add their own,
// so ours are found by their names, in any case.
#pragma once

#include "tables/review_columns.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sv::tables {

class ReviewHeader {
 public:
  // The first row's cells as people see them.
  explicit ReviewHeader(std::span<const std::string> names);

  std::size_t width() const { return folded_.size(); }
  std::optional<std::size_t> position_of(ReviewColumn column) const;
  // Of each of them, in their order.
  std::vector<std::optional<std::size_t>> positions_of(std::span<const ReviewColumn> columns) const;

  // Why it is no review's: `its first row has no column "Is Valid"`; empty when it is one.
  std::string complaint() const;

 private:
  std::vector<std::string> folded_;
};

}  // namespace sv::tables
