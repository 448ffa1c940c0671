// Rate limits and the prompt cache, with captured figures of real servers (reference/openai-api.md §6, §8).
#include "sim/prefix_cache.hpp"
#include "sim/quota_bucket.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sv::sim {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{Duration(std::chrono::hours(1))};

TEST(QuotaBucket, waits_are_those_that_openai_told) {
  QuotaBucket tokens(30'000);
  ASSERT_FALSE(tokens.wait_for(22'999, kStart));
  tokens.take(22'999);
  const auto wait = tokens.wait_for(12'528, kStart);
  ASSERT_TRUE(wait);
  EXPECT_NEAR(to_seconds(*wait), 11.054, 0.001);

  QuotaBucket requests(500);
  for (int i = 0; i < 500; ++i) {
    ASSERT_FALSE(requests.wait_for(1, kStart));
    requests.take(1);
  }
  EXPECT_NEAR(to_seconds(requests.wait_for(1, kStart).value()), 0.120, 1e-6);
}

TEST(QuotaBucket, the_reset_header_is_the_time_until_the_bucket_is_full) {
  QuotaBucket requests(60);
  ASSERT_FALSE(requests.wait_for(1, kStart));
  requests.take(1);
  EXPECT_EQ(requests.remaining(), 59U);
  EXPECT_EQ(format_go_duration(requests.until_full()), "1s");
}

TEST(QuotaBucket, refills_continuously) {
  QuotaBucket requests(60);
  for (int i = 0; i < 60; ++i) {
    ASSERT_FALSE(requests.wait_for(1, kStart));
    requests.take(1);
  }
  EXPECT_TRUE(requests.wait_for(1, kStart + 999ms));
  EXPECT_FALSE(requests.wait_for(1, kStart + 1001ms));
}

RC_GTEST_PROP(QuotaBucket, never_gives_more_than_limit_and_refill, (std::vector<std::uint16_t> gaps_ms)) {
  constexpr std::uint64_t kLimit = 100;
  QuotaBucket bucket(kLimit);
  TimePoint now = kStart;
  std::uint64_t given = 0;
  for (const std::uint16_t gap : gaps_ms) {
    now += std::chrono::milliseconds(gap);
    while (!bucket.wait_for(7, now)) {
      bucket.take(7);
      given += 7;
    }
  }
  const double allowed = static_cast<double>(kLimit) * (1 + to_seconds(now - kStart) / 60);
  RC_ASSERT(static_cast<double>(given) <= allowed + 1e-3);
}

RC_GTEST_PROP(QuotaBucket, whoever_waits_as_told_is_served, (std::uint8_t taken)) {
  QuotaBucket bucket(300);
  RC_PRE(!bucket.wait_for(taken, kStart));
  bucket.take(taken);
  const auto wait = bucket.wait_for(250, kStart);
  if (wait) RC_ASSERT(!bucket.wait_for(250, kStart + *wait + std::chrono::nanoseconds(1)));
}

TEST(GoDuration, looks_as_in_real_headers) {
  EXPECT_EQ(format_go_duration(Duration::zero()), "0s");
  EXPECT_EQ(format_go_duration(6ms), "6ms");
  EXPECT_EQ(format_go_duration(8640ms), "8.64s");
  EXPECT_EQ(format_go_duration(179'560ms), "2m59.56s");
  EXPECT_EQ(format_go_duration(6min), "6m0s");
  EXPECT_EQ(format_go_duration(17 * 60min + 23min + 5s), "17h23m5s");
}

std::uint64_t look_up(PrefixCache& cache, std::string_view key, std::uint64_t prefix, std::uint64_t tokens,
                      TimePoint now, TimePoint prefilled_at) {
  return cache.look_up({.cache_key = key,
                        .prefix = prefix,
                        .prefix_tokens = tokens,
                        .now = now,
                        .prefilled_at = prefilled_at});
}

TEST(PrefixCache, a_prefix_is_hit_after_the_first_request_was_worked_on) {
  PrefixCache cache;
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart, kStart + 2s), 0U);
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart + 1s, kStart + 3s), 0U) << "the first is not done yet";
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart + 2s, kStart + 4s), 1408U) << "in steps of 128";
}

TEST(PrefixCache, short_prefixes_other_prefixes_and_other_keys_miss) {
  PrefixCache cache;
  EXPECT_EQ(look_up(cache, "key", 1, 1023, kStart, kStart), 0U);
  EXPECT_EQ(look_up(cache, "key", 1, 1023, kStart + 1s, kStart), 0U);
  EXPECT_EQ(look_up(cache, "key", 1, 1024, kStart, kStart), 0U);
  EXPECT_EQ(look_up(cache, "key", 1, 1024, kStart + 1s, kStart), 1024U);
  EXPECT_EQ(look_up(cache, "other", 1, 1024, kStart + 1s, kStart), 0U);
  EXPECT_EQ(look_up(cache, "key", 2, 1024, kStart + 1s, kStart), 0U);
}

TEST(PrefixCache, an_entry_is_forgotten_after_five_idle_minutes) {
  PrefixCache cache;
  look_up(cache, "key", 1, 2048, kStart, kStart);
  EXPECT_EQ(look_up(cache, "key", 1, 2048, kStart + 4min, kStart), 2048U);
  EXPECT_EQ(look_up(cache, "key", 1, 2048, kStart + 8min, kStart), 2048U);
  EXPECT_EQ(look_up(cache, "key", 1, 2048, kStart + 13min, kStart + 13min), 0U);
}

TEST(PrefixCache, what_one_machine_cannot_take_overflows_and_misses_once) {
  PrefixCache cache;
  int misses = 0;
  for (int i = 0; i < 45; ++i) {
    if (look_up(cache, "key", 1, 2048, kStart + i * 1ms, kStart) == 0) ++misses;
  }
  EXPECT_EQ(misses, 3) << "15 requests a machine and minute";
  EXPECT_EQ(look_up(cache, "key", 1, 2048, kStart + 61s, kStart), 2048U);
}

TEST(PrefixCache, a_burst_on_a_new_machine_is_all_misses) {
  PrefixCache cache;
  int misses = 0;
  for (int i = 0; i < 45; ++i) {
    if (look_up(cache, "key", 1, 2048, kStart + i * 10ms, kStart + i * 10ms + 1s) == 0) ++misses;
  }
  EXPECT_EQ(misses, 45);
}

TEST(PrefixCache, explicit_breakpoints_need_a_key_count_to_the_token_and_live_longer) {
  PrefixCache cache(PromptCacheKind::explicit_breakpoint);
  EXPECT_EQ(look_up(cache, "", 1, 1500, kStart, kStart), 0U);
  EXPECT_EQ(look_up(cache, "", 1, 1500, kStart + 1s, kStart), 0U);
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart, kStart), 0U);
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart + 29min, kStart), 1500U);
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart + 60min, kStart), 0U);
}

TEST(PrefixCache, explicit_breakpoints_share_a_keys_requests_over_all_prefixes) {
  PrefixCache cache(PromptCacheKind::explicit_breakpoint);
  PrefixCache automatic;
  for (int i = 0; i < 15; ++i) {
    look_up(cache, "key", 1, 1500, kStart, kStart);
    look_up(automatic, "key", 1, 1500, kStart, kStart);
  }
  look_up(automatic, "key", 2, 1500, kStart, kStart);
  EXPECT_EQ(look_up(automatic, "key", 1, 1500, kStart + 61s, kStart), 1408U);
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart + 1s, kStart), 0U) << "on the second machine";
}

TEST(PrefixCache, none_never_hits) {
  PrefixCache cache(PromptCacheKind::none);
  look_up(cache, "key", 1, 1500, kStart, kStart);
  EXPECT_EQ(look_up(cache, "key", 1, 1500, kStart + 1s, kStart), 0U);
}

}  // namespace
}  // namespace sv::sim
