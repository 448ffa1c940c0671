#include "limits/minute_use.hpp"

#include <chrono>

namespace sv::limits {

namespace {

std::int64_t second_of(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

void MinuteUse::add(TimePoint now, std::uint64_t charge) {
  if (first_ == TimePoint::min()) first_ = now;
  last_ = now;
  total_ += charge;
  const std::int64_t number = second_of(now);
  Second& second = seconds_[static_cast<std::size_t>(number) % kSeconds];
  if (second.number != number) second = {.number = number, .sum = 0};
  second.sum += charge;
}

domain::LimitUse MinuteUse::use(TimePoint now, std::optional<std::uint64_t> per_minute) const {
  domain::LimitUse use{.per_minute = per_minute};
  const std::int64_t oldest = second_of(now) - static_cast<std::int64_t>(kSeconds);
  for (const Second& second : seconds_) {
    if (second.number > oldest) use.last_minute += second.sum;
  }
  const Duration span = last_ - first_;
  if (per_minute && span >= kShortestMean) {
    use.mean = static_cast<double>(total_) * 60 / (static_cast<double>(*per_minute) * to_seconds(span));
  }
  return use;
}

}  // namespace sv::limits
