#include "cli/assemble_earlier_report.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "checks/after_model.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/assemble_report_file.hpp"
#include "cli/exit_codes.hpp"
#include "cli/load_settings.hpp"
#include "cli/open_tables.hpp"
#include "cli/provider_keys.hpp"
#include "cli/reading_context.hpp"
#include "cli/take_or_throw.hpp"
#include "cli/wait_for.hpp"
#include "domain/redaction.hpp"
#include "engine/unjudged_reason.hpp"
#include "prompt/question.hpp"
#include "report/row_state.hpp"
#include "report/texts.hpp"
#include "store/sqlite_store.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

constexpr std::size_t kRowsAtOnce = 256;

// The outcomes of a run, put together again.
class Recovery {
 public:
  Recovery(const ports::RunRecord& run, const domain::Rulebook& rulebook, const ProviderKeys& keys,
           ports::AnswerCache& cache, bool has_identifiers, const std::optional<ports::RunStates>& states)
      : run_(run), rulebook_(rulebook), keys_(keys), cache_(cache), has_identifiers_(has_identifiers) {
    if (!states) {
      gaps_[report::Gap::states_lost] = 1;
      return;
    }
    knows_reached_ = !states->is_complete;
    for (const ports::RowState& state : states->rows) states_.emplace(state.number, state);
  }

  void note(const ports::RequestRecord& request) {
    if (!request.has_ended) return;
    if (request.error.empty())
      answered_.insert(request.row_number);
    else
      errors_[request.row_number] = request.error;
  }

  boost::asio::awaitable<Result<void>> recover(ports::RowSource& source, std::uint64_t limit,
                                               ReportRows& into) {
    std::uint64_t seen = 0;
    for (;;) {
      Result<std::vector<domain::Row>> rows = co_await source.read(kRowsAtOnce);
      if (!rows) co_return std::unexpected(rows.error());
      if (limit > 0 && seen + rows->size() > limit) rows->resize(static_cast<std::size_t>(limit - seen));
      seen += rows->size();
      if (rows->empty()) break;
      ports::AnswerLookups lookups;
      lookups.keys_per_row = keys_.keys_per_row();
      lookups.this_run_only.assign(rows->size(), false);
      for (const domain::Row& row : *rows) keys_.append_keys(row, lookups.keys);
      auto answers = co_await cache_.find(std::move(lookups));
      if (!answers) co_return std::unexpected(answers.error());
      for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto outcome = outcome_of(std::move((*rows)[i]), std::move((*answers)[i]));
        if (outcome) into.add(*outcome);
      }
    }
    if (!states_.empty()) gaps_[report::Gap::rows_gone] = states_.size();  // nobody took them
    co_return Result<void>();
  }

  const std::set<std::uint64_t>& changed() const { return changed_; }
  std::vector<report::GapCount> gaps() const {
    std::vector<report::GapCount> all{{report::Gap::waits, 0}};
    for (const auto& [gap, count] : gaps_) {
      if (count > 0) all.push_back({gap, count});
    }
    return all;
  }

 private:
  // Nothing for a row that the run did not come to.
  std::optional<domain::Outcome> outcome_of(domain::Row row, std::shared_ptr<const domain::Answer> answer) {
    domain::Outcome outcome;
    outcome.row = std::move(row);
    if (has_identifiers_ && is_blank(outcome.row.identifier)) {
      outcome.kind = domain::OutcomeKind::skipped;
      outcome.reason = engine::skipped_reason();
      return outcome;
    }
    if (knows_reached_ && !states_.contains(outcome.row.number)) return std::nullopt;
    const std::optional<ports::RowState> then = take_state(outcome);
    const checks::CheckDay day{.today = day_of_run_, .unchanged_since = {}};
    // The settings may have got their checks since: whoever was asked about, or judged otherwise, was not
    // decided by them.
    const bool was_refused =
        then && then->verdict != ports::RowVerdict::none && then->verdict != ports::RowVerdict::valid;
    if (was_refused && !answered_.contains(outcome.row.number) &&
        checks::is_decided_by_code(outcome.row, rulebook_, day)) {
      outcome.kind = domain::OutcomeKind::decided;
      checks::apply_checks(outcome.row, rulebook_, day, outcome.verdict);
      outcome.answer = std::make_shared<const domain::Answer>(domain::answer_of_checks(run_.started_at));
      return outcome;
    }
    // An unjudged row may have been judged by a later run: its answer is none of this one.
    const bool was_unjudged = then && then->verdict == ports::RowVerdict::none;
    if (answer && !was_unjudged && (!run_.ended_at || answer->answered_at <= *run_.ended_at)) {
      const bool is_new = answer->answered_at >= run_.started_at && answered_.contains(outcome.row.number);
      outcome.kind = is_new ? domain::OutcomeKind::judged : domain::OutcomeKind::cached;
      outcome.verdict = answer->verdict;
      domain::restore(outcome.row, rulebook_.redaction, outcome.verdict);
      checks::apply_checks(outcome.row, rulebook_,
                           {.today = day_of_run_, .unchanged_since = day_of(answer->answered_at)},
                           outcome.verdict);
      outcome.answer = std::move(answer);
      return outcome;
    }
    if (then && !was_unjudged) {
      ++gaps_[report::Gap::verdicts_lost];
      recover_verdict(*then, outcome);
      return outcome;
    }
    const auto error = errors_.find(outcome.row.number);
    if (error == errors_.end() && !then && !run_.is_finished()) return std::nullopt;
    if (error != errors_.end()) outcome.reason = report::kind_text(error->second, rulebook_.language);
    ++gaps_[report::Gap::reasons_lost];
    return outcome;
  }

  // The row as the run left it; notes when the source has another text there now.
  std::optional<ports::RowState> take_state(const domain::Outcome& outcome) {
    const auto found = states_.find(outcome.row.number);
    if (found == states_.end()) {
      if (!gaps_.contains(report::Gap::states_lost)) note_change(outcome.row.number);
      return std::nullopt;
    }
    ports::RowState state = std::move(found->second);
    states_.erase(found);
    const ports::RowState now = report::state_of(outcome);
    if (now.text_hash == state.text_hash && now.identifier == state.identifier) return state;
    note_change(outcome.row.number);
    return std::nullopt;  // what stood there then is another row, or another text
  }
  void note_change(std::uint64_t number) {
    changed_.insert(number);
    ++gaps_[report::Gap::rows_changed];
  }

  // All that is left is what the verdict was.
  static void recover_verdict(const ports::RowState& then, domain::Outcome& outcome) {
    outcome.kind = domain::OutcomeKind::cached;
    outcome.verdict.is_valid = then.verdict == ports::RowVerdict::valid;
    outcome.verdict.needs_review = then.verdict == ports::RowVerdict::needs_review;
  }

  static std::chrono::sys_days day_of(WallTime when) { return std::chrono::sys_days(local_date(when)); }

  const ports::RunRecord& run_;
  std::chrono::sys_days day_of_run_ = day_of(run_.started_at);
  const domain::Rulebook& rulebook_;
  const ProviderKeys& keys_;
  ports::AnswerCache& cache_;
  bool has_identifiers_;
  bool knows_reached_ = false;  // the run did not come to the rows that are not in states_
  std::unordered_map<std::uint64_t, ports::RowState> states_;  // that no row of the source has taken yet
  std::unordered_set<std::uint64_t> answered_;                 // rows; identical ones shared their answer
  std::unordered_map<std::uint64_t, std::string> errors_;      // the last one, by row
  std::map<report::Gap, std::uint64_t> gaps_;
  std::set<std::uint64_t> changed_;
};

void go_to(const ports::RunRecord& run) {
  std::error_code error;
  std::filesystem::current_path(run.directory, error);
  if (!error) return;
  throw Fatal(ExitCode::no_input, fmt::format("run {} was started in {}: {}", run.run_id,
                                              sanitize_for_terminal(run.directory), error.message()));
}

}  // namespace

void write_earlier_report(const ports::RunHistory& history, const ports::RunRecord& run,
                          const std::string& output) {
  go_to(run);
  const RunArguments arguments = parse_run_arguments(run.arguments);
  const config::Settings settings = load_settings_without_keys(arguments);
  ReadingContext context;
  const OpenedSource source = open_source(context.request(settings, arguments), context.quota);
  const domain::Rulebook rulebook = rulebook_of(settings);
  const prompt::QuestionBuilder question(rulebook, source.rows->columns());
  const ProviderKeys keys = keys_of(question, settings.llm.providers);
  const store::OpenedStore store = take_or_throw(
      store::open_sqlite_store(
          {.path = settings.cache_path, .executor = context.io.get_executor(), .run_id = run.run_id}),
      store_exit_code);
  Recovery recovery(run, rulebook, keys, *store.store, source.rows->columns().identifier,
                    history.states_of(run));
  report::RequestFigures figures(run.last_started_at);
  take_or_throw(history.each_request(run,
                                     [&](const ports::RequestRecord& request) {
                                       figures.add(request);
                                       recovery.note(request);
                                     }),
                store_exit_code);
  ReportRows rows = take_or_throw(ReportRows::open(output), target_exit_code);
  take_or_throw(wait_for(context.io, recovery.recover(*source.rows, arguments.limit.value_or(0), rows)),
                source_exit_code);
  report::RunPage page = page_of(settings, context.clock);
  page.is_made_later = true;
  page.hashes.emplace_back("job (SHA-256)", run.fingerprint);
  page.run = run;
  page.row_link = source.row_link;
  page.columns = source.rows->columns();
  page.gaps = recovery.gaps();
  if (run.damaged_lines > 0) page.gaps.push_back({report::Gap::requests_lost, run.damaged_lines});
  take_or_throw(rows.write(output, std::move(page), figures, nullptr,
                           history.states_before(run, arguments.limit.value_or(0)),
                           question_identity(question.revision(), settings.llm), recovery.changed()),
                target_exit_code);
}

}  // namespace sv::cli
