// Puts the cells of a review into a target whose columns people have moved, deleted or added to.
#pragma once

#include "tables/existing_review.hpp"
#include "tables/record_scanner.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

// A target's record is: the header's columns in its order, then those of ours that the header lacks, then
// what a row has beyond its header. In an updated row our columns get new cells, all others stay as they
// were, byte by byte.
class RecordMerge {
 public:
  // `positions` and `header_width` as ExistingReview has them.
  RecordMerge(std::vector<std::optional<std::size_t>> positions, std::size_t header_width, char delimiter);

  // The header is exactly ours: a new record needs no merging, and no existing one any change.
  bool is_identity() const { return is_identity_; }
  bool adds_columns() const { return added_ > 0; }

  // The header with the missing names, appended to `to`.
  void append_header(std::string_view raw_header, const std::vector<ReviewColumn>& columns,
                     std::string& to) const;
  // `old`: the existing row at this place, if there is one. `ours`: our cells as a CSV record in our order;
  // without it the old row is kept and only made wide enough. At least one of them is there.
  void append_row(const ExistingReview* old, std::optional<std::string_view> ours, std::string& to);

 private:
  std::vector<std::optional<std::size_t>> positions_;
  // For each column of the header: which of ours it is.
  std::vector<std::optional<std::size_t>> ours_at_;
  char delimiter_;
  std::size_t added_ = 0;
  bool is_identity_ = false;
  RecordScanner scanner_;
};

}  // namespace sv::tables
