#include "engine/batch_pass.hpp"

#include "base/log.hpp"
#include "base/wait_queue.hpp"
#include "engine/count_rows.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace sv::engine {

namespace {

// Answers that are being committed at a time (row_judge.cpp has the same bound).
constexpr std::size_t kMostPendingCommits = 4096;
// The time until a deadline is reckoned anew at least so often.
constexpr Duration kLongestNap = std::chrono::minutes(1);
constexpr Duration kPatience = std::chrono::minutes(1);

// Reads the source once and fills one batch; `batches` null: only counts.
boost::asio::awaitable<Result<RowCounts>> fill(const RunContext& context, const RunOptions& options,
                                               ports::BatchJudge* batches) {
  const Result<void> rewound = co_await context.source.rewind();
  if (!rewound) co_return std::unexpected(rewound.error());
  const auto today = std::chrono::sys_days(local_date(context.clock.wall_now()));
  bool is_full = false;
  std::vector<domain::AnswerKey> keys;
  const auto add = [&](const domain::Row& row) {
    if (is_full || batches == nullptr) return;
    keys.clear();
    context.keys.append_keys(row, keys);
    is_full = !batches->add(row, keys.front());
  };
  Result<RowCounts> counts =
      co_await count_rows({.source = context.source,
                           .cache = context.cache,
                           .keys = context.keys,
                           .must_ask_all = options.must_ask_all,
                           .target = options.must_ask_overdue ? &context.sink : nullptr,
                           .today = today,
                           .rulebook = &context.rulebook},
                          add);
  co_return counts;
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

// A run's batches from the first to the last.
class BatchPass {
 public:
  BatchPass(const RunContext& context, const RunOptions& options, ports::BatchJudge& batches,
            const BatchPassOptions& pass, AnsweredNow& answered_now)
      : context_(context), options_(options), batches_(batches), pass_(pass), answered_now_(answered_now) {}

  boost::asio::awaitable<Result<void>> judge() {
    const Result<void> resumed = co_await batches_.resume();
    if (!resumed) co_return resumed;
    for (;;) {
      const Result<void> sent = co_await send();
      if (!sent) co_return sent;
      if (!cut_at_ && is_time_to(&BatchDeadline::cancel_at)) co_await cut();
      const bool must_go_on = is_out_of_time();
      const bool may_wait = (pass_.may_wait || cut_at_) && !must_go_on;
      Result<std::optional<ports::BatchAnswers>> batch = co_await batches_.collect(may_wait, next_decision());
      if (!batch) co_return std::unexpected(batch.error());
      if (!*batch) {
        if (must_go_on && !context_.stop.is_requested()) released_ += batches_.release();
        const bool may_go_on = pass_.deadline && !context_.stop.is_requested() &&
                               batches_.batches_under_way() > 0 && (pass_.may_wait || cut_at_);
        if (may_go_on) continue;
        co_return Result<void>{};
      }
      const Result<void> committed = co_await commit(context_.cache, **batch, answered_now_);
      if (!committed) co_return committed;
      const Result<void> closed = batches_.close((*batch)->part);
      if (!closed) co_return closed;
    }
  }

  std::uint64_t rows() const { return source_rows_.value_or(0); }
  std::uint64_t released() const { return released_; }
  // By when another process must have taken the run up; nothing: whenever.
  std::optional<WallTime> come_again_by() const {
    if (!pass_.deadline) return std::nullopt;
    return pass_.deadline->cancel_at(missing());
  }

 private:
  // Fills and sends as many batches as there are rows for, and time.
  boost::asio::awaitable<Result<void>> send() {
    if (pass_.deadline && !source_rows_) {
      const Result<void> counted = co_await read_source(nullptr);
      if (!counted) co_return counted;
    }
    for (bool may_send = true; may_send;) {
      const bool has_time = !cut_at_ && !is_time_to(&BatchDeadline::last_send);
      const Result<void> read = co_await read_source(has_time ? &batches_ : nullptr);
      if (!read) co_return read;
      if (context_.stop.is_requested() || !has_time) co_return Result<void>{};
      const Result<ports::BatchJudge::Sent> sent = co_await batches_.send();
      if (!sent) co_return std::unexpected(sent.error());
      may_send = *sent != ports::BatchJudge::Sent::nothing;
    }
    co_return Result<void>{};
  }

  boost::asio::awaitable<Result<void>> read_source(ports::BatchJudge* to_fill) {
    const Result<RowCounts> counts = co_await fill(context_, options_, to_fill);
    if (!counts) co_return std::unexpected(counts.error());
    to_ask_ = counts->to_ask;
    if (std::exchange(source_rows_, counts->rows)) co_return Result<void>{};
    co_return announce_run(context_, counts->rows);
  }

  boost::asio::awaitable<void> cut() {
    cut_at_ = context_.clock.now();
    const std::uint64_t under_way = batches_.rows_under_way();
    if (under_way == 0) co_return;
    log(LogLevel::warning,
        "the deadline is {}: the batches under way are cancelled, and what they leave of {} rows is asked "
        "one by one",
        format_check_date(pass_.deadline->at), under_way);
    co_await batches_.cancel();
  }

  // Rows without an answer here. What the provider has answered counts as missing until it is fetched: a
  // batch that does not end when it is cancelled gives none of it.
  std::uint64_t missing() const { return to_ask_; }

  bool is_time_to(WallTime (BatchDeadline::*moment)(std::uint64_t) const) const {
    return pass_.deadline && context_.clock.wall_now() >= (*pass_.deadline.*moment)(missing());
  }

  // A process that comes late gives its batches a moment all the same: what they have done is paid for.
  bool is_out_of_time() const {
    return cut_at_ && is_time_to(&BatchDeadline::release_at) && context_.clock.now() >= *cut_at_ + kPatience;
  }

  // The wall clock may be set, and a machine may sleep: it is asked again each time.
  TimePoint next_decision() const {
    if (!pass_.deadline) return TimePoint::max();
    const WallTime when =
        cut_at_ ? pass_.deadline->release_at(missing()) : pass_.deadline->cancel_at(missing());
    const TimePoint now = context_.clock.now();
    TimePoint decision =
        now + std::clamp<Duration>(when - context_.clock.wall_now(), Duration::zero(), kLongestNap);
    if (cut_at_) decision = std::max(decision, *cut_at_ + kPatience);
    return decision;
  }

  const RunContext& context_;
  const RunOptions& options_;
  ports::BatchJudge& batches_;
  const BatchPassOptions& pass_;
  AnsweredNow& answered_now_;
  std::optional<std::uint64_t> source_rows_;
  std::uint64_t to_ask_ = 0;         // when the source was last read
  std::optional<TimePoint> cut_at_;  // when the batches were cancelled
  std::uint64_t released_ = 0;
};

}  // namespace

boost::asio::awaitable<RunResult> run_in_batches(RunContext context, RunOptions options,
                                                 ports::BatchJudge& batches, BatchPassOptions pass) {
  AnsweredNow answered_now;
  BatchPass in_batches(context, options, batches, pass, answered_now);
  const Result<void> judged = co_await in_batches.judge();
  RunResult result;
  result.rows = in_batches.rows();
  result.batches_under_way = batches.batches_under_way();
  result.rows_under_way = batches.rows_under_way();
  if (!judged) result.error = judged.error();
  if (result.error || result.batches_under_way > 0) {
    if (!result.error) result.come_again_by = in_batches.come_again_by();
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
  result = co_await run(context, options);
  if (in_batches.released() == 0) co_return result;
  const Result<ports::BatchJudge::Released> released = co_await batches.settle();
  if (!released) {
    log(LogLevel::warning, "what became of the batches that did not end: {}", released.error().message);
    co_return result;
  }
  result.answered_twice = released->answered;
  result.perhaps_twice = released->unknown;
  co_return result;
}

}  // namespace sv::engine
