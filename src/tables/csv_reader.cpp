#include "tables/csv_reader.hpp"

#include "base/assert.hpp"
#include "base/system_files.hpp"
#include "tables/encoding_guess.hpp"
#include "tables/safe_cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace sv::tables {

namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10U;
// Twelve cells of 1 MB with every quote doubled, and room to spare: what our own sinks write can be read
// again.
constexpr std::size_t kMaxRecord = std::size_t{32} << 20U;

}  // namespace

CsvReader::CsvReader(std::string path, FileDescriptor file)
    : path_(std::move(path)),
      name_(shown_path(path_)),
      file_(std::move(file)),
      stamp_(stamp_of(file_)),
      buffer_(std::make_unique_for_overwrite<char[]>(kBlock)),
      capacity_(kBlock),
      scanner_(',') {}

Result<CsvReader> CsvReader::open(const std::string& path, std::string_view shown_name) {
  Result<FileDescriptor> file = open_regular_file(path);
  if (!file) return std::unexpected(std::move(file.error()));
  CsvReader reader(path, std::move(*file));
  if (!shown_name.empty()) reader.name_ = shown_path(shown_name);
  if (Result<void> read = reader.read_beginning(); !read) return std::unexpected(std::move(read.error()));
  return reader;
}

Result<void> CsvReader::read_beginning() {
  const Result<bool> filled = fill();
  if (!filled) return std::unexpected(filled.error());
  const std::string_view sample(buffer_.get(), end_);
  if (Result<void> known = refuse_other_formats(sample); !known) return known;
  const DetectedDialect detected = detect_dialect(sample, end_ < capacity_);
  dialect_ = detected.dialect;
  prologue_ = sample.substr(0, detected.prologue);
  prologue_lines_ = count_line_breaks(prologue_);
  scanner_ = RecordScanner(dialect_.delimiter);
  scanner_.start();
  begin_ = prologue_.size();
  line_ = next_line_ = 1 + prologue_lines_;
  return {};
}

Result<void> CsvReader::refuse_other_formats(std::string_view beginning) const {
  if (beginning.starts_with("PK\x03\x04") || beginning.starts_with("\xD0\xCF\x11\xE0")) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("{} is a workbook (XLSX, ODS or XLS), not a CSV file; save it as \"CSV UTF-8\"", name_));
  }
  if (beginning.starts_with("\xFF\xFE") || beginning.starts_with("\xFE\xFF")) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} is UTF-16, not UTF-8; save it as \"CSV UTF-8\", or run: "
                            "iconv -f utf-16 -t utf-8 FILE > NEW_FILE",
                            name_));
  }
  return {};
}

Result<void> CsvReader::rewind() {
  if (stamp_of(file_) != stamp_) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} was changed while it was read; run again when it is complete", name_));
  }
  if (::lseek(file_.number(), 0, SEEK_SET) != 0) return std::unexpected(file_error("read", path_, errno));
  begin_ = prologue_.size();
  end_ = 0;
  buffer_offset_ = 0;
  is_at_end_ = false;
  scanner_.start();
  cells_.clear();
  record_number_ = 0;
  line_ = next_line_ = 1 + prologue_lines_;
  if (const Result<bool> filled = fill(); !filled) return std::unexpected(filled.error());
  return {};
}

Result<bool> CsvReader::next() {
  begin_ += scanner_.consumed();
  line_ = next_line_;
  scanner_.start();
  cells_.clear();
  if (begin_ >= end_) {
    const Result<bool> filled = fill();
    if (!filled) return filled;
    if (begin_ >= end_) return false;
  }
  ++record_number_;
  for (;;) {
    const ScanStatus status = scanner_.scan({buffer_.get() + begin_, end_ - begin_}, is_at_end_);
    if (status == ScanStatus::complete) break;
    if (status != ScanStatus::more) return fail_scan(status);
    if (const Result<bool> filled = fill(); !filled) return filled;
  }
  next_line_ = line_ + count_line_breaks(raw_record()) + 1;
  if (const Result<void> taken = take_cells(); !taken) return std::unexpected(taken.error());
  return true;
}

Result<bool> CsvReader::fill() {
  if (is_at_end_) return false;
  // The prologue may still be ahead of what was read (after rewind): then nothing is moved.
  const std::size_t done = begin_ <= end_ ? begin_ : 0;
  if (done > 0) {
    std::memmove(buffer_.get(), buffer_.get() + done, end_ - done);
    buffer_offset_ += done;
    begin_ -= done;
    end_ -= done;
  }
  if (end_ == capacity_) {
    if (capacity_ >= kMaxRecord) {
      return fail_at(line_, fmt::format("the row is longer than {} MB", kMaxRecord >> 20U));
    }
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_ * 2);
    std::memcpy(larger.get(), buffer_.get(), end_);
    buffer_ = std::move(larger);
    capacity_ *= 2;
  }
  const ssize_t read = read_up_to(file_.number(), buffer_.get() + end_, capacity_ - end_);
  if (read < 0) return std::unexpected(file_error("read", path_, static_cast<int>(-read)));
  end_ += static_cast<std::size_t>(read);
  is_at_end_ = end_ < capacity_;
  return read > 0;
}

Result<void> CsvReader::take_cells() {
  const std::string_view record = raw_record();
  if (const auto bad = find_bad_byte(record)) return fail_encoding(*bad);
  unquoted_.clear();
  // Never more than the record: so the views into it stay where they are.
  unquoted_.reserve(record.size());
  for (const CellSpan& cell : scanner_.cells()) {
    const std::string_view raw = record.substr(cell.begin, cell.end - cell.begin);
    std::string_view content = raw;
    if (cell.is_irregular) {
      const std::size_t start = unquoted_.size();
      append_unquoted(raw, unquoted_);
      content = std::string_view(unquoted_).substr(start);
    } else if (cell.is_quoted) {
      content = raw.substr(1, raw.size() - 2);
    }
    // The safety prefix of our own sinks does not count: what they write must be readable.
    if (content.size() > kMaxCellBytes && without_safety_prefix(content).size() > kMaxCellBytes) {
      return fail_at(line_of(cell.begin), fmt::format("cell {} is longer than 1 MB", cells_.size() + 1));
    }
    cells_.push_back(content);
  }
  return {};
}

std::string_view CsvReader::raw_cell(std::size_t column) const {
  const auto spans = scanner_.cells();
  SV_ASSERT(column < spans.size(), "the record has no such column");
  return raw_record().substr(spans[column].begin, spans[column].end - spans[column].begin);
}

std::uint64_t CsvReader::line_of(std::size_t offset_in_record) const {
  return line_ + count_line_breaks({buffer_.get() + begin_, offset_in_record});
}

std::unexpected<Error> CsvReader::fail_at(std::uint64_t line, std::string_view what) const {
  return fail(ErrorKind::invalid_input, fmt::format("{}:{}: {}", name_, line, what));
}

std::unexpected<Error> CsvReader::fail_scan(ScanStatus status) const {
  const std::uint64_t line = line_of(scanner_.open_cell());
  if (status == ScanStatus::unclosed_quote) {
    return fail_at(line,
                   fmt::format("the quote that opens cell {} is never closed", scanner_.cells().size() + 1));
  }
  if (status == ScanStatus::too_many_columns) {
    return fail_at(line, fmt::format("the row has more than {} cells", kMaxColumns));
  }
  if (scanner_.is_in_quotes()) {
    return fail_at(line, fmt::format("cell {} is longer than 1 MB; is its closing quote missing?",
                                     scanner_.cells().size() + 1));
  }
  return fail_at(line, fmt::format("cell {} is longer than 1 MB", scanner_.cells().size() + 1));
}

std::unexpected<Error> CsvReader::fail_encoding(std::size_t offset_in_record) const {
  const char* const bad = buffer_.get() + begin_ + offset_in_record;
  // The column as an editor counts it: characters from the line's beginning, from 1.
  const std::string_view before(buffer_.get() + begin_, offset_in_record);
  const std::size_t line_break = before.find_last_of("\r\n");
  const std::string_view line = line_break == std::string_view::npos ? before : before.substr(line_break + 1);
  const auto column = 1 + std::ranges::count_if(
                              line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  const std::string what =
      describe_bad_byte(static_cast<unsigned char>(*bad), buffer_offset_ + begin_ + offset_in_record,
                        {buffer_.get() + begin_, end_ - begin_}, name_);
  return fail(ErrorKind::invalid_input,
              fmt::format("{}:{}:{}: {}", name_, line_of(offset_in_record), column, what));
}

}  // namespace sv::tables
