// The report's file, put together from what is known of a run: by the run itself and by `report`.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "config/settings.hpp"
#include "domain/outcome.hpp"
#include "ports/row_states.hpp"
#include "report/request_figures.hpp"
#include "report/run_page.hpp"
#include "tables/row_spool.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sv::cli {

// The rows of a report until its end. Their texts are on disk, in a scratch file beside the report; in memory
// is what the comparison with the run before needs: about 200 bytes a row, and only in a run that was asked
// for a report.
class ReportRows {
 public:
  // More rows than that a browser does not open: those behind are counted, but not in the page.
  static constexpr std::uint64_t kMostInPage = 200'000;

  // `path`: of the report. Errors: those of tables::RowSpool.
  static Result<ReportRows> open(const std::string& path);

  // In any order; a row that comes twice is as it came last. After a failed write (the disk is full) write()
  // tells of it.
  void add(const domain::Outcome& outcome);

  // `page` gets the rows' counts, the run to compare with, and what had to be left out. `changed`: numbers of
  // rows that are not in the source as they were. Replaces the file all at once.
  Result<void> write(const std::string& path, report::RunPage page, const report::RequestFigures& figures,
                     const report::TimeLine* waits, const std::optional<ports::RunStates>& earlier,
                     const std::string& question, const std::set<std::uint64_t>& changed = {});

 private:
  explicit ReportRows(tables::RowSpool spool) : spool_(std::move(spool)) {}

  tables::RowSpool spool_;
  std::optional<Error> error_;
  report::RowCounts counts_;
  std::uint64_t end_ = 0;  // behind the last index
  std::vector<ports::RowState> states_;
};

// "NAME of RUN" is in which language, what program …: what both ways to a report know alike.
report::RunPage page_of(const config::Settings& settings, const Clock& clock);

// Of rulebook, prompt and models (ports::RunStates::question). `revision`: the question's.
std::string question_identity(const std::string& revision, const config::LlmSettings& llm);

}  // namespace sv::cli
