#include "sheets/review_layout.hpp"

#include "tables/review_header.hpp"

#include <algorithm>
#include <utility>

namespace sv::sheets {

bool ReviewLayout::is_complete() const {
  return std::ranges::all_of(positions, [](const auto& position) { return position.has_value(); });
}

KeyColumns key_columns(std::span<const tables::ReviewColumn> columns) {
  KeyColumns keys;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == tables::ReviewColumn::row_number) keys.number = i;
    if (columns[i] == tables::ReviewColumn::check_date) keys.check_date = i;
    if (columns[i] == tables::ReviewColumn::project_name || columns[i] == tables::ReviewColumn::source_url) {
      keys.anchor = i;
    }
  }
  return keys;
}

ReviewLayout find_layout(std::span<const std::string> header, std::span<const tables::ReviewColumn> columns) {
  return {.positions = tables::ReviewHeader(header).positions_of(columns), .width = header.size()};
}

ReviewLayout completed(const ReviewLayout& layout) {
  ReviewLayout complete = layout;
  for (std::optional<std::size_t>& position : complete.positions) {
    if (!position) position = complete.width++;
  }
  return complete;
}

std::vector<ColumnRun> column_runs(const ReviewLayout& layout, std::optional<std::size_t> left_out) {
  std::vector<std::pair<std::size_t, std::size_t>> columns;  // of the tab, of the review
  for (std::size_t i = 0; i < layout.positions.size(); ++i) {
    if (layout.positions[i] && i != left_out) columns.emplace_back(*layout.positions[i], i);
  }
  std::ranges::sort(columns);
  std::vector<ColumnRun> runs;
  for (const auto& [column, content] : columns) {
    if (runs.empty() || runs.back().first_column + runs.back().contents.size() != column) {
      runs.push_back({.first_column = column, .contents = {}});
    }
    runs.back().contents.push_back(content);
  }
  return runs;
}

}  // namespace sv::sheets
