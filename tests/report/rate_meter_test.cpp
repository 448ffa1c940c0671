#include "report/rate_meter.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

TEST(RateMeter, promises_nothing_before_anything_is_done) {
  RateMeter meter;
  EXPECT_EQ(meter.rate(), 0.0);
  meter.add(kStart, 0);
  meter.add(kStart + 5s, 0);
  EXPECT_EQ(meter.rate(), 0.0);
  EXPECT_FALSE(meter.time_for(10));
}

TEST(RateMeter, steady_rows_give_a_steady_rate) {
  RateMeter meter;
  for (int tick = 0; tick <= 100; ++tick)
    meter.add(kStart + tick * 100ms, static_cast<std::uint64_t>(tick) * 2);
  EXPECT_NEAR(meter.rate(), 20.0, 0.01);
  EXPECT_NEAR(to_seconds(*meter.time_for(200)), 10.0, 0.01);
}

TEST(RateMeter, forgets_what_is_older_than_half_a_minute) {
  RateMeter meter;
  meter.add(kStart, 0);
  meter.add(kStart + 1s, 10'000);  // cached rows
  for (int second = 2; second <= 40; ++second) {
    meter.add(kStart + second * 1s, 10'000 + static_cast<std::uint64_t>(second - 1));
  }
  EXPECT_NEAR(meter.rate(), 1.0, 0.01);
}

TEST(RateMeter, time_left_is_off_by_a_fifth_at_most_after_a_tenth_of_the_rows) {
  // Rows at random moments, 10 a second on average.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    constexpr std::uint64_t kRows = 4'000;
    Random random(seed);
    RateMeter meter;
    std::uint64_t done = 0;
    TimePoint now = kStart;
    for (; done < kRows / 10; now += 100ms) {
      meter.add(now, done);
      if (random.uniform() < 0.5) done += 2;
    }
    meter.add(now, done);
    const double expected = static_cast<double>(kRows - done) / 10.0;
    EXPECT_NEAR(to_seconds(meter.time_for(kRows - done).value()), expected, expected * 0.2)
        << "seed " << seed;
  }
}

TEST(RateMeter, a_stalled_run_has_no_end_in_sight) {
  RateMeter meter;
  meter.add(kStart, 0);
  meter.add(kStart + 1s, 5);
  for (int second = 2; second <= 40; ++second) meter.add(kStart + second * 1s, 5);
  EXPECT_FALSE(meter.time_for(10));
}

}  // namespace
}  // namespace sv::report
