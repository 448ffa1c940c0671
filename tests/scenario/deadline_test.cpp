// Issue 6, acceptance line 4: a batch that finishes late, in virtual time, never makes the run late.
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDeadline = 12h;
constexpr std::uint64_t kRows = 400;

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t kSeeds = 6;
#else
constexpr std::uint64_t kSeeds = 24;
#endif

const domain::TokenPrices kPrices{.input = 400'000, .cached_input = 100'000, .output = 1'600'000};

SimulatedRunOptions job(std::uint64_t seed) {
  SimulatedRunOptions options;
  options.llm = simulated_settings();
  options.llm.prices = {
      {.model = "simulated-model", .base_url = "", .prices = kPrices, .read_on = "", .source = ""}};
  sim::LlmOptions model;
  model.seed = seed;
  model.latency = sim::Latency::lognormal(3s, 9s);
  // Batches do not meet the prompt cache: with it online would cost hardly more than they do.
  model.prompt_cache = sim::PromptCacheKind::none;
  for (const char* fault : {"429=2%", "500=2%", "reset=1%", "invalid-json=1%", "hang=1%"}) {
    EXPECT_TRUE(model.faults.add(fault).has_value());
  }
  options.models.push_back(model);
  options.rows = kRows;
  options.seed = seed;
  options.network.seed = seed;
  return options;
}

// A batch that would take so long.
SimulatedRunOptions in_batches(std::uint64_t seed, Duration completion) {
  SimulatedRunOptions options = job(seed);
  options.batches.emplace();
  options.batches->seed = seed;
  options.batches->completion_time = completion;
  options.batches->line_error_share = 0.01;
  options.deadline = kDeadline;
  return options;
}

double cost_of(const SimulatedRun& run) {
  double sum = 0;
  for (const domain::Money& amount : run.summary.cost.amounts()) {
    sum += static_cast<double>(amount.trillionths());
  }
  return sum;
}

TEST(Deadline, a_late_batch_never_makes_the_run_late) {
  std::uint64_t late_batches = 0;
  double closest = 1;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    // From an hour to two days: in time, just in time, too late, never.
    const Duration completion = 1h + 47h * (seed * 7 % kSeeds) / kSeeds;
    const SimulatedRun run = play(in_batches(seed, completion));
    EXPECT_LE(run.makespan, kDeadline) << "seed " << seed;
    EXPECT_EQ(run.result.counts.judged + run.result.counts.cached, kRows) << "seed " << seed;
    EXPECT_EQ(run.result.answered_twice + run.result.perhaps_twice, 0U) << "seed " << seed;
    EXPECT_EQ(run.models.front()->ledger().rows_answered_again(), 0U) << "no row is paid for twice";
    if (run.models.front()->ledger().batches().cancelled > 0) {
      ++late_batches;
      closest = std::min(closest, 1 - to_seconds(run.makespan) / to_seconds(kDeadline));
      EXPECT_GT(run.makespan, kDeadline - 1h) << "the batch had all the time that there was";
    }
  }
  std::printf("%llu of %llu batches were late; the run was over at least %.0f s before its deadline\n",
              static_cast<unsigned long long>(late_batches), static_cast<unsigned long long>(kSeeds),
              closest * to_seconds(kDeadline));
  EXPECT_GT(late_batches, kSeeds / 2);
}

TEST(Deadline, the_cost_is_at_most_six_tenths_when_eight_tenths_came_back) {
  const double online = cost_of(play(job(1)));
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    // 90 % of the time is work on lines, evenly.
    const SimulatedRun run = play(in_batches(seed, 13h + 20min * seed));
    const auto back = static_cast<double>(run.summary.batch_answers) / static_cast<double>(kRows);
    const double cost = cost_of(run) / online;
    std::printf("%.1f %% of the rows came back, %.3f of the cost online\n", 100 * back, cost);
    EXPECT_LE(run.makespan, kDeadline);
    EXPECT_GE(back, 0.8) << "what the test is about";
    EXPECT_LE(cost, 0.6);
  }
}

TEST(Deadline, a_batch_that_does_not_obey_is_left_and_what_it_answers_is_told) {
  // It ends while the rows are asked one by one (in the last seven minutes), or long after.
  for (const Duration completion : {Duration(11h + 53min + 15s), Duration(30h)}) {
    SimulatedRunOptions options = in_batches(1, completion);
    options.batches->stick = {1};
    options.models.front().rpm = 300;  // so that the rows take longer than a moment
    const SimulatedRun run = play(options);
    EXPECT_LE(run.makespan, kDeadline);
    EXPECT_TRUE(run.result.is_complete());
    EXPECT_EQ(run.summary.batches, 1U);
    if (completion < kDeadline) {
      EXPECT_GT(run.result.answered_twice, kRows * 8 / 10) << "what it had done when it was cancelled";
      EXPECT_EQ(run.result.perhaps_twice, 0U);
    } else {
      EXPECT_EQ(run.result.perhaps_twice, kRows);
      EXPECT_GT(run.models.front()->ledger().requests(), kRows - 1);
    }
  }
}

TEST(Deadline, no_batch_is_begun_when_there_is_no_time_for_one) {
  SimulatedRunOptions options = in_batches(1, 1h);
  options.deadline = 20min;
  const SimulatedRun run = play(options);
  EXPECT_EQ(run.models.front()->ledger().batches().created, 0U);
  EXPECT_TRUE(run.result.is_complete());
  EXPECT_LE(run.makespan, *options.deadline);
}

TEST(Deadline, without_one_a_batch_has_its_day) {
  SimulatedRunOptions options = in_batches(1, 20h);
  options.deadline.reset();
  const SimulatedRun run = play(options);
  EXPECT_GT(run.makespan, 19h);
  EXPECT_EQ(run.models.front()->ledger().batches().cancelled, 0U);
  EXPECT_TRUE(run.result.is_complete());
}

}  // namespace
}  // namespace sv::cli
