#include "limits/refused_window.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

// Refused after so much time, `accepted` having been let through; 5,000 a minute.
RefusedWindow::Refusal refusal(Duration after, std::uint64_t accepted, Duration wait,
                               std::uint64_t per_minute = 5'000) {
  return {.began = kStart,
          .accepted = accepted,
          .free_at = kStart + after + wait,
          .wait = wait,
          .per_minute = per_minute};
}

TEST(RefusedWindow, is_no_bucket_which_asks_for_the_time_of_a_request) {
  RefusedWindow window;
  EXPECT_FALSE(window.note_refused(refusal(30s, 5'000, 12ms)));
  EXPECT_FALSE(window.note_refused(refusal(30s, 500, 119ms, 500)));
}

TEST(RefusedWindow, is_of_ten_seconds_when_these_can_have_let_through_what_was) {
  RefusedWindow window;
  const auto found = window.note_refused(refusal(7s, 1'200, 5'300ms));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->length, 10s);
  EXPECT_EQ(found->quota, 833U);
}

TEST(RefusedWindow, is_of_a_minute_when_more_was_let_through_or_the_wait_is_longer) {
  RefusedWindow by_count;
  const auto counted = by_count.note_refused(refusal(24s, 5'000, 8'350ms));
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->length, 60s);
  EXPECT_EQ(counted->quota, 5'000U);
  // It does not become shorter because less is let through later.
  const auto later = by_count.note_refused(refusal(5s, 400, 4'100ms));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->length, 60s);

  RefusedWindow by_wait;
  const auto waited = by_wait.note_refused(refusal(10s, 800, 31'200ms));
  ASSERT_TRUE(waited);
  EXPECT_EQ(waited->length, 60s);
}

TEST(RefusedWindow, of_a_second_is_of_no_use) {
  RefusedWindow window;
  EXPECT_FALSE(window.note_refused(refusal(3s, 300, 400ms)));
}

TEST(RefusedWindow, is_not_taken_from_whole_seconds_nor_from_hours) {
  RefusedWindow window;
  EXPECT_FALSE(window.note_refused(refusal(7s, 800, 5s)));
  EXPECT_FALSE(window.note_refused(refusal(7s, 800, 1'800'500ms)));
}

// Ten-second windows, used up in any of them at any time: never taken for shorter, never for longer.
RC_GTEST_PROP(RefusedWindow, finds_ten_seconds_wherever_a_run_begins, ()) {
  const auto per_minute = *rc::gen::inRange<std::uint64_t>(600, 20'000);
  const Duration offset = std::chrono::milliseconds(*rc::gen::inRange(0, 10'000));
  const auto windows = *rc::gen::inRange(1, 20);
  const Duration wait = std::chrono::milliseconds(*rc::gen::inRange(1'070, 9'990));
  RC_PRE(wait % std::chrono::seconds(1) != Duration::zero());
  const Duration free_after = windows * 10s - offset;
  RC_PRE(free_after > wait);
  const std::uint64_t quota = per_minute / 6;
  RefusedWindow window;
  const auto found = window.note_refused({.began = kStart,
                                          .accepted = quota * static_cast<std::uint64_t>(windows),
                                          .free_at = kStart + free_after,
                                          .wait = wait,
                                          .per_minute = per_minute});
  RC_ASSERT(found.has_value());
  RC_ASSERT(found->length == Duration(10s));
  RC_ASSERT(found->quota == quota);
}

}  // namespace
}  // namespace sv::limits
