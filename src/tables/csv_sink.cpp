#include "tables/csv_sink.hpp"

#include "base/assert.hpp"
#include "tables/files.hpp"

#include <boost/asio/awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace sv::tables {

namespace {

constexpr std::size_t kWriteBlock = std::size_t{256} << 10U;

// The file that a path of symbolic links leads to; the path itself when there is none.
std::string resolve_links(const std::string& path) {
  char* const resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string result = resolved;
  std::free(resolved);  // realpath allocates with malloc
  return result;
}

Result<void> check_is_not_source(const std::string& path, const std::string& source_path) {
  if (source_path.empty()) return {};
  const std::optional<FileStamp> target = stamp_of(path);
  const std::optional<FileStamp> source = stamp_of(source_path);
  const bool is_same = target && source ? target->is_same_file(*source) : path == source_path;
  if (!is_same) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("the output {} is the source itself; name another output file", shown_path(path)));
}

}  // namespace

CsvSink::CsvSink(std::string path, const CsvSinkOptions& options, std::optional<ExistingReview> existing,
                 RowSpool spool)
    : path_(std::move(path)),
      stamp_(existing ? existing->stamp() : stamp_of(path_)),
      dialect_(existing ? existing->dialect() : options.dialect.value_or(CsvDialect{})),
      encoder_(dialect_.delimiter),
      cells_(options.columns, options.source_name, options.row_link),
      existing_(std::move(existing)),
      spool_(std::move(spool)) {
  if (existing_) merge_.emplace(existing_->positions(), existing_->header_width(), dialect_.delimiter);
}

boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> CsvSink::read_existing(std::size_t max) {
  if (!existing_) co_return std::vector<ports::ExistingRow>();
  co_return existing_->read(max);
}

boost::asio::awaitable<Result<void>> CsvSink::begin(std::uint64_t places, bool keep_existing) {
  SV_ASSERT(!places_, "begin() is called once");
  places_ = places;
  keeps_existing_ = keep_existing;
  co_return Result<void>();
}

boost::asio::awaitable<Result<void>> CsvSink::put(std::vector<domain::Outcome> outcomes) {
  for (const domain::Outcome& outcome : outcomes) {
    if (outcome.kind == domain::OutcomeKind::skipped) continue;
    if (Result<void> written = put_one(outcome); !written) co_return written;
  }
  co_return Result<void>();
}

Result<void> CsvSink::put_one(const domain::Outcome& outcome) {
  SV_ASSERT(places_ && outcome.place < *places_ && !is_finished_, "an outcome without a place in the target");
  buffer_.clear();
  for (const std::string_view cell : cells_.fill(outcome)) {
    encoder_.append_safe_cell(cell, buffer_);
    buffer_.push_back(dialect_.delimiter);
  }
  buffer_.pop_back();
  return spool_.put(outcome.place, buffer_);
}

boost::asio::awaitable<Result<void>> CsvSink::finish() { co_return write_target(); }

Result<void> CsvSink::write_target() {
  SV_ASSERT(places_ && !is_finished_, "finish() comes once, after begin()");
  if (Result<void> unchanged = check_unchanged(); !unchanged) return unchanged;
  if (existing_) {
    if (Result<void> rewound = existing_->rewind(); !rewound) return rewound;
  }
  Result<ReplacementFile> target = ReplacementFile::open(path_);
  if (!target) return std::unexpected(std::move(target.error()));
  buffer_.clear();
  append_header();
  if (Result<void> written = write_rows(*target); !written) return written;
  if (Result<void> flushed = flush(*target, 0); !flushed) return flushed;
  // Writing may have taken seconds.
  if (Result<void> unchanged = check_unchanged(); !unchanged) return unchanged;
  if (Result<void> committed = target->commit(); !committed) return committed;
  is_finished_ = true;
  return {};
}

void CsvSink::append_header() {
  if (existing_) {
    buffer_.append(existing_->prologue());
    merge_->append_header(existing_->raw_header(), cells_.columns(), buffer_);
  } else {
    if (dialect_.has_bom) buffer_.append(kByteOrderMark);
    for (const ReviewColumn column : cells_.columns()) {
      encoder_.append_cell(header_of(column), buffer_);
      buffer_.push_back(dialect_.delimiter);
    }
    buffer_.pop_back();
  }
  buffer_.append(to_bytes(dialect_.line_end));
}

Result<void> CsvSink::write_rows(ReplacementFile& target) {
  bool has_old = existing_.has_value();
  for (std::uint64_t place = 0; place < *places_ || (has_old && keeps_existing_); ++place) {
    if (has_old) {
      const Result<bool> read = existing_->next();
      if (!read) return std::unexpected(read.error());
      has_old = *read;
    }
    std::optional<std::string_view> ours;
    if (place < *places_) {
      const Result<std::optional<std::string_view>> found = spool_.read(place);
      if (!found) return std::unexpected(found.error());
      ours = *found;
    }
    if (!ours && !(has_old && keeps_existing_)) continue;
    const bool needs_merge = existing_ && !merge_->is_identity();
    const bool has_cells_beyond = has_old && existing_->width() > existing_->header_width();
    if (needs_merge || has_cells_beyond) {
      merge_->append_row(has_old ? &*existing_ : nullptr, ours, buffer_);
    } else {
      buffer_.append(ours ? *ours : existing_->raw_record());
    }
    buffer_.append(to_bytes(dialect_.line_end));
    if (Result<void> flushed = flush(target, kWriteBlock); !flushed) return flushed;
  }
  return {};
}

Result<void> CsvSink::flush(ReplacementFile& target, std::size_t above) {
  if (buffer_.size() <= above) return {};
  Result<void> written = target.write(buffer_);
  buffer_.clear();
  return written;
}

Result<void> CsvSink::check_unchanged() const {
  if (stamp_of(path_) == stamp_) return {};
  return fail(
      ErrorKind::invalid_input,
      fmt::format("{} was changed by somebody else during this run, so it is left as it is; run again: rows "
                  "that were judged are not asked again",
                  shown_path(path_)));
}

Result<std::unique_ptr<CsvSink>> open_csv_sink(const CsvSinkOptions& options) {
  const std::string path = resolve_links(options.path);
  if (Result<void> other = check_is_not_source(path, options.source_path); !other) {
    return std::unexpected(std::move(other.error()));
  }
  Result<std::optional<ExistingReview>> existing =
      ExistingReview::open(path, review_columns(options.columns));
  if (!existing) return std::unexpected(with_context("output", std::move(existing.error())));
  // Replacing a file needs no right to write it, but whoever made it read-only meant it.
  if (stamp_of(path) && ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
    return std::unexpected(with_context("output", file_error("write", path, errno)));
  }
  const std::string directory =
      options.scratch_directory.empty() ? directory_of(path) : options.scratch_directory;
  // The target's own directory must take a file too; that is tried now rather than after the last row.
  Result<FileDescriptor> trial = open_scratch_file(directory_of(path));
  if (!trial) return std::unexpected(with_context("output", std::move(trial.error())));
  Result<RowSpool> spool = RowSpool::open(directory);
  if (!spool) return std::unexpected(std::move(spool.error()));
  return std::make_unique<CsvSink>(path, options, std::move(*existing), std::move(*spool));
}

}  // namespace sv::tables
