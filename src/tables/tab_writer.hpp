// One tab of a workbook or of a spreadsheet on the net, row by row, into a scratch file in CSV form: what
// reads CSV files then reads workbooks too, with the same rules for headers, blank rows and limits, and the
// workbook is unpacked once only.
#pragma once

#include "base/error.hpp"
#include "tables/csv_encoder.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sv::tables {

// A merged block, of which the first column counts: its value stands for every row of the block.
struct MergedRows {
  std::uint64_t first_row = 0;  // from 1
  std::uint64_t last_row = 0;
  std::size_t column = 0;  // from 0
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
  // cells get the safety prefix that they would have in a review of CSV form (tables/safe_cell.hpp).
  TabWriter(int file, std::string name, bool is_review);

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
    MergedRows merge;
    std::string value;
  };
  void begin_merges(std::uint64_t number, const std::vector<std::string>& cells);
  void fill_merged(std::uint64_t number, std::vector<std::string>& cells);
  Result<void> flush(std::size_t above);

  int file_;
  std::string name_;
  bool is_review_;
  bool has_formulas_ = false;
  CsvEncoder encoder_;
  std::string buffer_;
  std::uint64_t written_ = 0;
  std::uint64_t last_row_ = 0;
  std::vector<MergedRows> merges_;  // not begun; sorted by first row, the next at the back, once rows come
  bool are_merges_sorted_ = true;
  std::vector<ActiveMerge> active_;
};

}  // namespace sv::tables
