#include "cli/limiter_trial.hpp"

#include "sim/virtual_clock.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace sv::cli {

using namespace std::chrono_literals;

namespace {

// Lognormal with median 3 s and sigma 0.5: its 95th percentile is 3 s * exp(0.5 * 1.645).
constexpr Duration kMedianLatency = 3s;
constexpr Duration kP95Latency = 6'828ms;
// The seeds start at different places of the provider's windows.
constexpr Duration kBetweenStarts = 13'700ms;
constexpr Duration kMinute = 60s;

sim::LlmOptions model_of(const LimiterTrial& trial, std::uint64_t seed) {
  sim::LlmOptions model;
  model.latency = sim::Latency::lognormal(kMedianLatency, kP95Latency);
  model.seed = seed;
  model.rpm = trial.rpm;
  model.limiter = trial.limiter;
  model.limit_headers = trial.headers;
  model.rejects_count = trial.rejects_count;
  model.dialect = trial.dialect;
  return model;
}

Duration start_of(std::uint64_t seed) { return (kBetweenStarts * seed) % kMinute; }

Duration ideal_makespan(const LimiterTrial& trial, const sim::LlmModel& model, Duration start) {
  const TimePoint begin = sim::VirtualClock::kStart + start;
  sim::RateLimiter limiter(trial.limiter, trial.rpm);
  TimePoint now = begin;
  TimePoint last = begin;
  for (std::uint64_t number = 1; number <= trial.rows; ++number) {
    while (const auto wait = limiter.wait_for(now)) now += std::max(*wait, Duration(1));
    const TimePoint end = now + model.latency_of(number);
    limiter.take(end);
    last = std::max(last, end);
  }
  return last - begin;
}

}  // namespace

LimiterResult play_trial(const LimiterTrial& trial, std::uint64_t seed) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(trial.workers);
  options.llm.providers.front().rpm = trial.given_rpm;
  options.models.push_back(model_of(trial, seed));
  options.rows = trial.rows;
  options.seed = seed;
  options.network.seed = seed;
  options.starts_at = start_of(seed);
  const SimulatedRun run = play(options);
  const sim::Ledger& ledger = run.models.front()->ledger();
  const Duration ideal = ideal_makespan(trial, *run.models.front(), options.starts_at);
  return {.makespan_over_ideal = to_seconds(run.makespan) / to_seconds(ideal),
          .refused_per_thousand =
              1000.0 * static_cast<double>(ledger.count_status(429)) / static_cast<double>(trial.rows),
          .is_complete = run.result.counts.judged == trial.rows && ledger.rows_answered_again() == 0};
}

LimiterResult median_trial(const LimiterTrial& trial, std::uint64_t seeds) {
  std::vector<double> makespans;
  std::vector<double> refused;
  bool is_complete = true;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const LimiterResult result = play_trial(trial, seed);
    makespans.push_back(result.makespan_over_ideal);
    refused.push_back(result.refused_per_thousand);
    is_complete = is_complete && result.is_complete;
  }
  std::ranges::sort(makespans);
  std::ranges::sort(refused);
  return {.makespan_over_ideal = makespans[makespans.size() / 2],
          .refused_per_thousand = refused[refused.size() / 2],
          .is_complete = is_complete};
}

}  // namespace sv::cli
