#include "limits/latency_quantiles.hpp"

#include <algorithm>
#include <cmath>

namespace sv::limits {

namespace {

constexpr double kGrowth = 1.05;
constexpr double kSmallestSeconds = 1e-3;

}  // namespace

void LatencyQuantiles::add(Duration latency) {
  const double seconds = std::max(to_seconds(latency), kSmallestSeconds);
  const double bucket = std::ceil(std::log(seconds / kSmallestSeconds) / std::log(kGrowth));
  ++buckets_.at(std::min(static_cast<std::size_t>(bucket), kBuckets - 1));
  ++count_;
}

Duration LatencyQuantiles::at(double share) const {
  if (count_ == 0) return Duration::zero();
  const double wanted = share * static_cast<double>(count_);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_.at(i);
    if (static_cast<double>(seen) >= wanted) {
      return from_seconds(kSmallestSeconds * std::pow(kGrowth, static_cast<double>(i)));
    }
  }
  return from_seconds(kSmallestSeconds * std::pow(kGrowth, static_cast<double>(kBuckets)));
}

}  // namespace sv::limits
