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

// Feeds, asks and writes until every row has its outcome or the run is stopped.
boost::asio::awaitable<std::optional<Error>> judge_rows(const RunContext& context, const RunOptions& options,
                                                        PlacedRows& placed, OutcomeWriter& writer) {
  RowJudge judge({.source = context.source,
                  .cache = context.cache,
                  .llm = context.llm,
                  .keys = context.keys,
                  .rulebook = context.rulebook,
                  .writer = writer,
                  .stop = context.stop},
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
  co_return judge.error() ? judge.error() : writer.error();
}

}  // namespace

boost::asio::awaitable<RunResult> run(RunContext context, RunOptions options) {
  RunResult result;
  std::optional<std::chrono::sys_days> overdue_from;
  if (options.must_ask_overdue) overdue_from = std::chrono::sys_days(local_date(context.clock.wall_now()));
  Result<PlacedRows> placed = co_await place_rows(context.source, context.sink, overdue_from);
  if (!placed) co_return failed(result, std::move(placed.error()));
  for (const std::string& warning : placed->warnings) log(LogLevel::warning, "{}", warning);
  result.rows = placed->rows;
  const bool has_earlier_review = placed->placement.existing_rows() > 0;

  const Result<void> rewound = co_await context.source.rewind();
  if (!rewound) co_return failed(result, rewound.error());
  const Result<void> begun = co_await context.sink.begin(placed->placement.places(), placed->keep_existing);
  if (!begun) co_return failed(result, begun.error());

  context.observer.on_run_started(result.rows);
  OutcomeWriter writer(context.sink, context.observer, context.stop, options.flush_size);
  std::optional<Error> error = co_await judge_rows(context, options, *placed, writer);
  result.counts = writer.counts();
  if (error) co_return failed(result, std::move(*error));
  if (result.counts.total() < result.rows) co_return result;  // stopped

  const bool is_all_in_vain = result.counts.unjudged > 0 && result.counts.judged + result.counts.cached == 0;
  if (is_all_in_vain && has_earlier_review) co_return result;
  const Result<void> finished = co_await context.sink.finish();
  if (!finished) co_return failed(result, finished.error());
  result.is_written = true;
  co_return result;
}

}  // namespace sv::engine
