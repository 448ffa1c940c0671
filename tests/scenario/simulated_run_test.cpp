// Whole runs in virtual time against the simulator's own models.
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

SimulatedRunOptions hundred_rows(std::uint32_t workers) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(workers);
  sim::LlmOptions model;
  model.latency = sim::Latency::fixed(3s);
  options.models.push_back(model);
  return options;
}

TEST(SimulatedRun, takes_rows_times_latency_over_workers) {
  // Of an earlier run: at a provider that has never answered, the first request goes alone for a moment.
  std::map<std::string, std::string> facts;
  for (const std::uint32_t workers : {1U, 3U, 5U, 10U, 50U}) {
    SimulatedRunOptions options = hundred_rows(workers);
    options.facts = &facts;
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, 100U);
    EXPECT_EQ(run.models[0]->ledger().verdicts(), 100U);
    const double rounds = std::ceil(100.0 / workers);
    EXPECT_GE(to_seconds(run.makespan), rounds * 3);
    EXPECT_LE(to_seconds(run.makespan), rounds * 3.03) << workers;
  }
}

// Issue 2, acceptance line 4, where nothing but our own scheduling can cost time: bench/run.py has the same
// over sockets, where 1,000 requests at once are bound by the machine.
TEST(SimulatedRun, loses_no_time_between_1_and_1000_workers) {
  for (const std::uint32_t workers : {1U, 3U, 5U, 10U, 20U, 100U, 1000U}) {
    SimulatedRunOptions options = hundred_rows(workers);
    options.llm.providers.front().api_key = Secret();  // nothing has to be tried out
    options.models[0].latency = sim::Latency::fixed(200ms);
    options.network = {.round_trip = 0ms, .jitter = 0ms};
    options.rows = 1000;
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, 1000U);
    EXPECT_LE(to_seconds(run.makespan), 0.2 * std::ceil(1000.0 / workers) + 0.001) << workers;
  }
}

TEST(SimulatedRun, plays_the_same_way_twice) {
  SimulatedRunOptions options = hundred_rows(7);
  options.models[0].latency = sim::Latency::lognormal(3s, 7s);
  ASSERT_TRUE(options.models[0].faults.add("500=10%"));
  ASSERT_TRUE(options.models[0].faults.add("429=5%"));
  const SimulatedRun first = play(options);
  const SimulatedRun second = play(options);
  EXPECT_EQ(first.makespan, second.makespan);
  EXPECT_EQ(first.models[0]->ledger().requests(), second.models[0]->ledger().requests());
  EXPECT_GT(first.models[0]->ledger().requests(), 100U);
}

TEST(SimulatedRun, finds_out_how_many_at_a_time_a_provider_takes) {
  for (const std::uint64_t slots : {1U, 4U, 10U}) {
    SimulatedRunOptions options = hundred_rows(1);
    options.llm = simulated_settings();
    options.models[0].limiter = sim::LimiterKind::concurrency;
    options.models[0].concurrency = slots;
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, 100U);
    const double ideal = 100.0 * 3 / static_cast<double>(slots);
    EXPECT_LE(to_seconds(run.makespan), 1.1 * ideal + 3) << slots;
    // The first wave finds the limit; one more is tried each minute.
    EXPECT_LE(run.models[0]->ledger().count_status(429), 16 + ideal / 50) << slots;
  }
}

}  // namespace
}  // namespace sv::cli
