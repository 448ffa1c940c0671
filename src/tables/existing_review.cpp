#include "tables/existing_review.hpp"

#include "base/text.hpp"
#include "tables/review_header.hpp"
#include "tables/safe_cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sv::tables {

namespace {

bool is_blank_record(std::span<const std::string_view> cells) {
  return std::ranges::all_of(cells, [](std::string_view cell) { return is_blank(cell); });
}

}  // namespace

Result<std::optional<ExistingReview>> ExistingReview::open(const std::string& path,
                                                           std::span<const ReviewColumn> columns) {
  Result<CsvReader> reader = CsvReader::open(path);
  if (!reader && reader.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!reader) return std::unexpected(std::move(reader.error()));
  ExistingReview review(std::move(*reader));
  const Result<bool> has_header = review.read_header(columns);
  if (!has_header) return std::unexpected(has_header.error());
  if (!*has_header) return std::nullopt;
  return review;
}

Result<bool> ExistingReview::read_header(std::span<const ReviewColumn> columns) {
  for (;;) {
    const Result<bool> read = reader_.next();
    if (!read || !*read) return read;
    if (!is_blank_record(reader_.cells())) break;
  }
  std::vector<std::string> names;
  for (const std::string_view name : reader_.cells()) names.emplace_back(without_safety_prefix(name));
  const ReviewHeader header(names);
  const std::string complaint = reader_.record_number() == 1 ? header.complaint() : "its first row is blank";
  if (!complaint.empty()) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("{} is not a review of ours ({}), so it is left as it is; name another output file, or "
                    "move this one away",
                    reader_.name(), complaint));
  }
  raw_header_ = reader_.raw_record();
  header_width_ = header.width();
  positions_ = header.positions_of(columns);
  project_name_ = header.position_of(ReviewColumn::project_name);
  check_date_ = header.position_of(ReviewColumn::check_date);
  return true;
}

Result<bool> ExistingReview::next() {
  if (blank_lines_ > 0) {
    // The record behind them has been read: with the last of them it is the current row.
    --blank_lines_;
    ++rows_given_;
    return true;
  }
  std::uint64_t blank_lines = 0;
  for (;;) {
    const Result<bool> read = reader_.next();
    if (!read || !*read) return read;
    if (!is_blank_record(reader_.cells())) break;
    ++blank_lines;
  }
  blank_lines_ = blank_lines;
  ++rows_given_;
  return true;
}

Result<void> ExistingReview::rewind() {
  if (Result<void> rewound = reader_.rewind(); !rewound) return rewound;
  blank_lines_ = 0;
  rows_given_ = 0;
  is_in_read_ = false;
  const Result<bool> header = reader_.next();
  if (!header) return std::unexpected(header.error());
  return {};
}

Result<std::vector<ports::ExistingRow>> ExistingReview::read(std::size_t max) {
  if (!is_in_read_) {
    if (Result<void> rewound = rewind(); !rewound) return std::unexpected(std::move(rewound.error()));
    is_in_read_ = true;
  }
  std::vector<ports::ExistingRow> rows;
  while (rows.size() < max) {
    const Result<bool> read = next();
    if (!read) return std::unexpected(read.error());
    if (!*read) break;
    rows.push_back(row());
  }
  if (rows.empty()) is_in_read_ = false;
  return rows;
}

ports::ExistingRow ExistingReview::row() const {
  return {.place = rows_given_ - 1,
          .identifier = std::string(without_safety_prefix(content(project_name_))),
          .check_date = std::string(content(check_date_))};
}

std::string_view ExistingReview::content(std::optional<std::size_t> column) const {
  return column && *column < width() ? reader_.cells()[*column] : std::string_view();
}

}  // namespace sv::tables
