// A machine that is put to sleep, and one whose clock is set, in the middle of a run: whole runs in virtual
// time (reliability.md ).
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRows = 1'500;
constexpr std::uint64_t kRequestsPerMinute = 500;

SimulatedRunOptions a_limited_run(std::uint64_t seed, sim::LimiterKind limiter) {
  SimulatedRunOptions options;
  options.llm = simulated_settings();
  options.rows = kRows;
  options.seed = seed;
  sim::LlmOptions model;
  model.seed = seed;
  model.latency = sim::Latency::lognormal(3s, 6830ms);
  model.rpm = kRequestsPerMinute;
  model.limiter = limiter;
  options.models.push_back(model);
  return options;
}

// Requests that came within `length` of each other, at most, from `begin` on.
std::size_t most_within(const std::vector<float>& arrivals, Duration length, Duration begin) {
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    if (arrivals[i] < to_seconds(begin)) continue;
    while (arrivals[first] < to_seconds(begin) || arrivals[i] - arrivals[first] >= to_seconds(length))
      ++first;
    most = std::max(most, i - first + 1);
  }
  return most;
}

constexpr Duration kAsleepAt = 70s;

// What was in flight is answered in the meantime; nobody has lost a row or pays for one twice.
SimulatedRun sleep_through(SimulatedRunOptions options, const std::string& what) {
  const SimulatedRun plain = play(options);
  options.incidents.push_back({kAsleepAt, [](sim::VirtualClock& clock) { clock.advance(90s); }});
  SimulatedRun run = play(options);
  EXPECT_EQ(run.result.counts.judged, kRows) << what;
  EXPECT_EQ(run.models[0]->ledger().verdicts(), kRows) << what;
  // The sleep itself and the answers that it swallowed.
  EXPECT_LE(to_seconds(run.makespan), to_seconds(plain.makespan) * 1.05 + 90 + 20) << what;
  return run;
}

TEST(Machine, that_was_asleep_for_90_seconds_sends_no_burst) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SimulatedRunOptions options = a_limited_run(seed, sim::LimiterKind::bucket1);
    options.llm.providers.front().rpm = kRequestsPerMinute;
    options.models[0].limit_headers = sim::LimitHeaders::none;
    const SimulatedRun run = sleep_through(options, "seed " + std::to_string(seed));
    const std::vector<float>& arrivals = run.models[0]->ledger().arrivals();
    EXPECT_LE(most_within(arrivals, 60s, kAsleepAt), kRequestsPerMinute * 103 / 100) << "seed " << seed;
    EXPECT_LE(most_within(arrivals, 1s, kAsleepAt), kRequestsPerMinute / 20) << "seed " << seed;
    EXPECT_LE(run.summary.errors_of(ErrorKind::rate_limited) * 1000, 2 * kRows) << "seed " << seed;
  }
}

// Where its headers show that a minute's requests are unspent, they may be sent at once.
TEST(Machine, that_was_asleep_takes_what_the_server_shows_and_no_more) {
  for (const sim::LimiterKind limiter : {sim::LimiterKind::bucket60, sim::LimiterKind::win60}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const SimulatedRun run = sleep_through(a_limited_run(seed, limiter), "seed " + std::to_string(seed));
      EXPECT_LE(most_within(run.models[0]->ledger().arrivals(), 60s, kAsleepAt), 2 * kRequestsPerMinute);
      EXPECT_LE(run.summary.errors_of(ErrorKind::rate_limited) * 1000, 9 * kRows) << "seed " << seed;
    }
  }
}

TEST(Machine, whose_clock_is_set_goes_on_as_if_nothing_had_happened) {
  const SimulatedRun plain = play(a_limited_run(1, sim::LimiterKind::bucket60));
  for (const auto by : {std::chrono::hours(2), std::chrono::hours(-2), std::chrono::hours(24),
                        std::chrono::hours(-24), std::chrono::hours(1), std::chrono::hours(-1)}) {
    SimulatedRunOptions options = a_limited_run(1, sim::LimiterKind::bucket60);
    for (const Duration at : {5s, 47s, 90s}) {
      options.incidents.push_back({at, [by](sim::VirtualClock& clock) { clock.turn_wall_clock(by); }});
    }
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, kRows);
    EXPECT_EQ(run.models[0]->ledger().verdicts(), kRows);
    EXPECT_LE(to_seconds(run.makespan), to_seconds(plain.makespan) * 1.02) << by.count() << " hours";
    EXPECT_LE(run.summary.errors_of(ErrorKind::rate_limited) * 1000, 2 * kRows) << by.count() << " hours";
  }
}

}  // namespace
}  // namespace sv::cli
