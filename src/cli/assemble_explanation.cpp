#include "cli/assemble_explanation.hpp"

#include "base/fatal.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "checks/after_model.hpp"
#include "cli/assemble.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/exit_codes.hpp"
#include "cli/load_settings.hpp"
#include "cli/messages.hpp"
#include "cli/open_tables.hpp"
#include "cli/provider_keys.hpp"
#include "cli/reading_context.hpp"
#include "cli/take_or_throw.hpp"
#include "cli/wait_for.hpp"
#include "prompt/question.hpp"
#include "report/explanation.hpp"
#include "store/sqlite_store.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

constexpr std::size_t kRowsAtOnce = 256;

boost::asio::awaitable<Result<std::optional<domain::Row>>> find_row(ports::RowSource& source,
                                                                    std::uint64_t number) {
  for (;;) {
    Result<std::vector<domain::Row>> rows = co_await source.read(kRowsAtOnce);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return std::optional<domain::Row>();
    for (domain::Row& row : *rows) {
      if (row.number == number) co_return std::optional(std::move(row));
    }
  }
}

// The first provider's answer that there is.
boost::asio::awaitable<Result<std::shared_ptr<const domain::Answer>>> find_answer(
    ports::AnswerCache& cache, std::vector<domain::AnswerKey> keys) {
  ports::AnswerLookups lookups;
  lookups.keys_per_row = keys.size();
  lookups.keys = std::move(keys);
  lookups.this_run_only = {false};
  auto found = co_await cache.find(std::move(lookups));
  if (!found) co_return std::unexpected(found.error());
  co_return found->empty() ? nullptr : found->front();
}

}  // namespace

std::string explain_row(const ports::RunHistory& history, const ports::RunRecord& run,
                        std::uint64_t row_number, bool as_json) {
  std::error_code moved;
  std::filesystem::current_path(run.directory, moved);
  if (moved) {
    throw Fatal(ExitCode::no_input, fmt::format("run {} was started in {}: {}", run.run_id,
                                                sanitize_for_terminal(run.directory), moved.message()));
  }
  RunArguments arguments = parse_run_arguments(run.arguments);
  arguments.limit.reset();
  const config::Settings settings = load_settings_without_keys(arguments);
  ReadingContext context;
  const AssembleRequest request = context.request(settings, arguments);
  const OpenedSource source = open_source(request, context.quota);
  std::optional<domain::Row> row =
      take_or_throw(wait_for(context.io, find_row(*source.rows, row_number)), source_exit_code);
  if (!row) {
    throw Fatal(ExitCode::no_input,
                fmt::format("{} has no row {}: rows are numbered as in a spreadsheet, the header "
                            "included",
                            sanitize_for_terminal(run.source), row_number));
  }
  const domain::Rulebook rulebook = rulebook_of(settings);
  const prompt::QuestionBuilder question(rulebook, source.rows->columns());
  const ProviderKeys keys = keys_of(question, settings.llm.providers);
  std::vector<domain::AnswerKey> row_keys;
  keys.append_keys(*row, row_keys);
  report::Explanation explanation;
  explanation.run = run;
  explanation.key = to_hex(row_keys.front());
  const store::OpenedStore store = take_or_throw(
      store::open_sqlite_store(
          {.path = settings.cache_path, .executor = context.io.get_executor(), .run_id = run.run_id}),
      store_exit_code);
  explanation.answer =
      take_or_throw(wait_for(context.io, find_answer(*store.store, std::move(row_keys))), store_exit_code);
  explanation.requests =
      take_or_throw(history.requests_of(run, row_number, explanation.key), store_exit_code);
  explanation.is_skipped = source.rows->columns().identifier && is_blank(row->identifier);
  // The day of the run: a window of days was another one then.
  const auto day_of = [](WallTime when) { return std::chrono::sys_days(local_date(when)); };
  checks::CheckDay day{.today = day_of(run.started_at), .unchanged_since = {}};
  const bool was_asked = !explanation.requests.empty();
  explanation.is_decided =
      !explanation.is_skipped && !was_asked && checks::is_decided_by_code(*row, rulebook, day);
  if (explanation.is_decided) {
    explanation.answer = std::make_shared<const domain::Answer>(domain::answer_of_checks(run.started_at));
  }
  if (explanation.answer) {
    if (!explanation.is_decided) day.unchanged_since = day_of(explanation.answer->answered_at);
    explanation.said = explanation.answer->verdict;
    domain::restore(*row, rulebook.redaction, explanation.said);
    explanation.verdict = explanation.said;
    checks::apply_checks(*row, rulebook, day, explanation.verdict);
  }
  explanation.row = std::move(*row);
  return as_json ? report::explanation_json(explanation)
                 : report::render_explanation(explanation, phrasebook());
}

}  // namespace sv::cli
