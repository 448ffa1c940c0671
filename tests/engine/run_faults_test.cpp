// The K-th call of whatever lies around a run fails, for every K: the run says so, pays for nothing more,
// keeps what was paid for, and the next run ends as if nothing had happened.
#include "engine/batch_pass.hpp"
#include "engine/count_rows.hpp"
#include "engine/world.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>
#include <string>
#include <vector>

namespace sv::engine {
namespace {

using namespace std::chrono_literals;

// More than one group of rows, some of them alike, some without an identifier.
std::vector<domain::Row> some_rows(std::size_t count) {
  std::vector<domain::Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(fakes::make_row(i, "comment " + std::to_string(i % (count - 3)),
                                   i % 50 == 7 ? " " : "P" + std::to_string(i)));
  }
  return rows;
}

constexpr std::size_t kRows = 300;
constexpr std::size_t kSkipped = 6;
constexpr int kQuestions = 297;

struct FaultyWorld : World {
  fakes::Sink sink;

  FaultyWorld(bool has_identifiers, bool is_told_of_rows) : World(some_rows(kRows), has_identifiers) {
    sink.is_told_of_rows = is_told_of_rows;
    source.faults = &faults;
    sink.faults = &faults;
    cache.faults = &faults;
    journal.faults = &faults;
    // As many again as the source has, and rows of the same names.
    for (std::uint64_t place = 0; place < 2 * kRows && has_identifiers; ++place)
      sink.existing.push_back(
          {.place = place, .identifier = "P" + std::to_string(place * 2), .check_date = ""});
  }
  void start_again() {
    fakes::Sink next;
    next.is_told_of_rows = sink.is_told_of_rows;
    next.existing = sink.existing;
    next.faults = &faults;
    sink = std::move(next);
    cache.start_new_run();
    stop = StopSignal();
  }
};

class RunFaults : public testing::TestWithParam<std::pair<bool, bool>> {};

TEST_P(RunFaults, end_the_run_and_lose_nothing) {
  const auto [has_identifiers, is_told_of_rows] = GetParam();
  int met = 0;
  for (long call = 0; !HasFailure(); ++call) {
    ASSERT_LT(call, 10'000) << "it never ends";
    FaultyWorld world(has_identifiers, is_told_of_rows);
    world.faults.left = call;
    const RunResult result = world.run_into(world.sink, {.workers = 10});
    const std::string what = fmt::format("call {}", call);
    EXPECT_EQ(world.cache.answers.size(), static_cast<std::size_t>(world.llm.total_asked())) << what;
    if (world.faults.met == 0) {
      EXPECT_FALSE(result.error) << what;
      EXPECT_TRUE(result.is_complete()) << what;
      EXPECT_TRUE(result.is_written) << what;
      break;
    }
    ++met;
    ASSERT_TRUE(result.error) << what;
    EXPECT_FALSE(result.error->message.empty());
    ASSERT_TRUE(world.journal.end) << what;
    EXPECT_NE(*world.journal.end, ports::RunEnd::finished) << what;
    EXPECT_LE(world.llm.total_asked(), kQuestions) << what;

    world.faults.left = -1;
    world.start_again();
    const RunResult next = world.run_into(world.sink, {.workers = 10});
    EXPECT_FALSE(next.error) << what;
    EXPECT_TRUE(next.is_complete()) << what;
    EXPECT_TRUE(next.is_written) << what;
    EXPECT_EQ(next.counts.finished(), kRows) << what;
    EXPECT_EQ(world.sink.by_place.size(), kRows - (has_identifiers ? kSkipped : 0)) << what;
    EXPECT_EQ(world.llm.total_asked(), kQuestions - (has_identifiers ? static_cast<int>(kSkipped) : 0))
        << what << ": nothing is paid twice";
    EXPECT_EQ(world.journal.end, ports::RunEnd::finished) << what;
    if (is_told_of_rows) {
      EXPECT_TRUE(world.sink.is_announcement_over) << what;
    }
  }
  EXPECT_GT(met, 10);
}

INSTANTIATE_TEST_SUITE_P(Targets, RunFaults,
                         testing::Values(std::pair(false, false), std::pair(true, false),
                                         std::pair(true, true)));

// ---- counting
// -----------------------------------------------------------------------------------------------------

TEST(CountFaults, are_told) {
  for (const bool has_target : {false, true}) {
    for (long call = 0;; ++call) {
      ASSERT_LT(call, 1'000);
      FaultyWorld world(true, false);
      world.faults.left = call;
      std::optional<Result<RowCounts>> counts;
      boost::asio::co_spawn(world.io,
                            count_rows({.source = world.source,
                                        .cache = world.cache,
                                        .keys = world.keys,
                                        .target = has_target ? &world.sink : nullptr,
                                        .today = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)},
                                       [](const domain::Row&) {}),
                            [&](std::exception_ptr, Result<RowCounts> value) { counts = std::move(value); });
      support::run_until_idle(world.io, world.clock);
      ASSERT_TRUE(counts);
      EXPECT_EQ(counts->has_value(), world.faults.met == 0) << call;
      if (world.faults.met == 0) break;
    }
  }
}

// ---- batches
// ------------------------------------------------------------------------------------------------------

// A provider that answers a batch of at most 100 questions when it is looked at the second time.
class Batches final : public ports::BatchJudge {
 public:
  Batches(Clock& clock, fakes::Faults& faults) : clock_(clock), faults_(faults) {}

  boost::asio::awaitable<Result<void>> resume() override {
    if (faults_.is_due()) co_return fakes::failure();
    co_return Result<void>();
  }
  bool add(const domain::Row&, const domain::AnswerKey& key) override {
    if (known_.contains(key)) return true;
    if (filling_.size() == 100) return false;
    filling_.push_back(key);
    known_.insert(key);
    return true;
  }
  boost::asio::awaitable<Result<Sent>> send() override {
    if (faults_.is_due()) co_return fakes::failure();
    if (filling_.empty()) co_return Sent::nothing;
    if (refusals > 0) {
      --refusals;
      for (const domain::AnswerKey& key : filling_) known_.erase(key);
      filling_.clear();
      co_return Sent::not_sent;
    }
    under_way_.push_back({.part = ++parts_, .keys = std::exchange(filling_, {})});
    bought += static_cast<int>(under_way_.back().keys.size());
    co_return Sent::sent;
  }
  boost::asio::awaitable<Result<std::optional<ports::BatchAnswers>>> collect(bool may_wait,
                                                                             TimePoint until) override {
    if (faults_.is_due()) co_return fakes::failure();
    ++looks;
    if (under_way_.empty() || (!may_wait && !is_ready)) co_return std::nullopt;
    if (never_ends) {
      const TimePoint when = std::min(until, clock_.now() + 24h);
      co_await clock_.sleep_until(when);
      co_return std::nullopt;
    }
    const TimePoint when = clock_.now() + 1h;
    co_await clock_.sleep_until(when);
    Part& part = under_way_.front();
    ports::BatchAnswers batch{.part = part.part, .answers = {}};
    for (const domain::AnswerKey& key : part.keys) {
      domain::Answer answer;
      answer.verdict.is_valid = true;
      answer.provider = "primary";
      batch.answers.emplace_back(key, std::make_shared<const domain::Answer>(answer));
    }
    co_return batch;
  }
  Result<void> close(std::uint64_t) override {
    if (faults_.is_due()) return fakes::failure();
    under_way_.pop_front();
    return {};
  }
  std::size_t batches_under_way() const override { return under_way_.size(); }
  std::uint64_t rows_under_way() const override {
    std::uint64_t rows = 0;
    for (const Part& part : under_way_) rows += part.keys.size();
    return rows;
  }
  boost::asio::awaitable<void> cancel() override {
    is_cancelled = true;
    co_return;
  }
  std::uint64_t release() override { return std::exchange(under_way_, {}).size(); }
  boost::asio::awaitable<Result<Released>> settle() override {
    if (fails_to_settle) co_return fakes::failure();
    co_return Released{.answered = 3, .unknown = 4};
  }

  int bought = 0;
  int refusals = 0;
  int looks = 0;
  bool is_ready = true;
  bool never_ends = false;
  bool is_cancelled = false;
  bool fails_to_settle = false;

 private:
  struct Part {
    std::uint64_t part = 0;
    std::vector<domain::AnswerKey> keys;
  };
  Clock& clock_;
  fakes::Faults& faults_;
  std::vector<domain::AnswerKey> filling_;
  std::set<domain::AnswerKey> known_;
  std::deque<Part> under_way_;
  std::uint64_t parts_ = 0;
};

struct BatchWorld : FaultyWorld {
  Batches batches{clock, faults};
  BatchWorld() : FaultyWorld(true, false) {}

  RunResult play(BatchPassOptions pass = {}) {
    source.reopen();
    std::optional<RunResult> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(io, run_in_batches(context(sink), {.workers = 10}, batches, pass),
                          [&](std::exception_ptr error, RunResult value) {
                            failure = std::move(error);
                            result = std::move(value);
                          });
    support::run_until_idle(io, clock);
    if (failure) std::rethrow_exception(failure);
    EXPECT_TRUE(result.has_value()) << "the run hangs";
    return result.value_or(RunResult{});
  }
  BatchDeadline due_in(Duration time) {
    return {.at = clock.wall_now() + std::chrono::floor<std::chrono::milliseconds>(time),
            .online_time = [](std::uint64_t rows) { return std::chrono::seconds(rows); }};
  }
};

TEST(BatchPass, buys_everything_in_batches_and_then_writes_as_ever) {
  BatchWorld world;
  world.batches.refusals = 2;
  const RunResult result = world.play();
  EXPECT_FALSE(result.error);
  EXPECT_TRUE(result.is_written);
  EXPECT_EQ(world.batches.bought, kQuestions - static_cast<int>(kSkipped))
      << "rows without an identifier are not asked about";
  EXPECT_EQ(world.llm.total_asked(), 0);
  EXPECT_EQ(result.counts.finished(), kRows);
}

TEST(BatchPass, ends_at_any_failure_and_keeps_what_was_bought) {
  int met = 0;
  for (long call = 0; !HasFailure(); ++call) {
    ASSERT_LT(call, 10'000);
    BatchWorld world;
    world.faults.left = call;
    const RunResult result = world.play();
    if (world.faults.met == 0) break;
    ++met;
    EXPECT_TRUE(result.error) << call;
    ASSERT_TRUE(world.journal.end || world.journal.rows == 0 || !result.is_written) << call;
    EXPECT_EQ(world.llm.total_asked(), 0) << call << ": nothing at the full price instead";
    // What a batch has answered is in the cache, unless its reply was never taken.
    EXPECT_LE(world.cache.answers.size(), static_cast<std::size_t>(world.batches.bought)) << call;
  }
  EXPECT_GT(met, 20);
}

TEST(BatchPass, that_cannot_keep_an_answer_says_so_and_does_not_close_the_batch) {
  BatchWorld world;
  world.cache.fails_commits = true;
  const RunResult result = world.play();
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->message, "disk full");
  EXPECT_EQ(result.batches_under_way, 3U) << "the next process takes it up";
  EXPECT_EQ(world.journal.end, ports::RunEnd::failed);
}

TEST(BatchPass, that_may_not_wait_comes_again) {
  BatchWorld world;
  world.batches.is_ready = false;
  const RunResult result = world.play({.may_wait = false});
  EXPECT_FALSE(result.error);
  EXPECT_FALSE(result.is_written);
  EXPECT_EQ(result.batches_under_way, 3U);
  EXPECT_EQ(result.rows_under_way, static_cast<std::uint64_t>(world.batches.bought));
  EXPECT_EQ(result.come_again_by, std::nullopt);
  EXPECT_EQ(world.journal.end, ports::RunEnd::interrupted);
}

TEST(BatchPass, that_may_not_wait_says_by_when_to_come_again) {
  BatchWorld world;
  world.batches.is_ready = false;
  const RunResult result = world.play({.may_wait = false, .deadline = world.due_in(24h)});
  EXPECT_EQ(result.batches_under_way, 3U);
  ASSERT_TRUE(result.come_again_by);
  EXPECT_LT(*result.come_again_by, world.clock.wall_now() + 24h);
}

TEST(BatchPass, that_never_ends_is_cancelled_left_and_asked_one_by_one) {
  for (const bool fails_to_settle : {false, true}) {
    BatchWorld world;
    world.batches.never_ends = true;
    world.batches.fails_to_settle = fails_to_settle;
    const WallTime deadline = world.clock.wall_now() + 6h;
    const RunResult result = world.play({.deadline = world.due_in(6h)});
    EXPECT_FALSE(result.error);
    EXPECT_TRUE(world.batches.is_cancelled);
    EXPECT_TRUE(result.is_written);
    EXPECT_EQ(world.llm.total_asked(), kQuestions - static_cast<int>(kSkipped));
    EXPECT_LE(world.clock.wall_now(), deadline);
    EXPECT_EQ(result.answered_twice, fails_to_settle ? 0U : 3U);
    EXPECT_EQ(result.perhaps_twice, fails_to_settle ? 0U : 4U);
  }
}

TEST(BatchPass, without_time_for_a_batch_buys_none) {
  BatchWorld world;
  const RunResult result = world.play({.deadline = world.due_in(10min)});
  EXPECT_EQ(world.batches.bought, 0);
  EXPECT_FALSE(world.batches.is_cancelled) << "there is nothing to cancel";
  EXPECT_TRUE(result.is_written);
}

TEST(BatchPass, that_is_stopped_leaves_its_batches) {
  BatchWorld world;
  world.stop.request();
  const RunResult result = world.play({.deadline = world.due_in(6h)});
  EXPECT_EQ(world.batches.bought, 0);
  EXPECT_FALSE(result.error);
}

}  // namespace
}  // namespace sv::engine
