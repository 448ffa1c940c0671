#include "limits/hedge_policy.hpp"

#include <algorithm>

namespace sv::limits {

namespace {

// Six attempts at most are made; more would only overflow.
constexpr std::uint32_t kMostDoublings = 8;

}  // namespace

std::optional<Duration> HedgePolicy::late_after() const {
  if (latencies_.count() < kFewest) return std::nullopt;
  const double allowed = budget_ * static_cast<double>(requests_);
  const double used = allowed > 0 ? std::min(static_cast<double>(extra_) / allowed, 1.0) : 0;
  return std::max(kSoonest, latencies_.at(kLate + (kLatest - kLate) * used));
}

std::optional<Duration> HedgePolicy::longest(std::uint32_t attempt) const {
  if (latencies_.count() < kFewest) return std::nullopt;
  const Duration first = std::max(latencies_.at(kLate) * kDeadlineFactor, kShortestDeadline);
  return first * (1U << std::min(attempt > 0 ? attempt - 1 : 0, kMostDoublings));
}

}  // namespace sv::limits
