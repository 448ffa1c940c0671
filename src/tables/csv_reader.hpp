// Streams the records of a CSV file.
//
// RFC 4180 with the freedoms that real files take: any of `,` `;` TAB `|` between cells (detected), LF, CRLF
// or CR at row ends, a byte order mark, Excel's `sep=;` line, text after a closing quote. What is not text is
// refused with the place of the first wrong byte; nothing is repaired silently.
//
// Reads in blocks of 256 KB with plain read(2), on the calling thread: a local file answers in microseconds,
// and a mapping would turn a file that someone truncates into a SIGBUS. Memory: one block, more only for a
// record that is larger (up to 32 MB). Nothing is kept of earlier records.
#pragma once

#include "base/error.hpp"
#include "tables/csv_dialect.hpp"
#include "tables/files.hpp"
#include "tables/record_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

class CsvReader {
 public:
  // Errors: not_found, permission_denied, io; invalid_input for what is no CSV file (a directory, a workbook,
  // UTF-16).
  // `shown_name` stands for the path in messages; the path itself when it is empty.
  static Result<CsvReader> open(const std::string& path, std::string_view shown_name = {});

  // True: there is a record, see below. False: the end. Errors are invalid_input (with path and line) or io,
  // and final: only rewind() may follow.
  Result<bool> next();

  // From the first record again. invalid_input when the file has changed since it was opened: a run must see
  // the same rows in every pass.
  Result<void> rewind();

  // Of the current record, valid until the next call of next() or rewind(). At least one cell, which may be
  // empty.
  std::span<const std::string_view> cells() const { return cells_; }
  // The bytes of a cell as they stand in the file, quotes included; of the whole record without its row end.
  std::string_view raw_cell(std::size_t column) const;
  std::string_view raw_record() const { return {buffer_.get() + begin_, scanner_.size()}; }
  // 1 for the first record. Empty lines count, as they do in a spreadsheet.
  std::uint64_t record_number() const { return record_number_; }
  // The physical line at which the record begins; differs from the record number after line breaks in cells.
  std::uint64_t line() const { return line_; }

  const CsvDialect& dialect() const { return dialect_; }
  // What stands before the first record: a byte order mark, a `sep=;` line, both or nothing.
  const std::string& prologue() const { return prologue_; }
  // The path, safe to show.
  const std::string& name() const { return name_; }
  const FileStamp& stamp() const { return stamp_; }

 private:
  CsvReader(std::string path, FileDescriptor file);

  Result<void> read_beginning();
  Result<void> refuse_other_formats(std::string_view beginning) const;
  // Makes room and reads on. False when there was nothing more to read.
  Result<bool> fill();
  Result<void> take_cells();
  std::unexpected<Error> fail_at(std::uint64_t line, std::string_view what) const;
  std::unexpected<Error> fail_scan(ScanStatus status) const;
  std::unexpected<Error> fail_encoding(std::size_t offset_in_record) const;
  std::uint64_t line_of(std::size_t offset_in_record) const;

  std::string path_;
  std::string name_;
  FileDescriptor file_;
  FileStamp stamp_;
  CsvDialect dialect_;
  std::string prologue_;
  std::uint64_t prologue_lines_ = 0;

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;  // of the current record
  std::size_t end_ = 0;    // of the bytes read
  bool is_at_end_ = false;
  std::uint64_t buffer_offset_ = 0;  // of buffer_[0] in the file

  RecordScanner scanner_;
  std::vector<std::string_view> cells_;
  std::string unquoted_;  // contents of the irregular cells of the record
  std::uint64_t record_number_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t next_line_ = 1;
};

}  // namespace sv::tables
