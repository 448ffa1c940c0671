#include "tables/review_header.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sv::tables {

namespace {

// Without these a table is none of ours. The others may have been deleted: they are long, or of no interest
// to people.
constexpr std::array kMarksOfAReview = {ReviewColumn::row_number, ReviewColumn::is_valid,
                                        ReviewColumn::issues};

}  // namespace

ReviewHeader::ReviewHeader(std::span<const std::string> names) {
  folded_.reserve(names.size());
  for (const std::string& name : names) folded_.push_back(fold_case(name));
}

std::optional<std::size_t> ReviewHeader::position_of(ReviewColumn column) const {
  const auto found = std::ranges::find(folded_, fold_case(header_of(column)));
  if (found == folded_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - folded_.begin());
}

std::vector<std::optional<std::size_t>> ReviewHeader::positions_of(
    std::span<const ReviewColumn> columns) const {
  std::vector<std::optional<std::size_t>> positions;
  positions.reserve(columns.size());
  for (const ReviewColumn column : columns) positions.push_back(position_of(column));
  return positions;
}

std::string ReviewHeader::complaint() const {
  std::string missing;
  for (const ReviewColumn mark : kMarksOfAReview) {
    if (position_of(mark)) continue;
    missing +=
        fmt::format("{}\"{}\"", missing.empty() ? "its first row has no column " : ", ", header_of(mark));
  }
  return missing;
}

}  // namespace sv::tables
