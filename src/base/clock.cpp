#include "base/clock.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <ctime>
#include <optional>

namespace sv {

namespace asio = boost::asio;

TimePoint SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

WallTime SystemClock::wall_now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

asio::awaitable<void> SystemClock::sleep_until(TimePoint when) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_at(when);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> SystemClock::sleep_until(TimePoint when, Alarm& alarm) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_at(when);
  const Alarm::Setting setting(alarm, [&timer] { timer.cancel(); });
  boost::system::error_code rung;  // "cancelled" when the alarm rang
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, rung));
}

namespace {

std::tm local_time(WallTime when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm local{};
  localtime_r(&seconds, &local);
  return local;
}

}  // namespace

std::chrono::year_month_day local_date(WallTime when) {
  const std::tm local = local_time(when);
  return {std::chrono::year(local.tm_year + 1900),
          std::chrono::month(static_cast<unsigned>(local.tm_mon + 1)),
          std::chrono::day(static_cast<unsigned>(local.tm_mday))};
}

WallTime at_local_time(std::chrono::year_month_day date, std::chrono::minutes since_midnight) {
  std::tm local{};
  local.tm_year = static_cast<int>(date.year()) - 1900;
  local.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  local.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  local.tm_hour = static_cast<int>(since_midnight.count() / 60);
  local.tm_min = static_cast<int>(since_midnight.count() % 60);
  // Once as summer time and once as winter time: what is not in force at that moment shows another time, and
  // a skipped one shows another in both.
  std::optional<WallTime> as_winter;
  for (const int summer : {1, 0}) {
    std::tm tried = local;
    tried.tm_isdst = summer;
    const WallTime when = std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::from_time_t(std::mktime(&tried)));
    const std::tm shown = local_time(when);
    if (shown.tm_hour == local.tm_hour && shown.tm_min == local.tm_min) return when;
    if (summer == 0) as_winter = when;
  }
  return *as_winter;
}

std::string format_check_date(WallTime when) {
  const std::tm local = local_time(when);
  return fmt::format("{:02}.{:02}.{:04} {:02}:{:02}", local.tm_mday, local.tm_mon + 1, local.tm_year + 1900,
                     local.tm_hour, local.tm_min);
}

}  // namespace sv
