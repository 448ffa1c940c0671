#include "limits/quota.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace sv::limits {

namespace {
// A charge that would take longer is a mistake of the settings; it must not overflow the arithmetic.
constexpr double kLongestCost = 1e9 * 3600 * 24 * 365;
}  // namespace

void Quota::set_per_minute(std::uint64_t per_minute) {
  SV_ASSERT(per_minute > 0, "a quota of nothing is no quota");
  per_minute_ = per_minute;
}

// Rounded up, so that a million roundings do not add up to a quota exceeded.
Duration Quota::cost(std::uint64_t charge, double share) const {
  const double nanoseconds_per_unit = 60e9 / (static_cast<double>(*per_minute_) * share);
  const double nanoseconds = std::ceil(nanoseconds_per_unit * static_cast<double>(charge));
  return Duration(static_cast<Duration::rep>(std::min(nanoseconds, kLongestCost)));
}

TimePoint Quota::earliest(TimePoint now, std::uint64_t charge, double share) const {
  if (!per_minute_ || all_spent_until_ <= now || can_send_at_once(charge)) return now;
  const Duration tolerance = std::max(Duration::zero(), burst_ - cost(charge, share));
  return std::max(now, all_spent_until_ - tolerance);
}

bool Quota::can_send_at_once(std::uint64_t charge) const {
  if (!per_minute_ || !is_trusted_ || !unspent_) return false;
  const double taken = static_cast<double>(sent_ - heard_at_) + static_cast<double>(charge);
  return static_cast<double>(*unspent_) - taken > kKept * static_cast<double>(*per_minute_);
}

void Quota::reserve(TimePoint now, std::uint64_t charge, double share) {
  // What is spent at once is the provider's surplus: it does not put off what follows evenly.
  const bool is_at_once = can_send_at_once(charge);
  sent_ += charge;
  if (!per_minute_) return;
  const Duration taken = is_at_once ? Duration::zero() : cost(charge, share);
  all_spent_until_ = std::max(all_spent_until_, now) + taken;
}

void Quota::hear(std::uint64_t remaining, std::uint64_t sent_by_then) {
  // Replies overtake each other; the word of the younger request is the newer one.
  if (unspent_ && sent_by_then < heard_at_) return;
  unspent_ = remaining;
  heard_at_ = std::min(sent_by_then, sent_);
}

}  // namespace sv::limits
