// The documents: spreadsheets of tabs of cells. No I/O, no clock, no wire format.
//
// Copies are cheap (rows are shared until one side changes them): a batch works on a copy and replaces the
// original when all of it went well.
#pragma once

#include "sim_sheets/a1_range.hpp"
#include "sim_sheets/api_error.hpp"
#include "sim_sheets/cell.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::sim_sheets {

// Sheets API: limits of a cell and of a document (empty grid cells count).
inline constexpr std::size_t kMostCellCharacters = 50'000;
inline constexpr std::int64_t kMostCells = 10'000'000;
inline constexpr int kNewRows = 1000;
inline constexpr int kNewColumns = 26;

enum class Dimension { rows, columns };

struct RowData {
  std::vector<Cell> cells;
  bool is_hidden_by_user = false;
  bool is_hidden_by_filter = false;
  int pixel_size = 0;  // 0: the default of 21
};

struct ColumnData {
  bool is_hidden_by_user = false;
  int pixel_size = 0;  // 0: the default of 100
};

class Tab {
 public:
  std::int64_t sheet_id = 0;
  std::string title;
  int row_count = kNewRows;
  int column_count = kNewColumns;
  int frozen_rows = 0;
  int frozen_columns = 0;
  bool is_hidden = false;
  boost::json::object more;  // tabColor and others that are only kept
  std::vector<Box> merges;
  std::map<int, ColumnData> columns;  // those that differ from the default
  boost::json::array conditional_formats;
  std::optional<boost::json::object> basic_filter;

  // Rows that were ever touched; those after them are empty.
  int touched_rows() const { return static_cast<int>(rows_.size()); }
  const RowData& row(int row) const;
  const Cell& cell(int row, int column) const;
  RowData& change_row(int row);
  Cell& change_cell(int row, int column);

  // `position` may be the size of the dimension: then it is appended.
  void insert(Dimension dimension, int position, int count);
  // Error: INVALID_ARGUMENT when nothing would be left.
  void remove(Dimension dimension, int begin, int end);
  // Rows [begin, end) to before `destination`, which is counted before the move.
  void move_rows(int begin, int end, int destination);
  // The cells of `box`, row by row, in the order given: `order[i]` is the old place of the i-th row.
  void reorder(const Box& box, const std::vector<int>& order);

  std::int64_t grid_cells() const { return std::int64_t{row_count} * column_count; }
  Box grid() const { return {0, row_count, 0, column_count}; }
  // One past the last row with a value or format; 0 for an empty tab.
  int rows_in_use() const;
  // "Range (T!A1001:B1001) exceeds grid limits. Max rows: 1000, max columns: 26"
  std::string beyond_grid(const std::string& range) const;

 private:
  std::vector<std::shared_ptr<RowData>> rows_;
};

class Spreadsheet {
 public:
  std::string id;
  std::string title;
  std::string locale = "en_US";
  std::string time_zone = "Etc/GMT";
  std::vector<Tab> tabs;
  boost::json::array metadata;  // DeveloperMetadata

  Tab* find_tab(std::int64_t sheet_id);
  Tab* find_tab(std::string_view title);
  const Tab* find_tab(std::string_view title) const;
  std::int64_t grid_cells() const;
  // Error: the limit of cells in a document.
  Answer<void> check_size() const;

  // Tab and range of an A1 text, as written (not cut to the grid). Error: "Unable to parse range: …".
  struct Place {
    std::size_t tab = 0;
    A1Range range;
    Box box;
  };
  Answer<Place> locate(std::string_view a1) const;
};

}  // namespace sv::sim_sheets
