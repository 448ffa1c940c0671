#include "metrics/latency_histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sv::metrics {
namespace {

using namespace std::chrono_literals;

constexpr double kTolerance = 0.02;

TEST(LatencyHistogram, is_zero_when_nothing_was_measured) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.percentile(0.99), 0ns);
  EXPECT_EQ(histogram.max(), 0ns);
}

TEST(LatencyHistogram, one_measurement_is_every_percentile_exactly) {
  LatencyHistogram histogram;
  histogram.add(1234567us);
  for (const double quantile : {0.0, 0.5, 0.99, 1.0}) EXPECT_EQ(histogram.percentile(quantile), 1234567us);
}

TEST(LatencyHistogram, percentiles_of_a_ramp_are_within_two_percent) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 10'000; ++i) histogram.add(std::chrono::milliseconds(i));
  EXPECT_NEAR(to_seconds(histogram.percentile(0.50)), 5.0, 5.0 * kTolerance);
  EXPECT_NEAR(to_seconds(histogram.percentile(0.95)), 9.5, 9.5 * kTolerance);
  EXPECT_NEAR(to_seconds(histogram.percentile(0.99)), 9.9, 9.9 * kTolerance);
  EXPECT_EQ(histogram.max(), 10s);
}

TEST(LatencyHistogram, a_slow_tail_shows_in_the_high_percentiles_only) {
  LatencyHistogram histogram;
  for (int i = 0; i < 90; ++i) histogram.add(200ms);
  for (int i = 0; i < 10; ++i) histogram.add(2s);
  EXPECT_NEAR(to_seconds(histogram.percentile(0.90)), 0.2, 0.2 * kTolerance);
  EXPECT_NEAR(to_seconds(histogram.percentile(0.91)), 2.0, 2.0 * kTolerance);
}

TEST(LatencyHistogram, extremes_are_kept_within_bounds) {
  LatencyHistogram histogram;
  histogram.add(-5s);
  histogram.add(0ns);
  histogram.add(Duration::max());
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.percentile(0.5), 0ns);
  EXPECT_EQ(histogram.max(), Duration::max());
  EXPECT_GE(histogram.percentile(1.0), 24h);
}

RC_GTEST_PROP(LatencyHistogram, every_percentile_is_within_two_percent_of_the_sorted_list, ()) {
  const auto exponents =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(6'000, 30'000)));
  LatencyHistogram histogram;
  std::vector<Duration> sorted;
  for (const int exponent : exponents) {
    const auto micros = std::chrono::microseconds(static_cast<long>(std::exp2(exponent / 1000.0)));
    histogram.add(micros);
    sorted.push_back(micros);
  }
  std::ranges::sort(sorted);
  for (const double quantile : {0.0, 0.25, 0.5, 0.9, 0.95, 0.99, 1.0}) {
    const auto rank = std::max(1.0, std::ceil(quantile * static_cast<double>(sorted.size())));
    const double exact = to_seconds(sorted.at(static_cast<std::size_t>(rank) - 1));
    RC_ASSERT(std::abs(to_seconds(histogram.percentile(quantile)) - exact) <= exact * kTolerance);
  }
}

}  // namespace
}  // namespace sv::metrics
