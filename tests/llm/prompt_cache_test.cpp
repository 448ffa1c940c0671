#include "llm/prompt_cache_keys.hpp"
#include "llm/prompt_cache_watch.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <vector>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{Duration(1h)};
constexpr std::uint64_t kHit = 1152;

TEST(PromptCacheKeys, slow_requests_all_take_the_first_key) {
  PromptCacheKeys keys;
  TimePoint now = kStart;
  for (int i = 0; i < 100; ++i, now += 4s) {
    const PromptCacheKeys::Use use = keys.take(now);
    EXPECT_EQ(use.key, 0U);
    EXPECT_EQ(use.is_warm, i > 0);
    keys.note_reply(use, i > 0 ? kHit : 0);
  }
  EXPECT_EQ(keys.opened(), 1U);
}

TEST(PromptCacheKeys, a_key_is_warm_only_after_its_first_reply) {
  PromptCacheKeys keys;
  const auto first = keys.take(kStart);
  const auto second = keys.take(kStart + 1s);
  EXPECT_FALSE(second.is_warm);
  EXPECT_NE(second.key, first.key);
  keys.note_reply(first, 0);
  const auto third = keys.take(kStart + 2s);
  EXPECT_TRUE(third.is_warm);
  EXPECT_EQ(third.key, first.key);
}

TEST(PromptCacheKeys, a_key_whose_first_request_failed_is_opened_again) {
  PromptCacheKeys keys;
  const auto first = keys.take(kStart);
  keys.note_reply(first, std::nullopt);
  const auto second = keys.take(kStart + 1s);
  EXPECT_EQ(second.key, first.key);
  EXPECT_FALSE(second.is_warm);
}

TEST(PromptCacheKeys, an_even_500_a_minute_open_about_as_many_keys_as_needed_and_then_none) {
  PromptCacheKeys keys;
  std::vector<std::pair<TimePoint, PromptCacheKeys::Use>> in_flight;
  std::size_t after_two_minutes = 0;
  for (int i = 0; i < 3000; ++i) {
    const TimePoint now = kStart + i * 120ms;
    std::erase_if(in_flight, [&](const auto& sent) {
      if (sent.first + 3s > now) return false;
      keys.note_reply(sent.second, sent.second.is_warm ? kHit : 0);
      return true;
    });
    in_flight.emplace_back(now, keys.take(now));
    if (i == 1000) after_two_minutes = keys.opened();
  }
  EXPECT_GE(keys.opened(), PromptCacheKeys::needed_for(500));
  EXPECT_LE(keys.opened(), 60U);
  EXPECT_EQ(keys.opened(), after_two_minutes);
}

RC_GTEST_PROP(PromptCacheKeys, no_warm_key_takes_more_than_15_requests_in_any_minute, ()) {
  PromptCacheKeys keys;
  std::map<std::uint32_t, std::vector<TimePoint>> sent;
  TimePoint now = kStart;
  const auto steps = *rc::gen::container<std::vector<int>>(400, rc::gen::inRange(0, 400));
  std::vector<PromptCacheKeys::Use> waiting;
  for (const int step : steps) {
    now += std::chrono::milliseconds(step);
    const auto use = keys.take(now);
    auto& times = sent[use.key];
    times.push_back(now);
    const auto within = std::ranges::count_if(times, [&](TimePoint when) { return when > now - 1min; });
    RC_ASSERT(within <= 15);
    waiting.push_back(use);
    if (step % 3 == 0) {
      keys.note_reply(waiting.front(), waiting.front().is_warm ? kHit : 0);
      waiting.erase(waiting.begin());
    }
  }
}

TEST(PromptCacheKeys, a_key_that_was_idle_too_long_is_cold) {
  PromptCacheKeys keys;
  const auto first = keys.take(kStart);
  keys.note_reply(first, 0);
  EXPECT_TRUE(keys.take(kStart + 4min).is_warm);
  EXPECT_FALSE(keys.take(kStart + 9min).is_warm);
}

TEST(PromptCacheKeys, one_key_is_enough_where_nothing_is_ever_cached) {
  PromptCacheKeys keys;
  TimePoint now = kStart;
  for (int i = 0; i < 200; ++i, now += 120ms) keys.note_reply(keys.take(now), 0);
  EXPECT_TRUE(keys.is_in_vain());
  EXPECT_EQ(keys.take(now).key, 0U);
  EXPECT_EQ(keys.take(now).key, 0U);
  EXPECT_LE(keys.opened(), 3U);
}

TEST(PromptCacheKeys, any_rate_is_served_within_bounds) {
  PromptCacheKeys keys;
  for (int i = 0; i < 40'000; ++i) {
    const auto use = keys.take(kStart + i * 100us);
    if (i % 2 == 0) keys.note_reply(use, use.is_warm ? kHit : 0);
  }
  EXPECT_LE(keys.opened(), 1000U);
}

TEST(PromptCacheKeys, leaders_go_ahead_only_where_waiting_costs_nothing) {
  EXPECT_EQ(PromptCacheKeys::leaders_for(500, 3000), 34U);
  EXPECT_EQ(PromptCacheKeys::leaders_for(500, 500), 0U) << "may all go out at once";
  EXPECT_EQ(PromptCacheKeys::leaders_for(std::nullopt, 3000), 0U) << "nothing else holds the rows back";
}

domain::Usage usage_of(std::uint64_t input, std::uint64_t cached) {
  domain::Usage usage;
  usage.input = input;
  usage.cached_input = cached;
  return usage;
}

TEST(PromptCacheWatch, says_once_that_the_prefix_is_too_short) {
  PromptCacheWatch watch;
  const auto warning = watch.note(usage_of(1010, 0), 912, false, true);
  ASSERT_TRUE(warning);
  EXPECT_NE(warning->find("~912 tokens"), std::string::npos) << *warning;
  EXPECT_NE(warning->find("112 more"), std::string::npos) << *warning;
  for (int i = 0; i < 300; ++i) EXPECT_FALSE(watch.note(usage_of(1010, 0), 912, true, true));
}

TEST(PromptCacheWatch, says_nothing_while_requests_hit) {
  PromptCacheWatch watch;
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(watch.note(usage_of(1300, i % 3 == 0 ? 0 : kHit), 1200, true, true));
  EXPECT_FALSE(watch.note(usage_of(1000, kHit), 900, true, true))
      << "who hits is long enough, whatever we reckon";
}

TEST(PromptCacheWatch, says_once_that_hits_have_become_rare) {
  PromptCacheWatch watch;
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(watch.note(usage_of(1300, kHit), 1200, true, true));
  int warnings = 0;
  for (int i = 0; i < 500; ++i) {
    const auto warning = watch.note(usage_of(1300, i % 4 == 0 ? kHit : 0), 1200, true, true);
    if (!warning) continue;
    ++warnings;
    EXPECT_NE(warning->find("only 25 of the last 100"), std::string::npos) << *warning;
  }
  EXPECT_EQ(warnings, 1);
}

TEST(PromptCacheWatch, a_provider_that_need_not_cache_is_not_complained_about) {
  PromptCacheWatch watch;
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(watch.note(usage_of(900, 0), 800, true, false));
}

TEST(PromptCacheWatch, misses_that_were_to_be_expected_do_not_count) {
  PromptCacheWatch watch;
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(watch.note(usage_of(1300, 0), 1200, false, true));
}

}  // namespace
}  // namespace sv::llm
