#include "tables/record_merge.hpp"

#include "base/assert.hpp"

#include <utility>

namespace sv::tables {

RecordMerge::RecordMerge(std::vector<std::optional<std::size_t>> positions, std::size_t header_width,
                         char delimiter)
    : positions_(std::move(positions)), ours_at_(header_width), delimiter_(delimiter), scanner_(delimiter) {
  is_identity_ = header_width == positions_.size();
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    if (positions_[i] != i) is_identity_ = false;
    if (positions_[i]) {
      ours_at_[*positions_[i]] = i;
    } else {
      ++added_;
    }
  }
}

void RecordMerge::append_header(std::string_view raw_header, const std::vector<ReviewColumn>& columns,
                                std::string& to) const {
  to.append(raw_header);
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    // Our names need no quotes in any dialect.
    if (!positions_[i]) to.append(1, delimiter_).append(header_of(columns[i]));
  }
}

void RecordMerge::append_row(const ExistingReview* old, std::optional<std::string_view> ours,
                             std::string& to) {
  if (!ours) {
    SV_ASSERT(old != nullptr, "nothing to write");
    // A blank line stays one; and a short row is short for all readers, so it needs no filling up either.
    if (old->width() <= ours_at_.size()) {
      to.append(old->raw_record());
      return;
    }
  }
  if (ours) {
    scanner_.start();
    [[maybe_unused]] const ScanStatus status = scanner_.scan(*ours, true);
    SV_ASSERT(status == ScanStatus::complete && scanner_.consumed() == ours->size(),
              "our own record is no CSV");
    SV_ASSERT(scanner_.cells().size() == positions_.size(), "our own record has another number of cells");
  }
  const auto new_cell = [&](std::size_t i) {
    const CellSpan& cell = scanner_.cells()[i];
    return ours->substr(cell.begin, cell.end - cell.begin);
  };
  const auto old_cell = [&](std::size_t column) {
    return old != nullptr ? old->raw_cell(column) : std::string_view();
  };

  for (std::size_t column = 0; column < ours_at_.size(); ++column) {
    if (column > 0) to.push_back(delimiter_);
    to.append(ours && ours_at_[column] ? new_cell(*ours_at_[column]) : old_cell(column));
  }
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    if (positions_[i]) continue;
    to.push_back(delimiter_);
    if (ours) to.append(new_cell(i));
  }
  for (std::size_t column = ours_at_.size(); old != nullptr && column < old->width(); ++column) {
    to.append(1, delimiter_).append(old_cell(column));
  }
}

}  // namespace sv::tables
