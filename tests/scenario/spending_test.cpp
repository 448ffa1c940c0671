// A run with a limit of its cost: whatever goes wrong, the provider's bill stays below it.
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRows = 1'500;
constexpr std::uint32_t kInFlight = 1'000;

// Sanitizers take ten times as long.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t kSeeds = 5;
#else
constexpr std::uint64_t kSeeds = 100;
#endif

const domain::TokenPrices kPrices{.input = 400'000, .cached_input = 100'000, .output = 1'600'000};

SimulatedRunOptions job(std::uint64_t seed, std::optional<domain::Money> most) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(kInFlight);
  options.llm.prices = {
      {.model = "simulated-model", .base_url = "", .prices = kPrices, .read_on = "", .source = ""}};
  options.llm.hedge_budget = 0.05;
  sim::LlmOptions model;
  model.seed = seed;
  model.latency = sim::Latency::lognormal(3s, 9s);
  for (const char* fault : {"429=3%", "500=3%", "reset=3%", "truncated=2%", "invalid-json=2%", "length=2%",
                            "hang=1%", "no-usage=2%"}) {
    EXPECT_TRUE(model.faults.add(fault).has_value());
  }
  options.models.push_back(model);
  options.rows = kRows;
  options.seed = seed;
  options.network.seed = seed;
  options.most_cost = most;
  return options;
}

std::int64_t bill_of(const SimulatedRun& run) {
  return domain::cost_of(run.models.front()->ledger().billed(), kPrices).trillionths();
}

TEST(Spending, the_bill_stays_below_the_limit_with_a_thousand_in_flight) {
  const SimulatedRun whole = play(job(1, std::nullopt));
  const std::int64_t limit = bill_of(whole) * 4 / 10;
  std::vector<double> used;
  std::uint64_t judged = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const SimulatedRun run = play(job(seed, domain::Money(limit, {})));
    EXPECT_LE(bill_of(run), limit) << "seed " << seed;
    EXPECT_LE(run.spent.trillionths(), limit) << "seed " << seed;
    EXPECT_LE(bill_of(run), run.spent.trillionths())
        << "what was counted is never less than the bill, seed " << seed;
    EXPECT_TRUE(run.result.limit.has_value());
    EXPECT_FALSE(run.result.is_complete());
    EXPECT_FALSE(run.result.error.has_value());
    used.push_back(static_cast<double>(run.spent.trillionths()) / static_cast<double>(limit));
    judged += run.result.counts.judged;
  }
  std::ranges::sort(used);
  std::printf("%.1f %% of the limit used (median; least %.1f %%), %.1f %% of the rows judged\n",
              100 * used[used.size() / 2], 100 * used.front(),
              100.0 * static_cast<double>(judged) / static_cast<double>(kRows * kSeeds));
  EXPECT_GE(used[used.size() / 2], 0.97) << "a limit is not only kept, it can be used";
}

TEST(Spending, a_limit_that_is_not_reached_changes_nothing) {
  const SimulatedRun whole = play(job(3, std::nullopt));
  const SimulatedRun limited = play(job(3, domain::Money(bill_of(whole) * 10, {})));
  EXPECT_TRUE(limited.result.is_complete());
  // The random marks around the rows have a token more or less, and the pace goes by tokens.
  EXPECT_NEAR(to_seconds(limited.makespan) / to_seconds(whole.makespan), 1, 0.001);
  EXPECT_NEAR(static_cast<double>(bill_of(limited)) / static_cast<double>(bill_of(whole)), 1, 0.002);
}

TEST(Spending, a_limit_below_one_request_asks_nothing) {
  const SimulatedRun run = play(job(4, domain::Money(1, {})));
  EXPECT_EQ(run.models.front()->ledger().requests(), 0U);
  EXPECT_EQ(run.result.counts.judged, 0U);
  EXPECT_TRUE(run.result.limit.has_value());
}

}  // namespace
}  // namespace sv::cli
