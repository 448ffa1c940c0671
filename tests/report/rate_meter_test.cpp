#include "report/rate_meter.hpp"

#include <gtest/gtest.h>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kStart{1h};

TEST(RateMeter, has_no_rate_before_anything_is_done) {
  RateMeter meter;
  EXPECT_EQ(meter.rate(), 0.0);
  meter.add(kStart, 0);
  meter.add(kStart + 5s, 0);
  EXPECT_EQ(meter.rate(), 0.0);
}

TEST(RateMeter, steady_rows_give_a_steady_rate) {
  RateMeter meter;
  for (int tick = 0; tick <= 100; ++tick)
    meter.add(kStart + tick * 100ms, static_cast<std::uint64_t>(tick) * 2);
  EXPECT_NEAR(meter.rate(), 20.0, 0.01);
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

TEST(RateMeter, a_stalled_run_has_no_rate) {
  RateMeter meter;
  meter.add(kStart, 0);
  meter.add(kStart + 1s, 5);
  for (int second = 2; second <= 40; ++second) meter.add(kStart + second * 1s, 5);
  EXPECT_EQ(meter.rate(), 0.0);
}

}  // namespace
}  // namespace sv::report
