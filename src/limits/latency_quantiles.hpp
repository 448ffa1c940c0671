// Quantiles of observed latencies, in constant memory: a histogram whose buckets grow by 5 %, from 1 ms to an
// hour, so that a quantile is at most 5 % too long.
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sv::limits {

class LatencyQuantiles {
 public:
  void add(Duration latency);
  std::uint64_t count() const { return count_; }
  // The upper end of the bucket that holds it; zero when nothing was added. 0 < share <= 1.
  Duration at(double share) const;

 private:
  static constexpr std::size_t kBuckets = 312;  // 1.05^310 ms is an hour

  std::uint64_t count_ = 0;
  std::array<std::uint32_t, kBuckets> buckets_{};
};

}  // namespace sv::limits
