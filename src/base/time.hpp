// Time as types. Steady time for waits and deadlines (a jump of the wall clock must not fire or stall them),
// wall time for what people read and for what is stored.
#pragma once

#include <chrono>

namespace sv {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

// A point in time by which something must be over. It is passed down, so that the parts of one operation
// share one allowance instead of each taking its own time-out.
class Deadline {
 public:
  static constexpr Deadline never() { return Deadline(TimePoint::max()); }
  static constexpr Deadline at(TimePoint when) { return Deadline(when); }
  static constexpr Deadline after(TimePoint now, Duration allowance) {
    return allowance >= TimePoint::max() - now ? never() : Deadline(now + allowance);
  }

  constexpr TimePoint when() const { return when_; }
  constexpr bool is_never() const { return when_ == TimePoint::max(); }
  constexpr bool has_passed(TimePoint now) const { return now >= when_; }
  // What is left of it, never negative.
  constexpr Duration remaining(TimePoint now) const {
    if (is_never()) return Duration::max();
    return now >= when_ ? Duration::zero() : when_ - now;
  }
  constexpr Deadline earlier(Deadline other) const { return when_ <= other.when_ ? *this : other; }

 private:
  constexpr explicit Deadline(TimePoint when) : when_(when) {}
  TimePoint when_;
};

constexpr double to_seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }
constexpr Duration from_seconds(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace sv
