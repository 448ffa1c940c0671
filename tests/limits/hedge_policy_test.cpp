#include "limits/hedge_policy.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

TEST(HedgePolicy, knows_nothing_before_twenty_answers) {
  HedgePolicy policy(0.02);
  for (int i = 0; i < 19; ++i) policy.note_answer(1s);
  EXPECT_FALSE(policy.late_after());
  EXPECT_FALSE(policy.longest(1));
  policy.note_answer(1s);
  EXPECT_TRUE(policy.late_after());
  EXPECT_TRUE(policy.longest(1));
}

TEST(HedgePolicy, calls_late_what_takes_longer_than_95_of_100_and_less_as_the_budget_is_spent) {
  HedgePolicy policy(0.02);
  for (int i = 1; i <= 100; ++i) policy.note_answer(std::chrono::milliseconds(100 * i));
  for (int i = 0; i < 1000; ++i) policy.note_request();
  EXPECT_NEAR(to_seconds(*policy.late_after()), 9.5, 9.5 * 0.05);
  const Duration at_first = *policy.late_after();
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(policy.has_budget()) << i;
    policy.note_extra();
  }
  EXPECT_FALSE(policy.has_budget()) << "20 of 1,000";
  EXPECT_GT(*policy.late_after(), at_first);
  EXPECT_NEAR(to_seconds(*policy.late_after()), 9.9, 9.9 * 0.05);
}

TEST(HedgePolicy, sends_nothing_twice_without_a_budget) {
  HedgePolicy policy(0);
  for (int i = 0; i < 1000; ++i) policy.note_request();
  EXPECT_FALSE(policy.has_budget());
}

TEST(HedgePolicy, gives_a_request_eight_times_the_usual_and_each_further_attempt_twice_that) {
  HedgePolicy policy(0.02);
  for (int i = 0; i < 100; ++i) policy.note_answer(4s);
  EXPECT_NEAR(to_seconds(*policy.longest(1)), 32, 32 * 0.05);
  EXPECT_EQ(*policy.longest(2), *policy.longest(1) * 2);
  EXPECT_EQ(*policy.longest(4), *policy.longest(1) * 8);
  EXPECT_GT(*policy.longest(1'000'000), 0s);
}

TEST(HedgePolicy, never_gives_up_within_fifteen_seconds) {
  HedgePolicy policy(0.02);
  for (int i = 0; i < 100; ++i) policy.note_answer(1ms);
  EXPECT_EQ(*policy.longest(1), 15s);
}

RC_GTEST_PROP(LatencyQuantiles, are_at_most_five_percent_too_long_and_never_too_short, (std::uint64_t seed)) {
  Random random(seed);
  LatencyQuantiles quantiles;
  std::vector<Duration> all;
  for (int i = 0; i < 200; ++i) {
    all.push_back(from_seconds(std::exp(random.normal() * 2)));
    quantiles.add(all.back());
  }
  std::ranges::sort(all);
  for (const double share : {0.5, 0.95, 0.99, 1.0}) {
    const Duration exact = all[static_cast<std::size_t>(std::ceil(share * 200)) - 1];
    if (exact < 2ms || exact > 50min) continue;
    RC_ASSERT(to_seconds(quantiles.at(share)) >= to_seconds(exact) * 0.9999);
    RC_ASSERT(to_seconds(quantiles.at(share)) <= to_seconds(exact) * 1.0501);
  }
}

TEST(LatencyQuantiles, hold_the_very_short_and_the_very_long) {
  LatencyQuantiles quantiles;
  EXPECT_EQ(quantiles.at(0.95), 0s);
  quantiles.add(0s);
  EXPECT_EQ(quantiles.at(0.95), 1ms);
  quantiles.add(100h);
  EXPECT_GT(quantiles.at(1.0), 50min);
}

}  // namespace
}  // namespace sv::limits
