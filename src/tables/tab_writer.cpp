#include "tables/tab_writer.hpp"

#include "base/system_files.hpp"
#include "tables/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sv::tables {

namespace {

constexpr char kDelimiter = ',';
// Excel's note about the delimiter, which leaves nothing to guess; it is no row.
constexpr std::string_view kPrologue = "sep=,\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kBlock = std::size_t{256} << 10U;

}  // namespace

void TabRow::put(std::size_t column, std::string_view text, std::size_t times) {
  if (text.empty() || column >= TabWriter::kMostColumns) return;
  const std::size_t end = column + std::min(times, TabWriter::kMostColumns - column);
  for (; column < end && bytes_ <= kMostBytes; ++column) {
    if (cells_.size() <= column) cells_.resize(column + 1);
    bytes_ += text.size();
    bytes_ -= cells_[column].size();
    cells_[column] = text;
  }
}

TabWriter::TabWriter(int file, std::string name, bool is_review, std::uint64_t most_bytes)
    : file_(file),
      name_(std::move(name)),
      is_review_(is_review),
      most_bytes_(most_bytes),
      encoder_(kDelimiter) {
  buffer_ = kPrologue;
}

Result<void> TabWriter::add_merge(MergedRows merge) {
  if (merge.last_row <= merge.first_row || merge.column >= kMostColumns) return {};  // nothing to fill down
  if (merges_.size() + active_.size() >= kMostMerges) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: it has more than {} merged blocks; export the tab as CSV instead", name_,
                            kMostMerges));
  }
  merges_.push_back(merge);
  are_merges_sorted_ = false;
  return {};
}

Result<void> TabWriter::write_row(std::uint64_t number, std::vector<std::string>& cells) {
  if (number > kMostRows) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: it has more than {} rows", name_, kMostRows));
  }
  if (number <= last_row_) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: it is damaged (row {} comes twice or too late)", name_, number));
  }
  if (cells.size() > kMostColumns) cells.resize(kMostColumns);
  // Rows between that a merged block covers have its value although nothing else stands in them.
  for (std::uint64_t row = last_row_ + 1; row < number && !active_.empty(); ++row) {
    std::vector<std::string> blank;
    if (const Result<void> filled = fill_merged(row, blank); !filled) return filled;
    if (blank.empty()) break;
    if (const Result<void> written = write_row(row, blank); !written) return written;
  }
  if (const Result<void> begun = begin_merges(number, cells); !begun) return begun;
  if (const Result<void> filled = fill_merged(number, cells); !filled) return filled;
  while (!cells.empty() && cells.back().empty()) cells.pop_back();
  if (cells.empty()) return {};
  for (++last_row_; last_row_ < number; ++last_row_) buffer_ += kLineEnd;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) buffer_ += kDelimiter;
    if (is_review_) encoder_.append_safe_cell(cells[i], buffer_);
    if (!is_review_) encoder_.append_cell(cells[i], buffer_);
  }
  buffer_ += kLineEnd;
  return flush(kBlock);
}

Result<void> TabWriter::finish() {
  // A block at the end of the tab.
  std::uint64_t last = 0;
  for (const auto& [column, active] : active_) last = std::max(last, active.last_row);
  for (std::uint64_t row = last_row_ + 1; row <= std::min(last, kMostRows); ++row) {
    std::vector<std::string> blank;
    if (const Result<void> written = write_row(row, blank); !written) return written;
  }
  return flush(0);
}

Result<void> TabWriter::begin_merges(std::uint64_t number, const std::vector<std::string>& cells) {
  if (!are_merges_sorted_) {
    std::ranges::sort(merges_, std::ranges::greater(), &MergedRows::first_row);
    are_merges_sorted_ = true;
  }
  for (; !merges_.empty() && merges_.back().first_row <= number; merges_.pop_back()) {
    const MergedRows& merge = merges_.back();
    if (merge.first_row < number || merge.column >= cells.size() || cells[merge.column].empty()) continue;
    ActiveMerge& active = active_[merge.column];
    active_bytes_ -= active.value.size();
    active = {.last_row = merge.last_row, .value = cells[merge.column]};
    active_bytes_ += active.value.size();
  }
  end_merges(number);
  // All of them stand in this row.
  if (active_bytes_ > TabRow::kMostBytes) return row_too_long(number);
  return {};
}

void TabWriter::end_merges(std::uint64_t number) {
  std::erase_if(active_, [this, number](const auto& column_and_merge) {
    const ActiveMerge& active = column_and_merge.second;
    if (active.last_row >= number) return false;
    active_bytes_ -= active.value.size();
    return true;
  });
}

Result<void> TabWriter::fill_merged(std::uint64_t number, std::vector<std::string>& cells) {
  end_merges(number);
  for (const auto& [column, active] : active_) {
    if (cells.size() <= column) cells.resize(column + 1);
    if (cells[column].empty()) cells[column] = active.value;
  }
  std::size_t bytes = 0;
  for (const std::string& cell : cells) bytes += cell.size();
  if (bytes > TabRow::kMostBytes) return row_too_long(number);
  return {};
}

Result<void> TabWriter::row_too_long(std::uint64_t number) const {
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: its row {} is longer than {} MB; export the tab without it as CSV", name_,
                          number, TabRow::kMostBytes >> 20U));
}

Result<void> TabWriter::flush(std::size_t above) {
  if (buffer_.size() <= above) return {};
  written_ += buffer_.size();
  if (written_ > most_bytes_) {
    return fail(ErrorKind::invalid_input, fmt::format("{}: its tab would be more than {} MB of text, which "
                                                      "no table of its size holds; export it as CSV",
                                                      name_, most_bytes_ >> 20U));
  }
  const int error = write_all(file_, buffer_);
  buffer_.clear();
  if (error != 0) return std::unexpected(file_error("write a scratch file for", name_, error));
  return {};
}

}  // namespace sv::tables
