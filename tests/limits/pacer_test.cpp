#include "limits/pacer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

struct Admission {
  TimePoint when;
  std::uint64_t charge;
};

// Sends each charge as early as the pacer lets it go, after the pause that stands before it.
std::vector<Admission> send_all(Pacer& pacer,
                                const std::vector<std::pair<std::uint32_t, std::uint32_t>>& charges) {
  std::vector<Admission> sent;
  TimePoint now = kStart;
  for (const auto& [pause_ms, charge] : charges) {
    now = pacer.earliest(now + std::chrono::milliseconds(pause_ms), charge);
    pacer.reserve(now, charge);
    sent.push_back({now, charge});
  }
  return sent;
}

// The largest excess over share * rate * (length + burst) in any window that begins and ends with a request;
// what one charge is above the burst is allowed.
double largest_excess(const std::vector<Admission>& sent, double per_second, double burst_seconds) {
  double worst = -INFINITY;
  for (std::size_t first = 0; first < sent.size(); ++first) {
    double total = 0;
    for (std::size_t last = first; last < sent.size(); ++last) {
      const auto charge = static_cast<double>(sent[last].charge);
      total += charge;
      const double burst = std::max(per_second * burst_seconds, charge);
      worst = std::max(worst, total - per_second * to_seconds(sent[last].when - sent[first].when) - burst);
    }
  }
  return worst;
}

TEST(Pacer, without_limits_lets_everything_go_at_once) {
  Pacer pacer({});
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(pacer.earliest(kStart, 1'000'000), kStart);
    pacer.reserve(kStart, 1'000'000);
  }
}

// How many go in the next second.
std::uint64_t sent_within_a_second(Pacer& pacer, TimePoint from) {
  std::uint64_t count = 0;
  for (TimePoint now = pacer.earliest(from, 1); now < from + 1s; now = pacer.earliest(now, 1)) {
    pacer.reserve(now, 1);
    ++count;
  }
  return count;
}

void refuse_growth(Pacer& pacer, TimePoint now, SentMark mark) {
  RateHeaders told;
  told.refused = RefusedQuota::growth;
  pacer.hear(told, mark);
  pacer.note_rate_limited(now, 0s, mark);
}

TEST(Pacer, takes_30_percent_off_when_asked_to_slow_down_and_is_back_after_15_minutes) {
  Pacer pacer({.requests_per_minute = 6000, .share = 1.0, .most_share = 1.0});
  ASSERT_NEAR(static_cast<double>(sent_within_a_second(pacer, kStart)), 100, 6);
  const TimePoint refused_at = kStart + 2s;
  const SentMark first = pacer.reserve(refused_at - 500ms, 1);
  const SentMark second = pacer.reserve(refused_at - 400ms, 1);
  refuse_growth(pacer, refused_at, first);
  refuse_growth(pacer, refused_at + 100ms, second);  // it was on its way
  EXPECT_NEAR(*pacer.requests_per_second(refused_at), 70, 0.01);
  EXPECT_NEAR(static_cast<double>(sent_within_a_second(pacer, refused_at + 100ms)), 70, 5);
  EXPECT_NEAR(*pacer.requests_per_second(refused_at + 450s), 0.7 * 1.25 * 100, 0.01);
  EXPECT_NEAR(*pacer.requests_per_second(refused_at + 15min), 100, 0.01);
  EXPECT_NEAR(*pacer.requests_per_second(refused_at + 10h), 100, 0.01);
}

TEST(Pacer, slows_down_from_its_own_pace_where_no_limit_is_known) {
  Pacer pacer({.share = 1.0, .most_share = 1.0});
  SentMark last;
  for (int i = 0; i < 200; ++i) last = pacer.reserve(kStart + i * 10ms, 1);
  ASSERT_FALSE(pacer.requests_per_second(kStart + 2s));
  refuse_growth(pacer, kStart + 2s, last);
  ASSERT_TRUE(pacer.requests_per_second(kStart + 2s));
  EXPECT_NEAR(*pacer.requests_per_second(kStart + 2s), 70, 8);
  const double later = *pacer.requests_per_second(kStart + 2s + 30min);
  EXPECT_NEAR(later, 2 * *pacer.requests_per_second(kStart + 2s), 0.01);
}

// Says that there are 833 for each ten seconds, of which one has been used at `kStart`.
SentMark hear_of_windows(Pacer& pacer, std::uint64_t told_limit = 833) {
  const SentMark first = pacer.reserve(kStart, 1);
  const SentMark second = pacer.reserve(kStart + 500ms, 1);
  const auto told = [&](std::uint64_t used, Duration reset) {
    return RateHeaders{.requests = {.limit = told_limit, .remaining = told_limit - used, .reset = reset},
                       .tokens = {}};
  };
  pacer.hear(told(1, 9s), first);
  pacer.hear(told(2, 8'500ms), second);
  return second;
}

// How many go from `from` to `to`, when each goes as soon as it may.
std::uint64_t sent_between(Pacer& pacer, TimePoint from, TimePoint to) {
  std::uint64_t count = 0;
  for (TimePoint now = from; now < to; now = std::max(now, pacer.earliest(now, 1))) {
    if (pacer.try_reserve(now, 1)) ++count;
  }
  return count;
}

TEST(Pacer, spends_told_windows_of_ten_seconds_from_their_beginning) {
  Pacer pacer({});
  hear_of_windows(pacer);
  const TimePoint end = kStart + 9'020ms;  // and 20 ms for requests that overtake others
  sent_between(pacer, kStart + 600ms, end);
  for (int window = 0; window < 3; ++window) {
    const TimePoint began = end + window * 10s;
    const std::uint64_t at_once = sent_between(pacer, began, began + 4s);
    const std::uint64_t later = sent_between(pacer, began + 4s, began + 10s);
    EXPECT_GT(at_once, 770U) << window;
    EXPECT_LE(at_once + later, 833U) << window;
    EXPECT_GT(at_once + later, 810U) << window;
  }
}

TEST(Pacer, spends_no_told_window_of_a_limit_that_is_larger_than_the_one_in_the_settings) {
  Pacer pacer({.requests_per_minute = 600});
  hear_of_windows(pacer);
  sent_between(pacer, kStart + 600ms, kStart + 9'020ms);
  EXPECT_LE(sent_between(pacer, kStart + 9'020ms, kStart + 10'020ms), 10U);
}

TEST(Pacer, spends_windows_that_a_refusal_shows_unless_it_is_asked_to_grow_slowly) {
  for (const bool grows_slowly : {false, true}) {
    Pacer pacer({.requests_per_minute = 5'000});
    SentMark last = pacer.reserve(kStart, 1);
    sent_between(pacer, kStart, kStart + 7s);
    last = pacer.reserve(pacer.earliest(kStart + 7s, 1), 1);
    if (grows_slowly) refuse_growth(pacer, kStart + 7s, last);
    const SentMark refused = pacer.reserve(pacer.earliest(kStart + 7'100ms, 1), 1);
    pacer.note_rate_limited(kStart + 7'200ms, 4'800ms, refused);
    pacer.pause_until(kStart + 12'010ms);
    // 2.5 times the even pace until it has gone well for two seconds.
    const std::uint64_t sent = sent_between(pacer, kStart + 12'020ms, kStart + 16s);
    if (grows_slowly) {
      EXPECT_LT(sent, 5'000 / 15);
    } else {
      EXPECT_GT(sent, 700U);
    }
  }
}

TEST(Pacer, spends_a_second_of_quota_at_once_and_the_rest_evenly) {
  Pacer pacer({.requests_per_minute = 600, .burst = 1s, .share = 1.0});
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(pacer.earliest(kStart, 0), kStart) << i;
    pacer.reserve(kStart, 0);
  }
  for (int i = 1; i <= 50; ++i) {
    const TimePoint next = pacer.earliest(kStart, 0);
    EXPECT_EQ(next, kStart + 100ms * i);
    pacer.reserve(next, 0);
  }
}

TEST(Pacer, uses_the_given_share_of_a_limit_within_a_minute) {
  Pacer pacer({.requests_per_minute = 500, .burst = 1s, .most_share = 0.98});
  TimePoint now = kStart;
  int sent = 0;
  while (true) {
    now = pacer.earliest(now, 0);
    if (now >= kStart + 10min) break;
    pacer.reserve(now, 0);
    ++sent;
  }
  EXPECT_GE(sent, 4900);
  EXPECT_LE(sent, 4909);  // 98 % of 5,000, and the burst of a second
}

TEST(Pacer, lets_a_charge_above_the_burst_go_once_the_quota_is_unspent_and_makes_the_next_one_pay) {
  Pacer pacer({.tokens_per_minute = 60'000, .burst = 1s, .share = 1.0});
  pacer.reserve(kStart, 500);
  const TimePoint large = pacer.earliest(kStart, 30'000);
  EXPECT_EQ(large, kStart + 500ms);
  pacer.reserve(large, 30'000);
  EXPECT_EQ(pacer.earliest(large, 1), large + 30s - 1s + 1ms);
}

TEST(Pacer, obeys_the_longer_of_two_pauses) {
  Pacer pacer({});
  pacer.pause_until(kStart + 30s);
  pacer.pause_until(kStart + 10s);
  EXPECT_EQ(pacer.earliest(kStart, 1), kStart + 30s);
  EXPECT_EQ(pacer.earliest(kStart + 29s, 1), kStart + 30s);
  EXPECT_EQ(pacer.earliest(kStart + 31s, 1), kStart + 31s);
}

TEST(Pacer, slows_down_after_a_429_about_tokens_whose_limit_nobody_tells) {
  Pacer pacer({});
  SentMark mark;
  TimePoint now = kStart;
  for (int i = 0; i < 100; ++i) {
    now += 20ms;
    mark = pacer.reserve(now, 1'000);
  }
  pacer.hear({.requests = {}, .tokens = {}, .refused = RefusedQuota::tokens}, mark);
  pacer.note_rate_limited(now, 1s, mark);
  ASSERT_TRUE(pacer.requests_per_second(now));
  EXPECT_LT(*pacer.requests_per_second(now), 50.0);  // which was refused
  pacer.reserve(now, 1'000);
  EXPECT_GT(pacer.earliest(now, 1'000), now);
}

RC_GTEST_PROP(Pacer, never_exceeds_either_limit_in_any_window, ()) {
  const auto rpm = *rc::gen::inRange<std::uint64_t>(1, 20'000);
  const auto tpm = *rc::gen::inRange<std::uint64_t>(100, 5'000'000);
  const auto burst_ms = *rc::gen::inRange(0, 5'000);
  const auto charges = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
      rc::gen::pair(rc::gen::weightedOneOf<std::uint32_t>({{8, rc::gen::just<std::uint32_t>(0)},
                                                           {1, rc::gen::inRange<std::uint32_t>(0, 5'000)}}),
                    rc::gen::inRange<std::uint32_t>(0, 20'000)));
  const PacerLimits limits{.requests_per_minute = rpm,
                           .tokens_per_minute = tpm,
                           .burst = std::chrono::milliseconds(burst_ms),
                           .share = 0.98,
                           .most_share = 0.98};
  Pacer pacer(limits);
  std::vector<Admission> tokens = send_all(pacer, charges);
  const double burst = burst_ms / 1e3;
  // A hundredth of a unit for rounding the floating-point check itself.
  RC_ASSERT(largest_excess(tokens, static_cast<double>(tpm) * 0.98 / 60, burst) < 0.01);
  for (Admission& admission : tokens) admission.charge = 1;
  RC_ASSERT(largest_excess(tokens, static_cast<double>(rpm) * 0.98 / 60, burst) < 0.01);
}

RC_GTEST_PROP(Pacer, never_makes_anybody_wait_longer_than_the_quota_needs, ()) {
  const auto tpm = *rc::gen::inRange<std::uint64_t>(100, 5'000'000);
  const auto charges = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
      rc::gen::pair(rc::gen::just<std::uint32_t>(0), rc::gen::inRange<std::uint32_t>(1, 20'000)));
  Pacer pacer({.tokens_per_minute = tpm});
  const std::vector<Admission> sent = send_all(pacer, charges);
  double total = 0;
  for (const Admission& admission : sent) {
    // All that went before is paid off at the latest when this one goes.
    const double needed = total / (static_cast<double>(tpm) * 0.98 / 60);
    RC_ASSERT(to_seconds(admission.when - kStart) <= needed + 1e-6 * static_cast<double>(sent.size()));
    total += static_cast<double>(admission.charge);
  }
}

}  // namespace
}  // namespace sv::limits
