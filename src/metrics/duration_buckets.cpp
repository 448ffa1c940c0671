#include "metrics/duration_buckets.hpp"

#include <algorithm>

namespace sv::metrics {

void DurationBuckets::add(Duration duration) {
  duration = std::max(duration, Duration::zero());
  ++count_;
  sum_ += duration;
  std::size_t index = 0;
  while (index < kBounds && duration > bound(index)) ++index;
  if (index < kBounds) ++counts_.at(index);
}

std::uint64_t DurationBuckets::at_most(std::size_t index) const {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= index && i < kBounds; ++i) total += counts_.at(i);
  return total;
}

}  // namespace sv::metrics
