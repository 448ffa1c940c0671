// Time is a parameter: the engine, the LLM stack and the limits wait through this interface only, so that a
// whole run can be played in virtual time.
#pragma once

#include "base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace sv {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual WallTime wall_now() const = 0;
  // Resumes on the caller's executor at or after `when`; at once if it has passed.
  virtual boost::asio::awaitable<void> sleep_until(TimePoint when) = 0;
};

// The machine's clocks; sleeping is an Asio timer on the calling coroutine's executor. Stateless.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
  WallTime wall_now() const override;
  boost::asio::awaitable<void> sleep_until(TimePoint when) override;
};

// The calendar day of the time zone that the process runs in.
std::chrono::year_month_day local_date(WallTime when);

// "25.11.2026 09:30" in local time: the form of the `Check date` column since the Python original.
std::string format_check_date(WallTime when);

}  // namespace sv
