// Rows from a CSV file.
//
// Reading happens on the event-loop thread in blocks of 256 KB: a local file answers faster than a hop to
// another thread and back takes. A file on a stalled network mount stalls the run.
#pragma once

#include "base/error.hpp"
#include "ports/row_source.hpp"
#include "tables/column_map.hpp"
#include "tables/csv_dialect.hpp"
#include "tables/csv_reader.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::tables {

struct CsvSourceOptions {
  std::string path = {};
  // What the rows really come from (a workbook), for messages, which then count rows instead of lines. Empty:
  // the file itself.
  std::string shown_name = {};
  // 1-based; empty lines count.
  std::uint64_t header_row = 1;
  std::uint64_t data_start_row = 2;
  ColumnNames columns = {};
  bool guess_columns = false;
  // Only the first rows.
  std::optional<std::uint64_t> limit = {};
};

// A record of which all cells are blank is no row: spreadsheets leave `;;;;` behind their tables. It counts
// for the numbers of the rows after it, as it does in the spreadsheet. Records shorter than the header are
// filled up with empty cells; cells beyond the header are not read, with one warning.
class CsvSource final : public ports::RowSource {
 public:
  CsvSource(CsvReader reader, ColumnMap columns, std::size_t header_width, CsvSourceOptions options);

  boost::asio::awaitable<Result<std::vector<domain::Row>>> read(std::size_t max) override;
  boost::asio::awaitable<Result<void>> rewind() override;
  domain::MappedColumns columns() const override { return columns_.mapped(); }

  // Grows while rows are read; each line once, also when the rows are read again.
  const std::vector<std::string>& warnings() const { return columns_.warnings; }
  CsvDialect dialect() const { return reader_.dialect(); }

 private:
  Result<bool> read_row(domain::Row& row);
  void warn_of_extra_cells();

  CsvReader reader_;
  ColumnMap columns_;
  std::size_t header_width_;
  CsvSourceOptions options_;
  std::uint64_t next_index_ = 0;
  bool has_warned_of_extra_cells_ = false;
};

// Reads the header and finds the columns. Errors: those of CsvReader, and invalid_input for an empty file and
// for missing columns.
Result<std::unique_ptr<CsvSource>> open_csv_source(CsvSourceOptions options);

}  // namespace sv::tables
