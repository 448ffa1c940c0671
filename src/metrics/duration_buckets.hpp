// How long requests took, in the buckets that a Prometheus histogram shows.
#pragma once

#include "base/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sv::metrics {

// Upper bounds of 10 ms, 20 ms, 40 ms … 81.92 s, those that OpenTelemetry advises for
// `gen_ai.client.operation.duration`. Counted exactly, beside LatencyHistogram: the edges of its buckets lie
// elsewhere, so sums over them would be off by up to 1/64 of a bound. A plain value; not thread-safe.
class DurationBuckets {
 public:
  static constexpr std::size_t kBounds = 14;

  // Inclusive, as Prometheus' `le`.
  static constexpr Duration bound(std::size_t index) {
    return std::chrono::milliseconds(std::int64_t{10} << index);
  }

  // Negative durations count as zero.
  void add(Duration duration);

  // Measurements that took at most bound(index).
  std::uint64_t at_most(std::size_t index) const;
  // All, those above the last bound included.
  std::uint64_t count() const { return count_; }
  std::chrono::duration<double> sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds> counts_{};  // each without those of the smaller bounds
  std::uint64_t count_ = 0;
  std::chrono::duration<double> sum_{};  // in whole nanoseconds the sum of 3 million hours would not fit
};

}  // namespace sv::metrics
