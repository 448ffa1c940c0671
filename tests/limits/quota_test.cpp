#include "limits/quota.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(Quota, takes_back_what_is_not_sent_after_all) {
  domain::QuotaCells cells;
  Quota quota(60'000, 0s, cells);
  const std::optional<Quota::Taken> taken = quota.take(kStart, 1'000, 1.0);
  ASSERT_TRUE(taken);
  EXPECT_EQ(quota.earliest(kStart, 1, 1.0), kStart + 1s);
  quota.give_back(*taken);
  EXPECT_EQ(quota.earliest(kStart, 1, 1.0), kStart);
  EXPECT_EQ(cells.sent.load(), 0U);
}

// All requests are sent at one moment, so that nothing flows in: what has been taken beyond the even pace is
// what the provider called unspent.
RC_GTEST_PROP(Quota, never_spends_at_once_more_than_is_left_and_never_less_than_nothing, ()) {
  const auto limit = *rc::gen::inRange<std::uint64_t>(100, 1'000'000);
  const auto remaining = *rc::gen::inRange<std::uint64_t>(0, limit + 1);
  // A charge, and whether it is given back at once.
  const auto charges = *rc::gen::container<std::vector<std::tuple<std::uint64_t, bool>>>(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 20'000), rc::gen::arbitrary<bool>()));
  domain::QuotaCells cells;
  Quota quota(limit, 0s, cells);
  const std::optional<Quota::Taken> first = quota.take(kStart, 1, 1.0);
  RC_ASSERT(first.has_value());
  quota.hear(remaining, first->sent);
  const double may_go = static_cast<double>(remaining) - Quota::kKept * static_cast<double>(limit);
  std::uint64_t at_once = 0;
  std::uint64_t sent = first->sent;
  for (const auto& [charge, is_given_back] : charges) {
    const bool fits = quota.can_send_at_once(charge);
    const std::optional<Quota::Taken> taken = quota.take(kStart, charge, 1.0);
    RC_ASSERT(fits == taken.has_value());  // the even pace is used up by the first
    if (!taken) continue;
    RC_ASSERT(taken->sent == sent + charge);
    if (is_given_back) {
      quota.give_back(*taken);
    } else {
      at_once += charge;
      sent += charge;
    }
    RC_ASSERT(cells.sent.load() == sent);
    RC_ASSERT(static_cast<double>(at_once) <= may_go);
  }
}

// Takes whatever goes at `now`, at most `most`.
std::uint64_t take_all(Quota& quota, TimePoint now, std::uint64_t most, double share) {
  quota.begin_window(now, share);
  std::uint64_t taken = 0;
  while (taken < most && quota.take(now, 1, share)) ++taken;
  return taken;
}

TEST(Quota, keeps_a_twentieth_of_the_window_that_is_told_not_of_the_minute) {
  domain::QuotaCells cells;
  Quota quota(6'000, 0s, cells);
  const std::optional<Quota::Taken> first = quota.take(kStart, 1, 1.0);
  ASSERT_TRUE(first);
  quota.hear(999, first->sent, 1'000);
  EXPECT_EQ(quota.at_once(), 999 - 50);
  EXPECT_EQ(take_all(quota, kStart, 2'000, 1.0), 948U) << "that leaves more than a twentieth";
  EXPECT_EQ(quota.earliest(kStart, 1, 1.0), kStart + 9'490ms) << "what went at once is paid off";
}

TEST(Quota, spends_a_window_as_soon_as_it_begins_and_what_is_kept_by_its_end) {
  domain::QuotaCells cells;
  Quota quota(6'000, 0s, cells);
  quota.expect_fresh({.at = kStart + 10s, .every = 10s, .quota = 1'000});
  // The window before is overdrawn: that is not owed to the next.
  quota.take(kStart + 9s, 500, 1.0);
  EXPECT_EQ(quota.earliest(kStart + 9s, 1, 1.0), kStart + 10s) << "it waits for the window, not for its debt";
  for (int window = 1; window <= 3; ++window) {
    const TimePoint began = kStart + window * 10s;
    std::uint64_t sent = take_all(quota, began, 2'000, 1.0);
    EXPECT_EQ(sent, 949U) << window;
    const TimePoint next = quota.earliest(began, 1, 1.0);
    EXPECT_EQ(next, began + 9'490ms) << window;
    for (TimePoint now = next; now < began + 9'999ms; now += 10ms) sent += take_all(quota, now, 2'000, 1.0);
    EXPECT_EQ(sent, 1'000U) << window;
  }
  EXPECT_EQ(take_all(quota, kStart + 74s, 2'000, 1.0), 949U) << "windows that nobody used are over";
  quota.distrust();
  EXPECT_EQ(take_all(quota, kStart + 83'600ms, 2'000, 1.0), 1U)
      << "a refusal says that there are no such windows";
}

TEST(Quota, counts_the_windows_on_when_a_late_reply_tells_the_end_of_an_earlier_one) {
  domain::QuotaCells cells;
  Quota quota(6'000, 0s, cells);
  quota.expect_fresh({.at = kStart + 10s, .every = 10s, .quota = 1'000});
  EXPECT_EQ(take_all(quota, kStart + 10s, 2'000, 1.0), 949U);
  quota.expect_fresh({.at = kStart + 10s, .every = 10s, .quota = 1'000});
  EXPECT_EQ(take_all(quota, kStart + 11s, 2'000, 1.0), 0U);
  EXPECT_EQ(quota.earliest(kStart + 11s, 2'000, 1.0), kStart + 10s + 9'490ms);
  EXPECT_EQ(take_all(quota, kStart + 20s, 2'000, 1.0), 949U);
}

// Processes that look at any time, however long they have not: what all send in a window is no more than what
// it allows and the burst of the even pace.
RC_GTEST_PROP(Quota, never_spends_more_in_a_window_than_its_quota_whoever_looks, ()) {
  constexpr Duration kWindow = 10s;
  constexpr Duration kBurst = 50ms;
  constexpr double kShare = 0.995;
  const auto processes = *rc::gen::inRange<std::size_t>(1, 5);
  const auto quota = *rc::gen::inRange<std::uint64_t>(20, 2'000);
  const auto looks = *rc::gen::container<std::vector<std::tuple<std::uint8_t, std::uint16_t, std::uint16_t>>>(
      rc::gen::tuple(rc::gen::arbitrary<std::uint8_t>(), rc::gen::inRange<std::uint16_t>(0, 4'000),
                     rc::gen::inRange<std::uint16_t>(1, 2'000)));
  domain::QuotaCells cells;
  std::deque<Quota> quotas;
  for (std::size_t i = 0; i < processes; ++i) {
    quotas.emplace_back(quota * 6, kBurst, cells);
    quotas.back().expect_fresh({.at = kStart, .every = kWindow, .quota = quota});
  }
  const double allowed = static_cast<double>(quota) * kShare * (kWindow + kBurst) / kWindow + 1;
  std::map<std::int64_t, std::uint64_t> sent;  // by window
  TimePoint now = kStart;
  for (const auto& [who, pause, most] : looks) {
    now += std::chrono::milliseconds(pause);
    std::uint64_t& in_window = sent[(now - kStart) / kWindow];
    in_window += take_all(quotas[who % processes], now, most, kShare);
    RC_ASSERT(static_cast<double>(in_window) <= allowed);
  }
}

}  // namespace
}  // namespace sv::limits
