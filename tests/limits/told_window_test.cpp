#include "limits/told_window.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

ToldQuota told(std::uint64_t limit, std::uint64_t remaining, Duration reset) {
  return {.limit = limit, .remaining = remaining, .reset = reset};
}

TEST(ToldWindow, takes_openais_bucket_for_what_it_is) {
  ToldWindow window;
  const ToldQuota quota = told(500, 499, 120ms);
  EXPECT_EQ(window.per_minute(quota, kStart), quota);
}

TEST(ToldWindow, leaves_out_what_is_counted_per_day) {
  // Groq: 14,400 a day, one used, full again in 6 s.
  ToldWindow window;
  EXPECT_EQ(window.per_minute(told(14'400, 14'399, 6s), kStart), ToldQuota{});
  EXPECT_EQ(window.per_minute(told(14'400, 14'390, 60s), kStart + 1s), ToldQuota{});
}

TEST(ToldWindow, understands_a_bucket_of_a_second) {
  ToldWindow window;
  const ToldQuota quota = window.per_minute(told(8, 5, 360ms), kStart);
  EXPECT_EQ(quota.limit, 500U);
  EXPECT_EQ(quota.remaining, std::nullopt) << "it is over before the word arrives";
}

TEST(ToldWindow, understands_fixed_windows_once_two_replies_of_one_differ) {
  for (const auto& [length, limit] : {std::pair{1s, 8U}, {10s, 83U}, {60s, 500U}}) {
    ToldWindow window;
    ToldQuota quota;
    // Three windows, evenly used.
    for (unsigned number = 0; number < 3 * limit; ++number) {
      const Duration now = Duration(length) * number / limit;
      const unsigned used = number % limit + 1;
      const Duration reset = length - now % Duration(length);
      quota = window.per_minute(told(limit, limit - used, reset), kStart + now);
    }
    ASSERT_TRUE(quota.limit) << length;
    EXPECT_EQ(*quota.limit, limit * 60 / length.count()) << length;
  }
}

TEST(ToldWindow, keeps_the_limit_when_a_reply_says_nothing_about_its_window) {
  ToldWindow window;
  const ToldQuota full{.limit = 500, .remaining = 500, .reset = 0s};
  EXPECT_EQ(window.per_minute(full, kStart), full);
  EXPECT_EQ(window.per_minute({.limit = 500}, kStart), (ToldQuota{.limit = 500}));
  EXPECT_EQ(window.per_minute({.remaining = 42}, kStart), (ToldQuota{.remaining = 42}));
}

TEST(ToldWindow, leaves_a_limit_of_a_429s_text_alone_whatever_the_headers_window_is) {
  ToldWindow window;
  EXPECT_EQ(window.per_minute(told(8, 5, 360ms), kStart).limit, 500U);
  EXPECT_EQ(window.per_minute({.limit = 500}, kStart + 1s).limit, 500U);
}

TEST(ToldWindow, knows_when_windows_of_seconds_begin_that_outlive_a_reply) {
  for (const auto& [length, limit, is_fixed] :
       {std::tuple{1s, 8U, false}, {10s, 83U, true}, {60s, 500U, false}}) {
    ToldWindow window;
    EXPECT_FALSE(window.fixed());
    for (unsigned used = 1; used < limit; ++used) {
      const Duration now = Duration(length) * used / limit;
      window.per_minute(told(limit, limit - used, length - now), kStart + now);
    }
    ASSERT_EQ(window.fixed().has_value(), is_fixed) << length;
    if (!is_fixed) continue;
    EXPECT_EQ(window.fixed()->quota, limit);
    EXPECT_EQ(window.fixed()->length, length);
    EXPECT_EQ(window.fixed()->end, kStart + length);
    // A request that was longer on its way tells an earlier end.
    window.per_minute(told(limit, 1, 5s), kStart + 4'900ms);
    EXPECT_EQ(window.fixed()->end, kStart + length);
  }
  ToldWindow bucket;
  for (unsigned used = 1; used < 80; ++used)
    bucket.per_minute(told(83, 83 - used, used * 120ms), kStart + used * 1ms);
  EXPECT_FALSE(bucket.fixed());
}

RC_GTEST_PROP(ToldWindow, never_gives_a_limit_of_nothing, ()) {
  ToldWindow window;
  TimePoint now = kStart;
  for (int i = 0; i < 30; ++i) {
    now += *rc::gen::inRange(0, 5'000) * 1ms;
    const auto limit = *rc::gen::inRange<std::uint64_t>(1, 1'000'000'000'000);
    const auto remaining = *rc::gen::inRange<std::uint64_t>(0, limit + 1);
    const Duration reset = std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, 31'536'000'000));
    const ToldQuota quota = window.per_minute(told(limit, remaining, reset), now);
    RC_ASSERT_FALSE(quota.limit == 0U);
    const bool is_sound = !quota.remaining || *quota.remaining <= *quota.limit;
    RC_ASSERT(is_sound);
  }
}

}  // namespace
}  // namespace sv::limits
