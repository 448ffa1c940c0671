#include "tables/json_rows_sink.hpp"

#include "base/assert.hpp"
#include "tables/files.hpp"
#include "tables/json_text.hpp"

#include <boost/asio/awaitable.hpp>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sv::tables {

namespace {

template <typename Cells, typename TextOf>
void append_row(const Cells& cells, TextOf text_of, std::string& to) {
  to += "  [";
  bool is_first = true;
  for (const auto& cell : cells) {
    to += is_first ? "\n    " : ",\n    ";
    append_json_string(text_of(cell), to);
    is_first = false;
  }
  to += "\n  ]";
}

Result<void> print_bytes(std::string_view bytes, std::FILE* output) {
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), output) == bytes.size()) return {};
  return std::unexpected(file_error("write", "the rows to the output", errno == 0 ? EIO : errno));
}

}  // namespace

JsonRowsSink::JsonRowsSink(const JsonRowsSinkOptions& options, std::optional<ExistingReview> existing,
                           RowSpool spool)
    : output_(options.output),
      cells_(options.columns, options.source_name),
      existing_(std::move(existing)),
      spool_(std::move(spool)) {}

boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> JsonRowsSink::read_existing(std::size_t max) {
  if (!existing_) co_return std::vector<ports::ExistingRow>();
  co_return existing_->read(max);
}

boost::asio::awaitable<Result<void>> JsonRowsSink::begin(std::uint64_t places, bool /*keep_existing*/) {
  SV_ASSERT(!places_, "begin() is called once");
  places_ = places;
  co_return Result<void>();
}

boost::asio::awaitable<Result<void>> JsonRowsSink::put(std::vector<domain::Outcome> outcomes) {
  for (const domain::Outcome& outcome : outcomes) {
    if (outcome.kind == domain::OutcomeKind::skipped) continue;
    SV_ASSERT(places_ && outcome.place < *places_, "an outcome without a place in the target");
    buffer_.clear();
    append_row(cells_.fill(outcome), [](std::string_view cell) { return cell; }, buffer_);
    if (Result<void> written = spool_.put(outcome.place, buffer_); !written) co_return written;
  }
  co_return Result<void>();
}

boost::asio::awaitable<Result<void>> JsonRowsSink::finish() { co_return print(); }

Result<void> JsonRowsSink::print() {
  SV_ASSERT(places_, "finish() comes after begin()");
  buffer_ = "[\n";
  append_row(cells_.columns(), header_of, buffer_);
  if (Result<void> printed = print_bytes(buffer_, output_); !printed) return printed;
  for (std::uint64_t place = 0; place < *places_; ++place) {
    const Result<std::optional<std::string_view>> row = spool_.read(place);
    if (!row) return std::unexpected(row.error());
    if (!*row) continue;
    if (Result<void> printed = print_bytes(",\n", output_); !printed) return printed;
    if (Result<void> printed = print_bytes(**row, output_); !printed) return printed;
  }
  if (Result<void> printed = print_bytes("\n]\n", output_); !printed) return printed;
  if (std::fflush(output_) != 0) return std::unexpected(file_error("write", "the rows to the output", errno));
  return {};
}

Result<std::unique_ptr<JsonRowsSink>> open_json_rows_sink(const JsonRowsSinkOptions& options) {
  std::optional<ExistingReview> existing;
  if (!options.target_path.empty()) {
    Result<std::optional<ExistingReview>> opened =
        ExistingReview::open(options.target_path, review_columns(options.columns));
    if (!opened) return std::unexpected(with_context("output", std::move(opened.error())));
    existing = std::move(*opened);
  }
  std::string directory = options.scratch_directory;
  if (directory.empty()) {
    std::error_code error;
    directory = std::filesystem::temp_directory_path(error).string();
    if (error) directory = "/tmp";
  }
  Result<RowSpool> spool = RowSpool::open(directory);
  if (!spool) return std::unexpected(std::move(spool.error()));
  return std::make_unique<JsonRowsSink>(options, std::move(existing), std::move(*spool));
}

}  // namespace sv::tables
