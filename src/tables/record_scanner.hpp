// Finds the cells of one CSV record (RFC 4180, read as leniently as spreadsheets and Python do).
//
//   cell_start ──"──▶ quoted ──"──▶ after_quote ──"──▶ quoted          (a doubled quote is one quote)
//       │                               │ delimiter or row end: the cell is over
//       └──other──▶ plain ◀──other──────┘                              ("a"b reads as ab)
//
// Quotes inside a plain cell are ordinary characters. A row ends with LF, CRLF or CR. Pure: no I/O, no
// copying; it works on offsets from the record's first byte, so that the bytes may move between two calls.
#pragma once

#include "tables/byte_scan.hpp"
#include "tables/csv_dialect.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

inline constexpr std::size_t kMaxCellBytes = std::size_t{1} << 20U;
// What spreadsheets allow (XFD).
inline constexpr std::size_t kMaxColumns = 16'384;

struct CellSpan {
  std::size_t begin = 0;  // with its quotes
  std::size_t end = 0;
  bool is_quoted = false;
  bool is_irregular = false;  // holds doubled quotes, or text after the closing quote
};

enum class ScanStatus : std::uint8_t {
  complete,
  more,            // the record goes on beyond the bytes given
  unclosed_quote,  // the input ends in a quoted cell that began at open_cell()
  too_many_columns,
  cell_too_long,  // the cell that began at open_cell()
};

class RecordScanner {
 public:
  explicit RecordScanner(char delimiter) : delimiter_(delimiter), stops_(delimiter, '\n', '\r', '\r') {}

  // Before each record.
  void start();
  // `record`: all bytes from the record's first one that are there so far, at least one; those of the call
  // before included. `is_last`: no more will follow. Not to be called again after another result than `more`.
  ScanStatus scan(std::string_view record, bool is_last);

  // After `complete`:
  std::span<const CellSpan> cells() const { return cells_; }
  std::size_t size() const { return size_; }          // bytes of the record, without its row end
  std::size_t consumed() const { return consumed_; }  // with it
  // Empty when the input ended without one.
  std::optional<LineEnd> line_end() const { return line_end_; }

  std::size_t open_cell() const { return open_cell_; }
  bool is_in_quotes() const { return state_ == State::quoted; }

 private:
  enum class State : std::uint8_t { cell_start, plain, quoted, after_quote, row_end };

  ScanStatus check_open_cell(ScanStatus otherwise) const;
  void end_cell();
  ScanStatus end_record(std::size_t row_end_bytes, std::optional<LineEnd> line_end);

  char delimiter_;
  StopBytes stops_;
  State state_ = State::cell_start;
  bool is_quoted_ = false;
  bool is_irregular_ = false;
  std::size_t at_ = 0;
  std::size_t open_cell_ = 0;
  std::size_t size_ = 0;
  std::size_t consumed_ = 0;
  std::optional<LineEnd> line_end_;
  std::vector<CellSpan> cells_;
};

// The content of an irregular cell, appended: doubled quotes become one, text after the closing quote
// follows.
void append_unquoted(std::string_view raw_cell, std::string& to);

}  // namespace sv::tables
