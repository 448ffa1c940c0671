// Reviews into a CSV file.
//
// Outcomes are written to a scratch file as they come (row_spool.hpp); finish() puts header, kept and new
// rows together in the order of their places, beside the target, and replaces it in one step. Memory is the
// same for any number of rows. Until finish() the target is as it was, and nothing lies beside it that has a
// name.
//
// The same outcomes give the same bytes, also when they are written over themselves.
//
// Blocking, on the event-loop thread, as CsvSource is and for the same reason; finish() rewrites the whole
// file and waits for the disk (some 100 MB a second).
#pragma once

#include "base/error.hpp"
#include "domain/row.hpp"
#include "ports/outcome_sink.hpp"
#include "tables/csv_dialect.hpp"
#include "tables/csv_encoder.hpp"
#include "tables/existing_review.hpp"
#include "tables/files.hpp"
#include "tables/record_merge.hpp"
#include "tables/review_columns.hpp"
#include "tables/row_spool.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::tables {

struct CsvSinkOptions {
  std::string path = {};
  // How a new file is written, best as the source is; `,` and CRLF without one. An existing target keeps its
  // own way.
  std::optional<CsvDialect> dialect = {};
  domain::MappedColumns columns = {};
  // Stands in the `Source URL` column: the source's file name.
  std::string source_name = {};
  // With a row's number behind it, the row's address on the net, which then stands there instead. Empty:
  // none.
  std::string row_link = {};
  // So that the source is not overwritten; empty when it is no file.
  std::string source_path = {};
  // Where the scratch files lie: as large as the result. Empty: the target's directory.
  std::string scratch_directory = {};
};

class CsvSink final : public ports::OutcomeSink {
 public:
  // finish() replaces `path`. `existing`: the review that is there now.
  CsvSink(std::string path, const CsvSinkOptions& options, std::optional<ExistingReview> existing,
          RowSpool spool);

  boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> read_existing(std::size_t max) override;
  // A place gets a row when it has an outcome, or an existing row and `keep_existing`. An existing row is
  // never cut off by a small `places` when it is to be kept.
  boost::asio::awaitable<Result<void>> begin(std::uint64_t places, bool keep_existing) override;
  // Skipped outcomes are not written.
  boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) override;
  // invalid_input when somebody else has changed the target since it was opened: it is left as it is then.
  boost::asio::awaitable<Result<void>> finish() override;

 private:
  Result<void> put_one(const domain::Outcome& outcome);
  Result<void> write_target();
  Result<void> write_rows(ReplacementFile& target);
  Result<void> flush(ReplacementFile& target, std::size_t above);
  Result<void> check_unchanged() const;
  void append_header();

  std::string path_;
  std::optional<FileStamp> stamp_;  // of the target when it was opened
  CsvDialect dialect_;
  CsvEncoder encoder_;
  ReviewCells cells_;
  std::optional<ExistingReview> existing_;
  std::optional<RecordMerge> merge_;  // there when existing_ is
  RowSpool spool_;
  std::string buffer_;
  bool is_finished_ = false;
  bool keeps_existing_ = false;
  std::optional<std::uint64_t> places_;  // after begin()
};

// Opens what is needed, so that a wrong target is told before anything is paid for. Errors: not_found (no
// such directory), permission_denied, io; invalid_input when the target is the source, not a regular file, or
// not a review. A symbolic link is followed: the file behind it is replaced.
Result<std::unique_ptr<CsvSink>> open_csv_sink(const CsvSinkOptions& options);

}  // namespace sv::tables
