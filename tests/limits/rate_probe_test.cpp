#include "limits/rate_probe.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
// As in rate_probe.cpp.
constexpr double kMostGrown = 2;
constexpr double kDoublesIn = 60;  // seconds
constexpr double kMostPace = 1e6;
constexpr double kUneven = 1.15;
constexpr double kShortestLookBack = 0.2;  // seconds over which a recent rate is taken
constexpr double kLeastPace = 1.0 / 60;
constexpr double kBelow = 0.98;
constexpr double kTowardsHigh = 0.25;

// The measured rate that explains a pace which followed a refusal at the pace `high`.
double measured_behind(double pace, double high) {
  return std::pow(pace / kBelow / std::pow(high, kTowardsHigh), 1 / (1 - kTowardsHigh));
}

// `count` requests, evenly, the first at `from` and the last before `to`.
void send_evenly(RateProbe& probe, std::uint64_t& number, std::uint64_t count, TimePoint from, TimePoint to) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count);
    probe.note_sent(from + from_seconds(share * to_seconds(to - from)), ++number);
  }
}

TEST(RateProbe, knows_no_pace_before_the_first_refusal_and_half_measures_none_after_it) {
  RateProbe probe;
  std::uint64_t number = 0;
  send_evenly(probe, number, 100, kStart, kStart + 10s);
  EXPECT_FALSE(probe.pace(kStart + 10s));
  const RateProbe::Finding found = probe.note_refused({.number = number, .at = kStart + 10s, .wait = 120ms});
  EXPECT_TRUE(found.is_news);
  EXPECT_FALSE(found.is_window);
  EXPECT_FALSE(probe.is_measured());
  ASSERT_TRUE(probe.pace(kStart + 10s));
  EXPECT_LT(*probe.pace(kStart + 10s), 10);
  EXPECT_GT(*probe.pace(kStart + 10s), 5);
}

TEST(RateProbe, takes_requests_that_were_on_their_way_for_the_same_episode) {
  RateProbe probe;
  std::uint64_t number = 0;
  send_evenly(probe, number, 100, kStart, kStart + 10s);
  EXPECT_TRUE(probe.note_refused({.number = 90, .at = kStart + 10s, .wait = 120ms}).is_news);
  const std::optional<double> pace = probe.pace(kStart + 11s);
  for (std::uint64_t late = 91; late <= 100; ++late) {
    EXPECT_FALSE(probe.note_refused({.number = late, .at = kStart + 10s, .wait = 120ms}).is_news);
  }
  EXPECT_EQ(probe.pace(kStart + 11s), pace);
}

TEST(RateProbe, measures_exactly_between_two_refusals_of_a_bucket_however_requests_were_spread) {
  for (const Duration spread : {1s, 3s, 6s}) {
    RateProbe probe;
    std::uint64_t number = 0;
    send_evenly(probe, number, 100, kStart, kStart + 10s);
    // Room for one at 10.12 s; then 48 are let through, and there is room for the next at 16.12 s: 8 a
    // second.
    probe.note_refused({.number = number, .at = kStart + 10s, .wait = 120ms});
    send_evenly(probe, number, 49, kStart + 10'120ms, kStart + 10'100ms + spread - 100ms);
    const TimePoint refused_at = kStart + 16s;
    const double high = *probe.pace(refused_at);
    ASSERT_GT(high, 8);
    EXPECT_TRUE(probe.note_refused({.number = number, .at = refused_at, .wait = 120ms}).is_news);
    EXPECT_TRUE(probe.is_measured());
    EXPECT_NEAR(measured_behind(*probe.pace(refused_at), high), 8.0, 1e-6);
  }
}

TEST(RateProbe, measures_exactly_between_two_refusals_of_a_window_and_tells_its_fresh_quota) {
  RateProbe probe;
  std::uint64_t number = 0;
  // 500 a minute, used up after 25 s; the 501st is refused until the minute is over.
  send_evenly(probe, number, 501, kStart, kStart + 25s);
  const RateProbe::Finding first =
      probe.note_refused({.number = number, .at = kStart + 25s, .wait = 34'900ms});
  EXPECT_TRUE(first.is_window);
  EXPECT_EQ(first.fresh_quota, 475U);  // 95 % of 500
  send_evenly(probe, number, 501, kStart + 60s, kStart + 80s);
  const TimePoint refused_at = kStart + 80s;
  const double high = *probe.pace(refused_at);
  ASSERT_GT(high, 500 / 60.0);
  const RateProbe::Finding second =
      probe.note_refused({.number = number, .at = refused_at, .wait = 39'900ms});
  EXPECT_TRUE(second.is_window);
  EXPECT_EQ(second.fresh_quota, 475U);
  EXPECT_NEAR(measured_behind(*probe.pace(refused_at), high), 500 / 60.0, 1e-6);
}

constexpr TimePoint kMeasuredAt = kStart + 60s;

// Refused twice, the second time with a rate measured a hundredth below what was refused: the pace is then
// surely below the rate.
void measure_closely(RateProbe& probe, std::uint64_t& number) {
  send_evenly(probe, number, 100, kStart, kStart + 10s);
  probe.note_refused({.number = number, .at = kStart + 10s, .wait = 120ms});
  const auto count = static_cast<std::uint64_t>(std::round(*probe.pace(kMeasuredAt) / 1.01 * 50)) + 1;
  send_evenly(probe, number, count, kStart + 10'120ms, kMeasuredAt);
  probe.note_refused({.number = number, .at = kMeasuredAt, .wait = 120ms});
}

TEST(RateProbe, is_not_moved_by_a_stray_refusal) {
  RateProbe probe;
  std::uint64_t number = 0;
  measure_closely(probe, number);
  ASSERT_TRUE(probe.is_measured());

  const TimePoint stray_at = kMeasuredAt + 2s;
  send_evenly(probe, number, 20, kMeasuredAt + 120ms, stray_at);
  const double before = *probe.pace(stray_at);
  const RateProbe::Finding found = probe.note_refused({.number = number, .at = stray_at, .wait = 60s});
  EXPECT_TRUE(found.is_news);
  EXPECT_FALSE(found.is_window);
  EXPECT_EQ(found.fresh_quota, 0U);
  EXPECT_DOUBLE_EQ(*probe.pace(stray_at), before);
}

// As above; but what asks for 2 ms at 10 a second has reckoned when it has room.
TEST(RateProbe, takes_no_refusal_for_a_stray_one_that_asks_for_less_than_the_time_of_a_request) {
  RateProbe probe;
  std::uint64_t number = 0;
  measure_closely(probe, number);
  ASSERT_TRUE(probe.is_measured());

  const TimePoint refused_at = kMeasuredAt + 2s;
  send_evenly(probe, number, 20, kMeasuredAt + 120ms, refused_at);
  const double before = *probe.pace(refused_at);
  probe.note_refused({.number = number, .at = refused_at, .wait = 2ms});
  EXPECT_LE(*probe.pace(refused_at), kBelow * before);
}

// Three refusals within a tenth of a second, each lowering the pace: what the last one refused was sent
// before.
TEST(RateProbe, does_not_settle_at_a_pace_below_what_was_let_through_between_refusals) {
  RateProbe probe;
  std::uint64_t number = 0;
  send_evenly(probe, number, 300, kStart, kStart + 2s);
  probe.note_refused({.number = number, .at = kStart + 2s, .wait = 12ms});
  send_evenly(probe, number, 6, kStart + 2'012ms, kStart + 2'070ms);
  probe.note_refused({.number = number, .at = kStart + 2'070ms, .wait = 12ms});
  send_evenly(probe, number, 6, kStart + 2'082ms, kStart + 2'150ms);
  probe.note_refused({.number = number, .at = kStart + 2'150ms, .wait = 12ms});
  ASSERT_TRUE(probe.is_measured());
  // 10 of the 12 within 150 ms: 66 a second; it went at less than that by then.
  EXPECT_LT(*probe.pace(kStart + 2'150ms), 60);
  EXPECT_GT(*probe.pace(kStart + 12s), 60);
}

TEST(RateProbe, keeps_one_request_a_minute_while_everything_is_refused) {
  RateProbe probe;
  TimePoint now = kStart;
  for (std::uint64_t number = 1; number <= 3'000; ++number) {
    probe.note_sent(now, number);
    probe.note_refused({.number = number, .at = now, .wait = 0s});
    now += 1ms;
  }
  EXPECT_GE(*probe.pace(now), kLeastPace);
}

// Everything is refused for a while, one request a second, each asked to wait for a second.
void refuse_everything(RateProbe& probe, std::uint64_t& number, TimePoint from, TimePoint to) {
  for (TimePoint now = from; now < to; now += 1s) {
    probe.note_sent(now, ++number);
    probe.note_refused({.number = number, .at = now, .wait = 1s});
  }
}

TEST(RateProbe, is_back_near_the_measured_rate_two_minutes_after_an_outage) {
  RateProbe probe;
  std::uint64_t number = 0;
  send_evenly(probe, number, 100, kStart, kStart + 10s);
  probe.note_refused({.number = number, .at = kStart + 10s, .wait = 120ms});
  send_evenly(probe, number, 49, kStart + 10'120ms, kStart + 15s);
  probe.note_refused({.number = number, .at = kStart + 16s, .wait = 120ms});  // 8 a second
  ASSERT_TRUE(probe.is_measured());

  const TimePoint over = kStart + 100s;
  refuse_everything(probe, number, kStart + 17s, over);
  EXPECT_LT(*probe.pace(over), 4);
  EXPECT_GT(*probe.pace(over + 2min), 0.85 * 8);
  EXPECT_LT(*probe.pace(over + 2min), 1.2 * 8);
}

TEST(RateProbe, doubles_a_pace_that_was_never_measured_every_minute) {
  RateProbe probe;
  std::uint64_t number = 0;
  refuse_everything(probe, number, kStart, kStart + 60s);
  ASSERT_FALSE(probe.is_measured());
  EXPECT_GT(*probe.pace(kStart + 6min), 20 * *probe.pace(kStart + 60s));
  EXPECT_NEAR(*probe.pace(kStart + 7min), 2 * *probe.pace(kStart + 6min), 1e-6);
}

TEST(RateProbe, takes_no_pace_for_refused_at_which_nothing_was_sent) {
  RateProbe probe;
  std::uint64_t number = 0;
  refuse_everything(probe, number, kStart, kStart + 60s);
  const TimePoint later = kStart + 20min;
  ASSERT_GT(*probe.pace(later), 1'000);
  send_evenly(probe, number, 20, later, later + 2s);
  probe.note_refused({.number = number, .at = later + 2s, .wait = 120ms});
  EXPECT_LT(*probe.pace(later + 2s), 12);
}

RC_GTEST_PROP(RateProbe, has_a_finite_pace_that_is_not_far_above_what_was_refused, ()) {
  // Milliseconds that pass, how many are sent, how old the refused one is (none is refused when it is 0), and
  // how many milliseconds it is asked to wait.
  using Step = std::tuple<std::uint32_t, std::uint16_t, std::uint16_t, std::uint32_t>;
  const auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::tuple(
      rc::gen::weightedOneOf<std::uint32_t>(
          {{4, rc::gen::inRange<std::uint32_t>(0, 500)}, {1, rc::gen::inRange<std::uint32_t>(0, 200'000)}}),
      rc::gen::inRange<std::uint16_t>(0, 40), rc::gen::inRange<std::uint16_t>(0, 30),
      rc::gen::weightedOneOf<std::uint32_t>({{1, rc::gen::just<std::uint32_t>(0)},
                                             {2, rc::gen::inRange<std::uint32_t>(0, 2'000)},
                                             {1, rc::gen::inRange<std::uint32_t>(0, 90'000)}})));
  RateProbe probe;
  TimePoint now = kStart;
  std::uint64_t number = 0;
  double refused_at_pace = 0;
  double most_refused = 0;  // what was measured is not above it
  TimePoint refused_at = kStart;
  for (const auto& [passes, sends, age, wait] : steps) {
    now += std::chrono::milliseconds(passes);
    for (std::uint16_t i = 0; i < sends; ++i) probe.note_sent(now, ++number);
    if (age > 0 && number > 0) {
      const double blind = kUneven * static_cast<double>(number) / kShortestLookBack;
      const double high = probe.pace(now).value_or(blind);
      const std::uint64_t refused = number - std::min<std::uint64_t>(age - 1U, number - 1);
      const RateProbe::Finding found =
          probe.note_refused({.number = refused, .at = now, .wait = std::chrono::milliseconds(wait)});
      if (found.is_news) {
        refused_at_pace = high;
        most_refused = std::max(most_refused, high);
        refused_at = now;
      }
      RC_ASSERT(found.fresh_quota <= number);
    }
    for (const Duration later : {Duration(0s), Duration(1s), Duration(5min), Duration(24h)}) {
      const std::optional<double> pace = probe.pace(now + later);
      if (!pace) continue;
      RC_ASSERT(std::isfinite(*pace));
      RC_ASSERT(*pace >= kLeastPace);
      RC_ASSERT(*pace <= kMostPace);
      const double minutes = to_seconds(now + later - refused_at) / kDoublesIn;
      const double grown = std::max(kMostGrown, std::exp2(minutes)) * std::max(refused_at_pace, kLeastPace);
      RC_ASSERT(*pace <= std::max(grown, most_refused) * (1 + 1e-9));
    }
  }
}

}  // namespace
}  // namespace sv::limits
