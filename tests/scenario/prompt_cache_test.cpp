// The provider's prompt cache under whole runs in virtual time (issue 3, acceptance 6).
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRpm = 500;

struct HitRates {
  double all = 0;
  double after_first_minute = 0;
};

HitRates hit_rates(const SimulatedRun& run) {
  const auto& minutes = run.models[0]->ledger().prompt_cache_by_minute();
  const auto rate = [](auto begin, auto end) {
    std::uint64_t requests = 0;
    std::uint64_t hits = 0;
    for (auto minute = begin; minute != end; ++minute) {
      requests += minute->requests;
      hits += minute->hits;
    }
    return requests == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(requests);
  };
  return {.all = rate(minutes.begin(), minutes.end()),
          .after_first_minute = minutes.size() < 2 ? 0.0 : rate(minutes.begin() + 1, minutes.end())};
}

SimulatedRunOptions options_for(sim::LimiterKind limiter, std::uint64_t seed) {
  SimulatedRunOptions options;
  options.rows = 3000;
  options.seed = seed;
  options.rules_text = std::string(2000, 'r') + "\n";
  options.llm = simulated_settings(1000);
  options.llm.providers[0].rpm = kRpm;
  sim::LlmOptions model;
  model.rpm = kRpm;
  model.limiter = limiter;
  model.seed = seed;
  model.latency = sim::parse_latency("lognormal:median=3s,p95=6.8s").value();
  options.models.push_back(model);
  return options;
}

class PromptCache : public testing::TestWithParam<sim::LimiterKind> {};

// A minute's quota that is unspent goes out at once: twice the limit in the first minute takes twice the
// keys, each with its one miss.
TEST_P(PromptCache, is_hit_by_nearly_every_request_once_it_is_warm) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const SimulatedRun run = play(options_for(GetParam(), seed));
    const HitRates rates = hit_rates(run);
    EXPECT_EQ(run.result.counts.judged, 3000U);
    EXPECT_GE(rates.after_first_minute, 0.995) << "seed " << seed;
    EXPECT_GE(rates.all, GetParam() == sim::LimiterKind::bucket60 ? 0.93 : 0.98) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Limiters, PromptCache,
                         testing::Values(sim::LimiterKind::bucket60, sim::LimiterKind::bucket1,
                                         sim::LimiterKind::win1, sim::LimiterKind::win10));

TEST(PromptCacheCost, waiting_for_warm_keys_costs_no_time_where_a_limit_holds_the_rows_back) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SimulatedRunOptions options = options_for(sim::LimiterKind::bucket60, seed);
    std::map<std::string, std::string> facts;
    options.facts = &facts;
    const SimulatedRun first = play(options);
    const SimulatedRun again = play(options);
    options.models[0].refused = sim::parse_parameters("prompt_cache_key").value();
    const SimulatedRun without = play(options);
    EXPECT_LE(to_seconds(again.makespan), to_seconds(without.makespan) * 1.005);
    EXPECT_LE(to_seconds(first.makespan), to_seconds(again.makespan) + 1.5)
        << "the first request goes alone once";
  }
}

TEST(PromptCacheCost, nobody_waits_in_a_run_within_one_minutes_limit) {
  SimulatedRunOptions options = options_for(sim::LimiterKind::bucket60, 1);
  options.rows = 300;
  std::map<std::string, std::string> facts;
  options.facts = &facts;
  play(options);
  options.models[0].latency = sim::Latency::fixed(3s);
  options.llm.providers[0].rpm.reset();
  options.models[0].rpm = 0;
  EXPECT_LE(to_seconds(play(options).makespan), 3.1) << "300 rows at once";
}

}  // namespace
}  // namespace sv::cli
