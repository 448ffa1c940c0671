// The experiments of `status-validator bench`, and what they are compared with.
#include "cli/bench_experiments.hpp"
#include "cli/bench_peers.hpp"
#include "cli/limiter_trial.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

TEST(Bench, finds_what_the_program_was_founded_for) {
  int told = 0;
  const report::BenchReport report =
      play_bench({.seeds = 1, .has_sockets = false}, [&](std::string_view) { ++told; });
  EXPECT_GT(told, 0);
  EXPECT_EQ(report.faulty_runs, 0U);
  EXPECT_TRUE(report.sockets.empty());
  ASSERT_EQ(report.founding.size(), 12U);
  for (const report::FoundingCell& cell : report.founding) {
    const std::uint64_t rounds = (cell.rows + cell.workers - 1) / cell.workers;
    EXPECT_GE(cell.makespan, rounds * report.founding_latency);
    EXPECT_LE(to_seconds(cell.makespan), 1.01 * to_seconds(rounds * report.founding_latency));
    if (cell.workers >= 3) {
      EXPECT_GE(cell.speed_up, 2.4);  // 10 rows, 3 workers: 4 rounds for 10
    }
    EXPECT_LE(cell.speed_up, 10.001);
  }
  ASSERT_EQ(report.workers.size(), 7U);
  for (const report::WorkersCell& cell : report.workers) {
    EXPECT_LE(cell.makespan_over_ideal, 1.05) << cell.workers;
  }
  EXPECT_LE(report.mixture_cell.makespan_over_ideal, 1.05);
  ASSERT_EQ(report.limiters.size(), 1U);
  EXPECT_EQ(report.limiters[0].cells.size(), 20U);
  for (const report::LimiterCell& cell : report.limiters[0].cells) {
    EXPECT_LE(cell.makespan_over_ideal, 1.35) << cell.limiter << ", " << cell.told;
    EXPECT_LE(cell.refused_per_thousand, 20) << cell.limiter << ", " << cell.told;
  }
}

TEST(Bench, a_run_over_sockets_does_the_same_work) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(4);
  options.models.emplace_back().latency = sim::Latency::fixed(20ms);
  options.rows = 20;
  const SimulatedRun run = play_over_sockets(options);
  EXPECT_EQ(run.result.counts.judged, 20U);
  EXPECT_GE(run.makespan, 100ms);  // five rounds; how much more is the machine's business
  EXPECT_EQ(run.summary.rows, 20U);
}

// The figures of the others cannot be played by this program, but for a pool of five workers: the same
// limiters, latencies and ideal, or the comparison would not be one.
TEST(Bench, the_fixed_pool_fares_as_in_the_earlier_simulation) {
  for (const report::PeerCell& cell : bench_peers()) {
    if (cell.client != "5 workers, a fixed pool") continue;
    LimiterTrial trial;
    trial.limiter = *sim::parse_limiter(cell.limiter);
    trial.workers = 5;
    const LimiterResult result = play_trial(trial, 1);
    EXPECT_NEAR(result.makespan_over_ideal, cell.makespan_over_ideal, 0.05 * cell.makespan_over_ideal)
        << cell.limiter;
    EXPECT_EQ(result.refused_per_thousand, cell.refused_per_thousand);
  }
}

TEST(Bench, the_others_stand_for_the_same_limiters) {
  std::set<std::string> limiters;
  for (const report::PeerCell& cell : bench_peers()) limiters.insert(cell.limiter);
  EXPECT_EQ(limiters, (std::set<std::string>{"bucket1", "bucket60", "win1", "win10", "win60"}));
  EXPECT_EQ(bench_peers().size(), 15U);
}

}  // namespace
}  // namespace sv::cli
