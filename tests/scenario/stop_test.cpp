// Ctrl-C in whatever a run may be waiting for: whole runs in virtual time (reliability.md R-06).
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRows = 500;

SimulatedRunOptions a_run(Duration latency) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(10);
  options.rows = kRows;
  sim::LlmOptions model;
  model.latency = sim::Latency::fixed(latency);
  options.models.push_back(model);
  return options;
}

std::uint64_t requests_after(const SimulatedRun& run, Duration moment) {
  const auto& arrivals = run.models[0]->ledger().arrivals();
  return static_cast<std::uint64_t>(
      std::ranges::count_if(arrivals, [&](float at) { return at > to_seconds(moment + 50ms); }));
}

// Every row has an outcome or none at all, and what was paid for was kept.
void expect_all_is_kept(const SimulatedRun& run) {
  EXPECT_EQ(run.result.counts.judged, run.models[0]->ledger().verdicts());
  EXPECT_LT(run.result.counts.judged, kRows);
  EXPECT_FALSE(run.result.error) << run.result.error->message;
}

TEST(Stop, awaits_what_is_in_flight_and_sends_nothing_more) {
  SimulatedRunOptions options = a_run(3s);
  options.stop_after = 10s;
  const SimulatedRun run = play(options);
  expect_all_is_kept(run);
  EXPECT_EQ(requests_after(run, 10s), 0U);
  EXPECT_GT(run.makespan, 10s);
  EXPECT_LT(run.makespan, 13.1s);
}

TEST(Stop, ends_a_pause_after_a_429) {
  SimulatedRunOptions options = a_run(1s);
  options.models[0].rpm = 20;
  options.models[0].limiter = sim::LimiterKind::win60;
  options.models[0].limit_headers = sim::LimitHeaders::none;
  options.stop_after = 20s;
  const SimulatedRun run = play(options);
  expect_all_is_kept(run);
  EXPECT_GT(run.summary.errors_of(ErrorKind::rate_limited), 0U) << "it was to stand in a pause";
  EXPECT_LT(run.makespan, 21.1s);
}

TEST(Stop, ends_back_offs_and_the_wait_for_a_provider_that_is_down) {
  for (const sim::OutageKind kind : {sim::OutageKind::server_error, sim::OutageKind::refuse}) {
    SimulatedRunOptions options = a_run(1s);
    options.models[0].outages.add({.start = 5s, .length = 300s, .kind = kind});
    for (const Duration stop : {6s, 40s, 123s}) {
      options.stop_after = stop;
      const SimulatedRun run = play(options);
      expect_all_is_kept(run);
      EXPECT_EQ(requests_after(run, stop), 0U);
      EXPECT_LE(run.makespan, stop + 1100ms) << to_seconds(stop);
    }
  }
}

TEST(Stop, gives_up_what_does_not_come_in_time) {
  SimulatedRunOptions options = a_run(3s);
  // From the start: with no answer yet there is no usual latency that would end attempts earlier.
  options.models[0].outages.add({.start = 0s, .length = 300s, .kind = sim::OutageKind::hang});
  options.llm.providers.front().request_timeout = 600s;
  options.stop_after = 12s;
  options.abandon_after = 42s;
  const SimulatedRun run = play(options);
  expect_all_is_kept(run);
  EXPECT_EQ(requests_after(run, 12s), 0U);
  EXPECT_EQ(run.makespan, 42s) << to_seconds(run.makespan);
}

// At any moment: also in the warm-up, in the tail, before the first answer.
TEST(Stop, at_any_moment_ends_within_one_answer) {
  for (Duration stop = 0s; stop < 60s; stop += 700ms) {
    SimulatedRunOptions options = a_run(2s);
    options.seed = static_cast<std::uint64_t>(stop / 1ms) + 1;
    options.is_first_run = true;
    ASSERT_TRUE(options.models[0].faults.add("429=5%"));
    ASSERT_TRUE(options.models[0].faults.add("500=10%"));
    options.stop_after = stop;
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, run.models[0]->ledger().verdicts());
    EXPECT_EQ(requests_after(run, stop), 0U) << to_seconds(stop);
    EXPECT_LE(run.makespan, stop + 2100ms) << to_seconds(stop);
  }
}

}  // namespace
}  // namespace sv::cli
