// The review as JSON, for `--dry-run`: an array of rows, each an array of texts, the header first. Exactly
// the form that the Python original prints (json.dumps(rows, ensure_ascii=False, indent=2)), so that its
// users' scripts go on.
//
// Texts are as they are: no safety prefix, which is for spreadsheets only. Blocking; printed in finish(), not
// before.
#pragma once

#include "base/error.hpp"
#include "domain/row.hpp"
#include "ports/outcome_sink.hpp"
#include "tables/existing_review.hpp"
#include "tables/review_columns.hpp"
#include "tables/row_spool.hpp"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::tables {

struct JsonRowsSinkOptions {
  std::FILE* output = stdout;  // not closed
  domain::MappedColumns columns = {};
  std::string source_name = {};
  // The CSV target that a real run would write: only read, so that --checkdate sees its dates. Empty: none.
  std::string target_path = {};
  // Empty: the system's directory for temporary files.
  std::string scratch_directory = {};
};

class JsonRowsSink final : public ports::OutcomeSink {
 public:
  JsonRowsSink(const JsonRowsSinkOptions& options, std::optional<ExistingReview> existing, RowSpool spool);

  boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> read_existing(std::size_t max) override;
  // Existing rows are not printed, whether they would be kept or not.
  boost::asio::awaitable<Result<void>> begin(std::uint64_t places, bool keep_existing) override;
  boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) override;
  // Errors: io when the output takes no more (a closed pipe, a full disk).
  boost::asio::awaitable<Result<void>> finish() override;

 private:
  Result<void> print();

  std::FILE* output_;
  ReviewCells cells_;
  std::optional<ExistingReview> existing_;
  RowSpool spool_;
  std::string buffer_;
  std::optional<std::uint64_t> places_;
};

Result<std::unique_ptr<JsonRowsSink>> open_json_rows_sink(const JsonRowsSinkOptions& options);

}  // namespace sv::tables
