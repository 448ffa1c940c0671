#include "report/plan_text.hpp"

#include "support/golden.hpp"

#include <gtest/gtest.h>

namespace sv::report {
namespace {

using namespace std::chrono_literals;

Plan plan() {
  Plan plan{.rows = 1250,
            .skipped = 3,
            .cached = 400,
            .duplicates = 47,
            .to_ask = 800,
            .providers = {},
            .workers = 10};
  plan.providers.push_back({.name = "openai",
                            .model = "gpt-4o-mini",
                            .usage = {.input = 1'280'000, .cached_input = 1'000'000, .output = 80'000},
                            .requests = 808,
                            .prefix_tokens = 700,
                            .short_prefix = PlannedProvider::ShortPrefix{.needed = 1024, .cache_price = 0.25},
                            .cost = domain::Money(165'000'000'000, {}),
                            .flex_cost = domain::Money(82'500'000'000, {}),
                            .batch_cost = domain::Money(120'000'000'000, {}),
                            .price_note = "at the prices of 2026-11-23",
                            .history = 5'000,
                            .latency = 2500ms,
                            .rpm = 500,
                            .tpm = std::nullopt});
  plan.providers.push_back({.name = "own\x1b[31m",
                            .model = "qwen3",
                            .usage = {.input = 1'300'000, .output = 90'000},
                            .requests = 800,
                            .cost = std::nullopt,
                            .price_note = {},
                            .history = 0,
                            .latency = std::nullopt,
                            .rpm = std::nullopt,
                            .tpm = std::nullopt});
  return plan;
}

TEST(PlanText, is_as_agreed) {
  support::expect_golden("report/golden/plan.txt", render_plan(plan()));
  support::expect_golden("report/golden/plan_ru.txt",
                         render_plan(plan(), words::phrasebook_of(domain::Language::russian)));
}
TEST(PlanText, json_is_as_agreed) { support::expect_golden("report/golden/plan.json", plan_json(plan())); }

TEST(PlanText, time_is_what_workers_or_limits_allow) {
  Plan some = plan();
  PlannedProvider& provider = some.providers.front();
  EXPECT_EQ(expected_time(some, provider, 1), 808 * 2500ms);
  EXPECT_EQ(expected_time(some, provider, 101), from_seconds(808.0 * 60 / 500)) << "the limit of requests";
  provider.tpm = 100'000;
  EXPECT_EQ(expected_time(some, provider, 101), from_seconds(1360000.0 * 60 / 100000)) << "of tokens";
  EXPECT_FALSE(expected_time(some, some.providers.back(), 10).has_value());
}

}  // namespace
}  // namespace sv::report
