#include "sim_sheets/spreadsheet.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sv::sim_sheets {

namespace {

const Cell kNoCell;
const RowData kNoRow;

// Where [begin, end) ends up when `count` places are put in at `position`.
void shift_for_insert(int& begin, int& end, int position, int count) {
  if (begin >= position) begin += count;
  if (end > position) end += count;
}

void shift_for_removal(int& begin, int& end, int from, int to) {
  const auto moved = [&](int place) { return place <= from ? place : std::max(from, place - (to - from)); };
  begin = moved(begin);
  end = moved(end);
}

}  // namespace

const RowData& Tab::row(int row) const {
  return row < touched_rows() && rows_[static_cast<std::size_t>(row)] ? *rows_[static_cast<std::size_t>(row)]
                                                                      : kNoRow;
}

const Cell& Tab::cell(int row, int column) const {
  const RowData& data = this->row(row);
  return static_cast<std::size_t>(column) < data.cells.size() ? data.cells[static_cast<std::size_t>(column)]
                                                              : kNoCell;
}

RowData& Tab::change_row(int row) {
  SV_ASSERT(row >= 0 && row < row_count, "a row outside the grid is not checked for");
  const auto at = static_cast<std::size_t>(row);
  if (at >= rows_.size()) rows_.resize(at + 1);
  std::shared_ptr<RowData>& data = rows_[at];
  if (!data) {
    data = std::make_shared<RowData>();
  } else if (data.use_count() > 1) {
    data = std::make_shared<RowData>(*data);
  }
  return *data;
}

Cell& Tab::change_cell(int row, int column) {
  SV_ASSERT(column >= 0 && column < column_count, "a column outside the grid is not checked for");
  RowData& data = change_row(row);
  const auto at = static_cast<std::size_t>(column);
  if (at >= data.cells.size()) data.cells.resize(at + 1);
  return data.cells[at];
}

void Tab::insert(Dimension dimension, int position, int count) {
  if (dimension == Dimension::rows) {
    row_count += count;
    if (position < touched_rows()) {
      rows_.insert(rows_.begin() + position, static_cast<std::size_t>(count), nullptr);
    }
    for (Box& merge : merges) shift_for_insert(merge.row_begin, merge.row_end, position, count);
    return;
  }
  column_count += count;
  for (int row = 0; row < touched_rows(); ++row) {
    if (this->row(row).cells.size() <= static_cast<std::size_t>(position)) continue;
    std::vector<Cell>& cells = change_row(row).cells;
    cells.insert(cells.begin() + position, static_cast<std::size_t>(count), Cell());
  }
  std::map<int, ColumnData> moved;
  for (const auto& [column, data] : columns) moved[column >= position ? column + count : column] = data;
  columns = std::move(moved);
  for (Box& merge : merges) shift_for_insert(merge.column_begin, merge.column_end, position, count);
}

void Tab::remove(Dimension dimension, int begin, int end) {
  if (dimension == Dimension::rows) {
    row_count -= end - begin;
    if (begin < touched_rows()) {
      rows_.erase(rows_.begin() + begin, rows_.begin() + std::min(end, touched_rows()));
    }
    for (Box& merge : merges) shift_for_removal(merge.row_begin, merge.row_end, begin, end);
  } else {
    for (int row = 0; row < touched_rows(); ++row) {
      const int width = static_cast<int>(this->row(row).cells.size());
      if (width <= begin) continue;
      std::vector<Cell>& cells = change_row(row).cells;
      cells.erase(cells.begin() + begin, cells.begin() + std::min(end, width));
    }
    column_count -= end - begin;
    std::map<int, ColumnData> moved;
    for (const auto& [column, data] : columns) {
      if (column < begin) moved[column] = data;
      if (column >= end) moved[column - (end - begin)] = data;
    }
    columns = std::move(moved);
    for (Box& merge : merges) shift_for_removal(merge.column_begin, merge.column_end, begin, end);
  }
  std::erase_if(merges, [](const Box& merge) {
    return merge.row_begin >= merge.row_end || merge.column_begin >= merge.column_end || merge.is_cell();
  });
}

void Tab::move_rows(int begin, int end, int destination) {
  const int needed = std::max(end, destination);
  if (touched_rows() < needed) rows_.resize(static_cast<std::size_t>(needed));
  const auto first = rows_.begin();
  if (destination > end) {
    std::rotate(first + begin, first + end, first + destination);
  } else if (destination < begin) {
    std::rotate(first + destination, first + begin, first + end);
  }
}

void Tab::reorder(const Box& box, const std::vector<int>& order) {
  std::vector<std::vector<Cell>> old;
  old.reserve(order.size());
  for (const int row : order) {
    std::vector<Cell>& cells = old.emplace_back();
    for (int column = box.column_begin; column < box.column_end; ++column) cells.push_back(cell(row, column));
  }
  for (std::size_t i = 0; i < old.size(); ++i) {
    for (std::size_t column = 0; column < old[i].size(); ++column) {
      change_cell(box.row_begin + static_cast<int>(i), box.column_begin + static_cast<int>(column)) =
          std::move(old[i][column]);
    }
  }
}

int Tab::rows_in_use() const {
  for (int row = touched_rows(); row > 0; --row) {
    if (std::ranges::any_of(this->row(row - 1).cells, [](const Cell& cell) { return !cell.is_empty(); })) {
      return row;
    }
  }
  return 0;
}

std::string Tab::beyond_grid(const std::string& range) const {
  return fmt::format("Range ({}) exceeds grid limits. Max rows: {}, max columns: {}", range, row_count,
                     column_count);
}

Tab* Spreadsheet::find_tab(std::int64_t sheet_id) {
  const auto found = std::ranges::find(tabs, sheet_id, &Tab::sheet_id);
  return found == tabs.end() ? nullptr : &*found;
}

const Tab* Spreadsheet::find_tab(std::string_view wanted) const {
  const auto found = std::ranges::find(tabs, wanted, &Tab::title);
  return found == tabs.end() ? nullptr : &*found;
}

Tab* Spreadsheet::find_tab(std::string_view wanted) {
  const auto found = std::ranges::find(tabs, wanted, &Tab::title);
  return found == tabs.end() ? nullptr : &*found;
}

std::int64_t Spreadsheet::grid_cells() const {
  std::int64_t cells = 0;
  for (const Tab& tab : tabs) cells += tab.grid_cells();
  return cells;
}

Answer<void> Spreadsheet::check_size() const {
  if (grid_cells() <= kMostCells) return {};
  return invalid(
      fmt::format("This action would increase the number of cells in the workbook above the limit of {} "
                  "cells.",
                  kMostCells));
}

Answer<Spreadsheet::Place> Spreadsheet::locate(std::string_view a1) const {
  const std::optional<A1Range> range = parse_a1(a1);
  const auto unknown = [&] { return invalid(fmt::format("Unable to parse range: {}", a1)); };
  if (!range) return unknown();
  const auto tab = range->title ? std::ranges::find(tabs, *range->title, &Tab::title)
                                : std::ranges::find(tabs, false, &Tab::is_hidden);
  if (tab == tabs.end()) return unknown();
  return Place{.tab = static_cast<std::size_t>(std::distance(tabs.begin(), tab)),
               .range = *range,
               .box = range->on_grid(tab->row_count, tab->column_count)};
}

}  // namespace sv::sim_sheets
