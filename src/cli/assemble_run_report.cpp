#include "cli/assemble_run_report.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/assemble_history.hpp"
#include "cli/exit_codes.hpp"
#include "cli/take_or_throw.hpp"
#include "report/row_state.hpp"

#include <fmt/format.h>

#include <utility>

namespace sv::cli {

RunReport::RunReport(const RunArguments& arguments, const config::Settings& settings,
                     const Assembly& assembly, const Clock& clock)
    : arguments_(arguments),
      settings_(settings),
      clock_(clock),
      facts_(assembly.facts()),
      started_at_(clock.now()) {
  ports::RunStates about;
  about.run_id = facts_.run_id;
  about.started_at = facts_.started_at;
  about.question = facts_.question;
  about.limit = arguments.limit.value_or(0);
  Result<store::RowStatesFile> states = store::RowStatesFile::create(facts_.journal_path, about);
  if (states) {
    states_.emplace(*std::move(states));
  } else {
    log(LogLevel::warning, "{}; the next report will not tell what has changed", states.error().message);
  }
  if (arguments.report) rows_.emplace(take_or_throw(ReportRows::open(*arguments.report), target_exit_code));
}

void RunReport::on_row_finished(const domain::Outcome& outcome) {
  if (states_ && outcome.kind != domain::OutcomeKind::skipped) states_->add(report::state_of(outcome));
  if (rows_) rows_->add(outcome);
}

void RunReport::tick(const Assembly& assembly) {
  if (!rows_) return;
  waits_.add_waits(std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - started_at_),
                   assembly.limits_now());
}

bool RunReport::finish(const engine::RunResult& result, const std::string& stopped_because) {
  if (states_) {
    const Result<void> kept = states_->finish(!result.error && result.is_complete());
    if (!kept) log(LogLevel::warning, "{}", kept.error().message);
  }
  if (!rows_) return true;
  const Result<void> written = write(stopped_because);
  if (written) return true;
  log(LogLevel::error, "the report {} is not written: {}; `status-validator report {}` makes it again",
      sanitize_for_terminal(*arguments_.report), written.error().message, facts_.run_id);
  return false;
}

Result<void> RunReport::write(const std::string& stopped_because) {
  const auto history = open_history(settings_.cache_path);
  Result<ports::RunRecord> run = history->run_at(facts_.journal_path);
  if (!run) return std::unexpected(std::move(run.error()));
  report::RequestFigures figures(run->last_started_at);
  const Result<void> read =
      history->each_request(*run, [&figures](const ports::RequestRecord& request) { figures.add(request); });
  if (!read) return read;
  const std::optional<ports::RunStates> earlier = history->states_before(*run, arguments_.limit.value_or(0));
  report::RunPage page = page_of(settings_, clock_);
  page.hashes.emplace_back("question (SHA-256)", facts_.question);
  page.hashes.emplace_back("job (SHA-256)", run->fingerprint);
  page.run = *std::move(run);
  page.stopped_because = stopped_because;
  page.row_link = facts_.row_link;
  page.columns = facts_.columns;
  return rows_->write(*arguments_.report, std::move(page), figures, &waits_, earlier, facts_.question);
}

}  // namespace sv::cli
