#include "engine/batch_pass.hpp"

#include "base/wait_queue.hpp"
#include "engine/count_rows.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace sv::engine {

namespace {

// Answers that are being committed at a time (row_judge.cpp has the same bound).
constexpr std::size_t kMostPendingCommits = 4096;

// Reads the source once and fills one batch. Gives the rows of the source.
boost::asio::awaitable<Result<std::uint64_t>> fill(const RunContext& context, const RunOptions& options,
                                                   ports::BatchJudge& batches) {
  const Result<void> rewound = co_await context.source.rewind();
  if (!rewound) co_return std::unexpected(rewound.error());
  const auto today = std::chrono::sys_days(local_date(context.clock.wall_now()));
  bool is_full = false;
  std::vector<domain::AnswerKey> keys;
  const auto add = [&](const domain::Row& row) {
    if (is_full) return;
    keys.clear();
    context.keys.append_keys(row, keys);
    is_full = !batches.add(row, keys.front());
  };
  const Result<RowCounts> counts = co_await count_rows({.source = context.source,
                                                        .cache = context.cache,
                                                        .keys = context.keys,
                                                        .must_ask_all = options.must_ask_all,
                                                        .today = today,
                                                        .rulebook = &context.rulebook},
                                                       add);
  if (!counts) co_return std::unexpected(counts.error());
  co_return counts->rows;
}

boost::asio::awaitable<Result<void>> commit(ports::AnswerCache& cache, ports::BatchAnswers& batch,
                                            AnsweredNow& answered_now) {
  std::size_t pending = 0;
  WaitQueue ended;
  std::optional<Error> error;
  for (auto& [key, answer] : batch.answers) {
    while (pending >= kMostPendingCommits) co_await ended.wait();
    ++pending;
    answered_now.insert(key);
    cache.commit(key, std::move(answer), [&](Result<void> committed) {
      --pending;
      if (!committed && !error) error = std::move(committed.error());
      ended.notify_all();
    });
  }
  co_await cache.flush();
  while (pending > 0) co_await ended.wait();
  if (error) co_return std::unexpected(*std::move(error));
  co_return Result<void>{};
}

// Gives the rows of the source.
boost::asio::awaitable<Result<std::uint64_t>> judge_in_batches(const RunContext& context,
                                                               const RunOptions& options,
                                                               ports::BatchJudge& batches, bool may_wait,
                                                               AnsweredNow& answered_now) {
  std::optional<std::uint64_t> source_rows;
  const Result<void> resumed = co_await batches.resume();
  if (!resumed) co_return std::unexpected(resumed.error());
  for (;;) {
    for (bool may_send = true; may_send;) {
      const Result<std::uint64_t> rows = co_await fill(context, options, batches);
      if (!rows) co_return std::unexpected(rows.error());
      if (!std::exchange(source_rows, *rows)) {
        const Result<void> announced = announce_run(context, *rows);
        if (!announced) co_return std::unexpected(announced.error());
      }
      if (context.stop.is_requested()) break;
      const Result<ports::BatchJudge::Sent> sent = co_await batches.send();
      if (!sent) co_return std::unexpected(sent.error());
      may_send = *sent != ports::BatchJudge::Sent::nothing;
    }
    Result<std::optional<ports::BatchAnswers>> batch = co_await batches.collect(may_wait);
    if (!batch) co_return std::unexpected(batch.error());
    if (!*batch) co_return *source_rows;
    const Result<void> committed = co_await commit(context.cache, **batch, answered_now);
    if (!committed) co_return std::unexpected(committed.error());
    const Result<void> closed = batches.close((*batch)->part);
    if (!closed) co_return std::unexpected(closed.error());
  }
}

}  // namespace

boost::asio::awaitable<RunResult> run_in_batches(RunContext context, RunOptions options,
                                                 ports::BatchJudge& batches, bool may_wait) {
  AnsweredNow answered_now;
  const Result<std::uint64_t> rows =
      co_await judge_in_batches(context, options, batches, may_wait, answered_now);
  RunResult result;
  result.rows = rows.value_or(0);
  result.batches_under_way = batches.batches_under_way();
  result.rows_under_way = batches.rows_under_way();
  if (!rows) result.error = rows.error();
  if (result.error || result.batches_under_way > 0) {
    const ports::RunEnd end = result.error ? ports::RunEnd::failed : ports::RunEnd::interrupted;
    if (context.journal != nullptr) context.journal->end_run(end, {});
    co_return result;
  }
  const Result<void> rewound = co_await context.source.rewind();
  if (!rewound) {
    result.error = rewound.error();
    co_return result;
  }
  context.answered_now = &answered_now;
  co_return co_await run(context, options);
}

}  // namespace sv::engine
