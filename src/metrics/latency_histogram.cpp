#include "metrics/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sv::metrics {

std::size_t LatencyHistogram::bucket_of(std::uint64_t microseconds) {
  microseconds = std::min(microseconds, (std::uint64_t{1} << (kTopExponent + 1)) - 1);
  if (microseconds < kParts) return static_cast<std::size_t>(microseconds);
  const auto exponent = static_cast<unsigned>(std::bit_width(microseconds)) - 1;
  const unsigned shift = exponent - kPartBits;
  // The leading bit is implied by the exponent: what remains is the part, from kParts to 2 kParts - 1.
  return (shift * kParts) + static_cast<std::size_t>(microseconds >> shift);
}

Duration LatencyHistogram::value_of(std::size_t bucket) {
  if (bucket < kParts) return std::chrono::microseconds(bucket);
  const std::size_t shift = (bucket / kParts) - 1;
  const std::uint64_t low = static_cast<std::uint64_t>(bucket - (shift * kParts)) << shift;
  const std::uint64_t half_width = (std::uint64_t{1} << shift) / 2;
  return std::chrono::microseconds(low + half_width);
}

void LatencyHistogram::add(Duration latency) {
  latency = std::max(latency, Duration::zero());
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(latency).count();
  ++buckets_.at(bucket_of(static_cast<std::uint64_t>(microseconds)));
  ++count_;
  min_ = std::min(min_, latency);
  max_ = std::max(max_, latency);
}

Duration LatencyHistogram::percentile(double quantile) const {
  if (count_ == 0) return Duration::zero();
  const double wanted = std::ceil(std::clamp(quantile, 0.0, 1.0) * static_cast<double>(count_));
  const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_.at(bucket);
    if (seen >= rank) return std::clamp(value_of(bucket), min_, max_);
  }
  return max_;
}

}  // namespace sv::metrics
