#include "engine/run.hpp"

#include "base/log.hpp"
#include "base/task_group.hpp"
#include "engine/place_rows.hpp"
#include "engine/row_judge.hpp"

#include <algorithm>
#include <utility>

namespace sv::engine {

namespace {

RunResult failed(RunResult result, Error error) {
  result.error = std::move(error);
  return result;
}

struct Judged {
  std::optional<Error> limit;
  std::optional<Error> error;
  // The target can be finished: nothing is wrong with it, and every row of the source has been seen.
  bool can_finish = false;
};

// Feeds, asks and writes until every row has its outcome or, after a stop, has been passed over.
boost::asio::awaitable<Judged> judge_rows(const RunContext& context, const RunOptions& options,
                                          PlacedRows& placed, OutcomeWriter& writer) {
  RowJudge judge({.source = context.source,
                  .cache = context.cache,
                  .llm = context.llm,
                  .keys = context.keys,
                  .rulebook = context.rulebook,
                  .observer = context.observer,
                  .writer = writer,
                  .stop = context.stop,
                  .clock = context.clock,
                  .answered_now = context.answered_now,
                  .claims = context.claims},
                 std::move(placed.placement), placed.rows, options.must_ask_all);
  TaskGroup writing(context.executor);
  writing.spawn(writer.write());
  TaskGroup judging(context.executor);
  judging.spawn(judge.feed());
  const std::uint64_t workers = std::min<std::uint64_t>(options.workers, placed.rows);
  for (std::uint64_t i = 0; i < workers; ++i) judging.spawn(judge.work());
  co_await judging.join();
  co_await judge.settle();
  writer.close();
  co_await writing.join();
  co_return Judged{.limit = judge.limit(),
                   .error = judge.error() ? judge.error() : writer.error(),
                   .can_finish = !judge.is_source_lost() && !writer.error()};
}

// Whether what there is may take the place of an earlier review.
bool is_worth_writing(const RunResult& result, bool has_earlier_review, bool keep_existing) {
  if (!has_earlier_review) return true;
  const bool is_all_in_vain =
      result.counts.judged + result.counts.cached + result.counts.decided == 0 && result.rows > 0;
  return !is_all_in_vain && (result.is_complete() || keep_existing);
}

boost::asio::awaitable<Result<void>> begin_sink(const RunContext& context, PlacedRows& placed) {
  Placement& placement = placed.placement;
  Result<void> begun = co_await context.sink.begin(placement.places(), placed.keep_existing);
  if (!begun || !context.sink.wants_announcement()) co_return begun;
  const Result<void> announced = co_await announce_rows(context.source, context.sink, placement);
  if (!announced) co_return announced;
  co_return co_await context.source.rewind();
}

boost::asio::awaitable<RunResult> run_rows(const RunContext& context, const RunOptions& options) {
  RunResult result;
  std::optional<std::chrono::sys_days> overdue_from;
  if (options.must_ask_overdue) overdue_from = std::chrono::sys_days(local_date(context.clock.wall_now()));
  Result<PlacedRows> placed = co_await place_rows(context.source, context.sink, overdue_from);
  if (!placed) co_return failed(result, std::move(placed.error()));
  for (const std::string& warning : placed->warnings) log(LogLevel::warning, "{}", warning);
  result.rows = placed->rows;
  const bool has_earlier_review = placed->placement.existing_rows() > 0;
  const bool keep_existing = placed->keep_existing;

  const Result<void> rewound = co_await context.source.rewind();
  if (!rewound) co_return failed(result, rewound.error());
  const Result<void> begun = co_await begin_sink(context, *placed);
  if (!begun) co_return failed(result, begun.error());

  if (context.answered_now == nullptr) {
    const Result<void> announced = announce_run(context, result.rows);
    if (!announced) co_return failed(result, announced.error());
  }
  OutcomeWriter writer(context.sink, context.observer, context.stop, context.clock, context.journal);
  Judged judged = co_await judge_rows(context, options, *placed, writer);
  result.counts = writer.counts();
  result.limit = std::move(judged.limit);
  result.error = std::move(judged.error);
  if (!judged.can_finish || !is_worth_writing(result, has_earlier_review, keep_existing)) co_return result;
  const Result<void> finished = co_await context.sink.finish();
  if (!finished && !result.error) result.error = finished.error();
  result.is_written = finished.has_value();
  co_return result;
}

}  // namespace

Result<void> announce_run(const RunContext& context, std::uint64_t rows) {
  if (context.journal != nullptr) {
    Result<void> noted = context.journal->begin_run(rows);
    if (!noted) return noted;
  }
  context.observer.on_run_started(rows);
  return {};
}

namespace {

ports::RunEnd end_of(const RunResult& result) {
  if (result.error) return ports::RunEnd::failed;
  if (!result.is_complete()) return ports::RunEnd::interrupted;
  return result.is_written ? ports::RunEnd::finished : ports::RunEnd::failed;
}

}  // namespace

boost::asio::awaitable<RunResult> run(RunContext context, RunOptions options) {
  RunResult result = co_await run_rows(context, options);
  if (context.journal != nullptr) context.journal->end_run(end_of(result), result.counts);
  co_return result;
}

}  // namespace sv::engine
