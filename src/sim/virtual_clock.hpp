// Time that passes only when somebody says so: minutes of back-off play in microseconds, and always alike.
//
//   asio::io_context io;  // before the clock: sleepers that are left over unwind through it
//   sim::VirtualClock clock;
//   asio::co_spawn(io, work(clock), ...);  // or TaskGroup::spawn
//   sim::run_until_idle(io, clock);        // until nobody is ready and nobody sleeps
//
// Single-threaded, as what it drives. Sleepers wake in the order of their times, equal times in the order in
// which they went to sleep. Who sleeps until TimePoint::max() is never woken. Work on other threads (a real
// store, real sockets) is not seen: run_until_idle() may return while it is still under way.
#pragma once

#include "base/clock.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace sv::sim {

class VirtualClock final : public Clock {
 public:
  // Steady time starts an hour after its epoch, so that subtracting a little is no special case; wall time
  // starts at 2026-01-05 09:00:00 UTC, a Monday. Both run at the same pace.
  static constexpr TimePoint kStart{std::chrono::hours(1)};
  static constexpr WallTime kWallStart =
      std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + std::chrono::hours(9);

  VirtualClock() = default;
  explicit VirtualClock(WallTime wall_start) : wall_start_(wall_start) {}
  VirtualClock(const VirtualClock&) = delete;
  VirtualClock& operator=(const VirtualClock&) = delete;

  TimePoint now() const override { return now_; }
  WallTime wall_now() const override {
    return wall_start_ + std::chrono::floor<std::chrono::milliseconds>(now_ - kStart);
  }

  boost::asio::awaitable<void> sleep_until(TimePoint when) override {
    if (when <= now_) co_return;
    co_await suspend(when, ++last_sleeper_);
  }

  boost::asio::awaitable<void> sleep_until(TimePoint when, Alarm& alarm) override {
    if (when <= now_) co_return;
    const std::uint64_t sleeper = ++last_sleeper_;
    const Alarm::Setting setting(alarm, [this, sleeper] { wake_early(sleeper); });
    co_await suspend(when, sleeper);
  }

  // How much virtual time has passed since the start.
  Duration elapsed() const { return now_ - kStart; }
  std::size_t sleepers() const { return sleepers_.size(); }
  // When the next sleeper is due; nothing when nobody sleeps, or only for ever.
  std::optional<TimePoint> next_wake() const {
    if (sleepers_.empty() || sleepers_.begin()->first == TimePoint::max()) return std::nullopt;
    return sleepers_.begin()->first;
  }

  // Sets the time (never back) and wakes, through their executors, those who are due.
  void advance_to(TimePoint when) {
    if (when > now_) now_ = when;
    while (!sleepers_.empty() && sleepers_.begin()->first <= now_) wake(sleepers_.begin());
  }
  void advance(Duration duration) { advance_to(now_ + duration); }
  // Somebody puts the wall clock forward or back; steady time does not know.
  void turn_wall_clock(std::chrono::milliseconds by) { wall_start_ += by; }

 private:
  struct Sleeper {
    std::uint64_t number;
    boost::asio::any_io_executor executor;
    boost::asio::any_completion_handler<void()> resume;
  };
  using Sleepers = std::multimap<TimePoint, Sleeper>;

  boost::asio::awaitable<void> suspend(TimePoint when, std::uint64_t number) {
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        [this, when, number](auto handler) {
          boost::asio::any_io_executor executor = boost::asio::get_associated_executor(handler);
          sleepers_.emplace(when, Sleeper{number, std::move(executor), std::move(handler)});
        },
        boost::asio::use_awaitable);
  }

  void wake(Sleepers::iterator which) {
    Sleeper sleeper = std::move(which->second);
    sleepers_.erase(which);
    boost::asio::post(sleeper.executor,
                      [resume = std::move(sleeper.resume)]() mutable { std::move(resume)(); });
  }

  // Nothing when it has been woken already and only has not run yet.
  void wake_early(std::uint64_t number) {
    const auto found = std::ranges::find_if(
        sleepers_, [&](const Sleepers::value_type& sleeper) { return sleeper.second.number == number; });
    if (found != sleepers_.end()) wake(found);
  }

  WallTime wall_start_ = kWallStart;
  TimePoint now_ = kStart;
  std::uint64_t last_sleeper_ = 0;
  Sleepers sleepers_;  // equal times keep the order of insertion
};

// Runs what is ready at the present moment; time does not move.
inline void run_ready(boost::asio::io_context& io) {
  io.restart();
  io.poll();
}

// Runs what is ready, moves the time to the next sleeper, and so on up to and including `end`, where time
// then stands.
inline void run_until(boost::asio::io_context& io, VirtualClock& clock, TimePoint end) {
  run_ready(io);
  while (const std::optional<TimePoint> next = clock.next_wake()) {
    if (*next > end) break;
    clock.advance_to(*next);
    run_ready(io);
  }
  clock.advance_to(end);
}

// The same until nobody is ready and nobody sleeps; time stands at the last wake. What never ends never
// returns: use run_until() for loops without an end.
inline void run_until_idle(boost::asio::io_context& io, VirtualClock& clock) {
  run_ready(io);
  while (const std::optional<TimePoint> next = clock.next_wake()) {
    clock.advance_to(*next);
    run_ready(io);
  }
}

}  // namespace sv::sim
