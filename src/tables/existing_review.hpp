// The review that a CSV target already holds.
//
// People work in it: they move columns, delete some, add their own, write notes. So columns are found by
// name, and what is not ours is kept byte by byte.
#pragma once

#include "base/error.hpp"
#include "ports/outcome_sink.hpp"
#include "tables/csv_reader.hpp"
#include "tables/review_columns.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

class ExistingReview {
 public:
  // Nothing when there is no file at `path` or nothing but blank lines in it. invalid_input when its first
  // row is not a review's header (no "Row Number", "Is Valid" or "Issues"): somebody else's table must not be
  // overwritten. Else the errors of CsvReader.
  static Result<std::optional<ExistingReview>> open(const std::string& path,
                                                    std::span<const ReviewColumn> columns);

  // The next row; false at the end. A blank line between rows is a row without cells, so that rows keep their
  // places; blank lines behind the last row are none.
  Result<bool> next();
  // From the first row again; errors of CsvReader::rewind().
  Result<void> rewind();

  // Up to `max` further rows as the port gives them: an empty vector is the end, and the next call starts
  // over.
  Result<std::vector<ports::ExistingRow>> read(std::size_t max);

  // Of the current row, until next() or rewind():
  ports::ExistingRow row() const;
  std::size_t width() const { return blank_lines_ > 0 ? 0 : reader_.cells().size(); }
  // As they stand in the file, quotes and all. raw_cell() is empty beyond the width.
  std::string_view raw_record() const { return blank_lines_ > 0 ? std::string_view() : reader_.raw_record(); }
  std::string_view raw_cell(std::size_t column) const {
    return column < width() ? reader_.raw_cell(column) : std::string_view();
  }

  // Where each of the columns given to open() stands; nothing for those that the header lacks.
  const std::vector<std::optional<std::size_t>>& positions() const { return positions_; }
  std::size_t header_width() const { return header_width_; }
  // The first row, and what stands before it (byte order mark, `sep=;`), as they are in the file.
  const std::string& raw_header() const { return raw_header_; }
  const std::string& prologue() const { return reader_.prologue(); }
  const CsvDialect& dialect() const { return reader_.dialect(); }
  // Of the file as it was opened.
  const FileStamp& stamp() const { return reader_.stamp(); }

 private:
  explicit ExistingReview(CsvReader reader) : reader_(std::move(reader)) {}
  Result<bool> read_header(std::span<const ReviewColumn> columns);
  std::string_view content(std::optional<std::size_t> column) const;

  CsvReader reader_;
  std::string raw_header_;
  std::size_t header_width_ = 0;
  std::vector<std::optional<std::size_t>> positions_;
  std::optional<std::size_t> project_name_;
  std::optional<std::size_t> check_date_;
  // Blank lines that are still to be given before the record in the reader.
  std::uint64_t blank_lines_ = 0;
  std::uint64_t rows_given_ = 0;
  bool is_in_read_ = false;  // between two calls of read()
};

}  // namespace sv::tables
