#include "tables/record_scanner.hpp"

#include <cstring>

namespace sv::tables {

void RecordScanner::start() {
  state_ = State::cell_start;
  at_ = 0;
  open_cell_ = 0;
  size_ = 0;
  consumed_ = 0;
  line_end_.reset();
  cells_.clear();
}

ScanStatus RecordScanner::scan(std::string_view record, bool is_last) {
  const char* const data = record.data();
  const std::size_t size = record.size();
  for (;;) {
    if (state_ == State::row_end) {
      // After a CR: whether an LF belongs to it is known only with the next byte.
      if (at_ + 1 == size && !is_last) return ScanStatus::more;
      const bool is_crlf = at_ + 1 < size && data[at_ + 1] == '\n';
      return end_record(is_crlf ? 2 : 1, is_crlf ? LineEnd::crlf : LineEnd::cr);
    }
    if (at_ == size) break;
    const char c = data[at_];
    switch (state_) {
      case State::cell_start:
        if (cells_.size() == kMaxColumns) return ScanStatus::too_many_columns;
        open_cell_ = at_;
        is_irregular_ = false;
        is_quoted_ = c == '"';
        state_ = is_quoted_ ? State::quoted : State::plain;
        if (is_quoted_) ++at_;
        continue;
      case State::quoted: {
        const void* quote = std::memchr(data + at_, '"', size - at_);
        if (quote == nullptr) {
          at_ = size;
          continue;
        }
        at_ = static_cast<std::size_t>(static_cast<const char*>(quote) - data) + 1;
        state_ = State::after_quote;
        continue;
      }
      case State::after_quote:
        if (c == '"') {
          is_irregular_ = true;
          state_ = State::quoted;
          ++at_;
          continue;
        }
        if (c != delimiter_ && c != '\n' && c != '\r') is_irregular_ = true;
        state_ = State::plain;
        continue;
      case State::plain:
        at_ = stops_.find(data, at_, size);
        if (at_ == size) continue;
        if (const ScanStatus status = check_open_cell(ScanStatus::complete); status != ScanStatus::complete) {
          return status;
        }
        end_cell();
        if (data[at_] == '\n') return end_record(1, LineEnd::lf);
        state_ = data[at_] == '\r' ? State::row_end : State::cell_start;
        if (state_ == State::cell_start) ++at_;
        continue;
      case State::row_end:
        break;  // above
    }
  }
  if (const ScanStatus status = check_open_cell(ScanStatus::more); status != ScanStatus::more || !is_last) {
    return status;
  }
  if (state_ == State::quoted) return ScanStatus::unclosed_quote;
  if (state_ == State::cell_start) {
    // A delimiter was the last byte: an empty cell follows it.
    if (cells_.size() == kMaxColumns) return ScanStatus::too_many_columns;
    open_cell_ = at_;
    is_quoted_ = false;
    is_irregular_ = false;
  }
  end_cell();
  return end_record(0, std::nullopt);
}

// Raw bytes: content is at least half of them (every quote doubled). The exact limit is checked on the
// content; the slack is for the two quotes around it and a safety prefix.
ScanStatus RecordScanner::check_open_cell(ScanStatus otherwise) const {
  const bool is_open = state_ == State::plain || state_ == State::quoted || state_ == State::after_quote;
  return is_open && at_ - open_cell_ > 2 * kMaxCellBytes + 4 ? ScanStatus::cell_too_long : otherwise;
}

void RecordScanner::end_cell() {
  cells_.push_back({.begin = open_cell_, .end = at_, .is_quoted = is_quoted_, .is_irregular = is_irregular_});
}

ScanStatus RecordScanner::end_record(std::size_t row_end_bytes, std::optional<LineEnd> line_end) {
  size_ = at_;
  consumed_ = at_ + row_end_bytes;
  line_end_ = line_end;
  return ScanStatus::complete;
}

void append_unquoted(std::string_view raw_cell, std::string& to) {
  std::size_t at = 1;  // behind the opening quote
  for (;;) {
    const std::size_t quote = raw_cell.find('"', at);
    if (quote == std::string_view::npos) {
      to.append(raw_cell.substr(at));
      return;
    }
    to.append(raw_cell.substr(at, quote - at));
    if (quote + 1 < raw_cell.size() && raw_cell[quote + 1] == '"') {
      to.push_back('"');
      at = quote + 2;
      continue;
    }
    to.append(raw_cell.substr(quote + 1));  // the closing quote, and what follows it literally
    return;
  }
}

}  // namespace sv::tables
