#include "limits/pacer.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace sv::limits {

namespace {
// A charge that would take longer is a mistake of the settings; it must not overflow the arithmetic.
constexpr double kLongestCost = 1e9 * 3600 * 24 * 365;
}  // namespace

Pacer::Quota::Quota(std::uint64_t per_minute, Duration burst, double share) {
  SV_ASSERT(per_minute > 0, "a quota of nothing is no quota");
  SV_ASSERT(share > 0 && share <= 1, "a share of a limit is within (0, 1]");
  nanoseconds_per_unit_ = 60e9 / (static_cast<double>(per_minute) * share);
  burst_ = burst;
}

// Rounded up, so that a million roundings do not add up to a quota exceeded.
Duration Pacer::Quota::cost(std::uint64_t charge) const {
  const double nanoseconds = std::ceil(nanoseconds_per_unit_ * static_cast<double>(charge));
  return Duration(static_cast<Duration::rep>(std::min(nanoseconds, kLongestCost)));
}

TimePoint Pacer::Quota::earliest(TimePoint now, std::uint64_t charge) const {
  if (all_spent_until_ <= now) return now;
  const Duration tolerance = std::max(Duration::zero(), burst_ - cost(charge));
  return std::max(now, all_spent_until_ - tolerance);
}

void Pacer::Quota::reserve(TimePoint now, std::uint64_t charge) {
  all_spent_until_ = std::max(all_spent_until_, now) + cost(charge);
}

Pacer::Pacer(PacerLimits limits) {
  if (limits.requests_per_minute) requests_.emplace(*limits.requests_per_minute, limits.burst, limits.share);
  if (limits.tokens_per_minute) tokens_.emplace(*limits.tokens_per_minute, limits.burst, limits.share);
}

TimePoint Pacer::earliest(TimePoint now, std::uint64_t tokens) const {
  TimePoint when = std::max(now, paused_until_);
  if (requests_) when = std::max(when, requests_->earliest(now, 1));
  if (tokens_) when = std::max(when, tokens_->earliest(now, tokens));
  return when;
}

void Pacer::reserve(TimePoint now, std::uint64_t tokens) {
  SV_ASSERT(earliest(now, tokens) <= now, "a charge is taken when its time has come");
  if (requests_) requests_->reserve(now, 1);
  if (tokens_) tokens_->reserve(now, tokens);
}

void Pacer::pause_until(TimePoint when) { paused_until_ = std::max(paused_until_, when); }

}  // namespace sv::limits
