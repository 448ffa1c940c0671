// Reviews into an XLSX file: kept and merged by CsvSink in a directory that only this process sees, made a
// workbook at the end. So people's own columns, places and identifiers are treated as in a CSV review.
//
//   review.xlsx ──▶ review.csv ──▶ CsvSink ──▶ review.csv ──▶ review.xlsx, replaced in one step
//
// A workbook is written anew: what people changed of its look is lost, and so would be further tabs and
// formulas. Who has such a workbook is told before anything is asked, and it is left as it is.
#pragma once

#include "base/error.hpp"
#include "ports/outcome_sink.hpp"
#include "tables/csv_sink.hpp"
#include "tables/files.hpp"
#include "tables/scratch_directory.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::workbooks {

struct XlsxSinkOptions {
  std::string path;
  domain::MappedColumns columns = {};
  std::string source_name = {};  // as CsvSinkOptions
  std::string source_path = {};
  // The source's tab when it is a workbook: row numbers then link to its rows. Empty: no links.
  std::string source_tab = {};
  // With a row's number behind it, its address on the net; it wins over the tab.
  std::string row_link = {};
};

class XlsxSink final : public ports::OutcomeSink {
 public:
  // Errors: those of convert_tab() and open_csv_sink(); invalid_input for a target that would lose something.
  static Result<std::unique_ptr<XlsxSink>> open(XlsxSinkOptions options);

  boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> read_existing(std::size_t max) override;
  boost::asio::awaitable<Result<void>> begin(std::uint64_t places, bool keep_existing) override;
  boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) override;
  boost::asio::awaitable<Result<void>> finish() override;

  // After finish().
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  XlsxSink(XlsxSinkOptions options, tables::ScratchDirectory scratch)
      : options_(std::move(options)), scratch_(std::move(scratch)) {}
  Result<void> take_existing();
  Result<void> write_workbook();

  XlsxSinkOptions options_;
  tables::ScratchDirectory scratch_;
  std::string tab_ = "Review";
  std::optional<tables::FileStamp> stamp_;  // of the target when it was opened
  std::unique_ptr<tables::CsvSink> rows_;
  std::vector<std::string> warnings_;
};

}  // namespace sv::workbooks
