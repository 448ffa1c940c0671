// How long things took: percentiles of any number of measurements in 16 KB.
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sv::metrics {

// Log-linear buckets, as HdrHistogram has them: every power of two of microseconds is cut into 64 equal
// parts, so a bucket is at most 1/64 of its value wide and its middle is off by less than 0.8 %, from 64 µs
// to 38 hours. Below that the step is 1 µs; above, everything counts as the longest time. Not thread-safe.
class LatencyHistogram {
 public:
  void add(Duration latency);

  std::uint64_t count() const { return count_; }
  // Exact.
  Duration max() const { return max_; }
  // The value below which the share `quantile` (0..1) of the measurements lies, by nearest rank; zero when
  // there are none. Never above max() nor below the smallest measurement.
  Duration percentile(double quantile) const;

 private:
  static constexpr unsigned kPartBits = 6;  // 64 parts for each power of two
  static constexpr std::size_t kParts = std::size_t{1} << kPartBits;
  static constexpr unsigned kTopExponent = 36;  // 2^37 µs = 38 h
  static constexpr std::size_t kBuckets = (kTopExponent - kPartBits + 2) * kParts;

  static std::size_t bucket_of(std::uint64_t microseconds);
  // The middle of the bucket.
  static Duration value_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  Duration min_ = Duration::max();
  Duration max_{};
};

}  // namespace sv::metrics
