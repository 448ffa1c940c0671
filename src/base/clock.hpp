// Time is a parameter: the engine, the LLM stack and the limits wait through this interface only, so that a
// whole run can be played in virtual time.
#pragma once

#include "base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <utility>

namespace sv {

// Ends a sleep before its time: Clock::sleep_until(when, alarm) returns at once after alarm.ring(). One
// sleeper at a time; ringing without one does nothing. Single-threaded; outlives the sleep.
class Alarm {
 public:
  Alarm() = default;
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  void ring() {
    if (wake_) wake_();
  }

  // For clocks: while it lives, ring() calls `wake`.
  class Setting {
   public:
    Setting(Alarm& alarm, std::function<void()> wake) : alarm_(alarm) { alarm_.wake_ = std::move(wake); }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;
    ~Setting() { alarm_.wake_ = nullptr; }

   private:
    Alarm& alarm_;
  };

 private:
  std::function<void()> wake_;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall_now() const = 0;
  // Resumes on the caller's executor at or after `when`; at once if it has passed.
  virtual boost::asio::awaitable<void> sleep_until(TimePoint when) = 0;
  // The same, or as soon as the alarm rings.
  virtual boost::asio::awaitable<void> sleep_until(TimePoint when, Alarm& alarm) = 0;
};

// The machine's clocks; sleeping is an Asio timer on the calling coroutine's executor. Stateless.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  WallTime wall_now() const override;
  boost::asio::awaitable<void> sleep_until(TimePoint when) override;
  boost::asio::awaitable<void> sleep_until(TimePoint when, Alarm& alarm) override;
};

// The calendar day of the time zone that the process runs in.
std::chrono::year_month_day local_date(WallTime when);

// The moment at which the clocks of that time zone show this. Where they show it twice (when summer time
// ends) the first of the two; where they skip it (02:30 when it begins) as long after the last moment before
// (03:30).
WallTime at_local_time(std::chrono::year_month_day date, std::chrono::minutes since_midnight);

// "25.11.2026 09:30" in local time: the form of the `Check date` column since the Python original.
std::string format_check_date(WallTime when);

}  // namespace sv
