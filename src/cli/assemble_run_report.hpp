// Keeps what a run leaves for people who come after it: its rows, for the comparison of the next run, always;
// and the report, when one was asked for.
#pragma once

#include "cli/arguments.hpp"
#include "cli/assemble.hpp"
#include "cli/assemble_report_file.hpp"
#include "ports/run_observer.hpp"
#include "report/request_figures.hpp"
#include "store/row_states_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sv::cli {

// Made when the run is ready to start. Event-loop thread. Neither a failure of the one nor of the other ends
// the run.
class RunReport final : public ports::RunObserver {
 public:
  // Everything outlives it. Throws Fatal when the report cannot be begun: before anything is paid.
  RunReport(const RunArguments& arguments, const config::Settings& settings, const Assembly& assembly,
            const Clock& clock);

  void on_row_finished(const domain::Outcome& outcome) override;

  // Notes what rows wait for, when there is to be a report.
  void tick(const Assembly& assembly);

  // `stopped_because`: a limit, an error; may be empty. What failed is logged. False: the report that was
  // asked for is not there.
  bool finish(const engine::RunResult& result, const std::string& stopped_because);

 private:
  Result<void> write(const std::string& stopped_because);

  const RunArguments& arguments_;
  const config::Settings& settings_;
  const Clock& clock_;
  RunFacts facts_;
  TimePoint started_at_;
  std::optional<store::RowStatesFile> states_;
  std::optional<ReportRows> rows_;
  report::TimeLine waits_;
};

}  // namespace sv::cli
