#include "sim/quota_bucket.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sv::sim {

namespace {
constexpr double kWindowSeconds = 60;
}

QuotaBucket::QuotaBucket(std::uint64_t per_minute, Duration span)
    : per_minute_(static_cast<double>(per_minute)),
      limit_(std::max(1.0, per_minute_ * to_seconds(span) / kWindowSeconds)) {}

QuotaBucket QuotaBucket::of_a_day(std::uint64_t per_day) {
  constexpr double kMinutes = 24 * 60;
  return {static_cast<double>(per_day) / kMinutes, static_cast<double>(per_day)};
}

void QuotaBucket::refill(TimePoint now) {
  if (refilled_at_ && now > *refilled_at_) {
    used_ = std::max(0.0, used_ - to_seconds(now - *refilled_at_) * per_minute_ / kWindowSeconds);
  }
  if (!refilled_at_ || now > *refilled_at_) refilled_at_ = now;
}

std::optional<Duration> QuotaBucket::wait_for(std::uint64_t cost, TimePoint now) {
  refill(now);
  const double missing = used_ + std::min(limit_, static_cast<double>(cost)) - limit_;
  // Sums of refills are not exact: a millionth of a ticket must not refuse a request that waited as it was
  // told.
  if (missing <= 1e-6) return std::nullopt;
  return from_seconds(missing / per_minute_ * kWindowSeconds);
}

void QuotaBucket::take(std::uint64_t cost) {
  SV_ASSERT(used_ + std::min(limit_, static_cast<double>(cost)) <= limit_ + 1e-3,
            "a bucket never gives more than it holds");
  used_ += static_cast<double>(cost);
}

void QuotaBucket::take_up_to(std::uint64_t cost, TimePoint now) {
  refill(now);
  used_ = std::max(used_, std::min(limit_, used_ + static_cast<double>(cost)));
}

std::uint64_t QuotaBucket::used() const { return static_cast<std::uint64_t>(std::ceil(used_)); }

std::uint64_t QuotaBucket::remaining() const {
  return static_cast<std::uint64_t>(std::max(0.0, std::floor(limit_ - used_)));
}

Duration QuotaBucket::until_full() const { return from_seconds(used_ / per_minute_ * kWindowSeconds); }

QuotaState QuotaBucket::state() const {
  return {.limit = limit(), .used = used(), .remaining = remaining(), .reset = until_full()};
}

std::string format_go_duration(Duration duration) {
  const std::int64_t ms =
      std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(duration).count());
  if (ms == 0) return "0s";
  if (ms < 1000) return fmt::format("{}ms", ms);
  const std::int64_t hours = ms / 3'600'000;
  const std::int64_t minutes = ms / 60'000 % 60;
  std::string text;
  if (hours > 0) text += fmt::format("{}h", hours);
  if (hours > 0 || minutes > 0) text += fmt::format("{}m", minutes);
  const std::int64_t fraction = ms % 1000;
  std::string seconds = fmt::format("{}", ms / 1000 % 60);
  if (fraction > 0) {
    seconds += fmt::format(".{:03}", fraction);
    while (seconds.back() == '0') seconds.pop_back();
  }
  return text + seconds + "s";
}

}  // namespace sv::sim
