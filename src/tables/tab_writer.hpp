// One tab of a workbook or of a spreadsheet on the net, row by row, into a scratch file in CSV form: what
// reads CSV files then reads workbooks too, with the same rules for headers, blank rows and limits, and the
// workbook is unpacked once only.
#pragma once

#include "base/error.hpp"
#include "tables/csv_encoder.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

// A merged block, of which the first column counts: its value stands for every row of the block.
struct MergedRows {
  std::uint64_t first_row = 0;  // from 1
  std::uint64_t last_row = 0;
  std::size_t column = 0;  // from 0
};

// The cells of one row as they are met, without the memory that a cell "repeated 1,024 times" could ask for.
class TabRow {
 public:
  // More than the reader of the scratch file takes (32 MB of CSV, where a quote counts twice) is of no use.
  static constexpr std::size_t kMostBytes = std::size_t{16} << 20U;

  void clear() {
    cells_.clear();
    bytes_ = 0;
  }
  // Columns count from 0. A blank text leaves no trace. What no longer fits is left out; the row is then
  // longer than kMostBytes, so that TabWriter refuses it.
  void put(std::size_t column, std::string_view text, std::size_t times = 1);
  bool is_blank() const { return cells_.empty(); }
  const std::vector<std::string>& cells() const { return cells_; }

 private:
  std::vector<std::string> cells_;
  std::size_t bytes_ = 0;
};

class TabWriter {
 public:
  // What Excel can have.
  static constexpr std::uint64_t kMostRows = 1'048'576;
  // No sheet of statuses is wider; cells beyond are not read.
  static constexpr std::size_t kMostColumns = 1024;
  static constexpr std::uint64_t kMostBytes = std::uint64_t{8} << 30U;
  static constexpr std::size_t kMostMerges = 200'000;

  // `file` is open for writing and outlives the writer; `name` is the workbook's, for messages. `is_review`:
  // cells get the safety prefix that they would have in a review of CSV form (tables/safe_cell.hpp). A tab of
  // more than `most_bytes` is refused: what a small file says once can stand for millions of cells.
  TabWriter(int file, std::string name, bool is_review, std::uint64_t most_bytes = kMostBytes);

  // Before the block's first row is written. Blocks come in any order.
  Result<void> add_merge(MergedRows merge);
  // `number` (from 1) ascends. Rows that are left out are blank. Trailing blank cells and rows leave no
  // trace.
  Result<void> write_row(std::uint64_t number, std::vector<std::string>& cells);
  Result<void> finish();

  // A formula was met; only what it last gave is kept.
  void note_formula() { has_formulas_ = true; }
  bool has_formulas() const { return has_formulas_; }
  // The last row that is not blank.
  std::uint64_t rows() const { return last_row_; }

 private:
  struct ActiveMerge {
    std::uint64_t last_row = 0;
    std::string value;
  };
  Result<void> begin_merges(std::uint64_t number, const std::vector<std::string>& cells);
  void end_merges(std::uint64_t number);
  Result<void> fill_merged(std::uint64_t number, std::vector<std::string>& cells);
  Result<void> row_too_long(std::uint64_t number) const;
  Result<void> flush(std::size_t above);

  int file_;
  std::string name_;
  bool is_review_;
  std::uint64_t most_bytes_;
  bool has_formulas_ = false;
  CsvEncoder encoder_;
  std::string buffer_;
  std::uint64_t written_ = 0;
  std::uint64_t last_row_ = 0;
  std::vector<MergedRows> merges_;  // not begun; sorted by first row, the next at the back, once rows come
  bool are_merges_sorted_ = true;
  // By column: blocks that overlap would otherwise be looked at in each of a million rows. The later one
  // counts.
  std::map<std::size_t, ActiveMerge> active_;
  std::size_t active_bytes_ = 0;
};

}  // namespace sv::tables
