// The clock that other tests trust is tested itself.
#include "support/virtual_clock.hpp"

#include "base/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv {
namespace {

using namespace std::chrono_literals;
using Trace = std::vector<std::string>;

boost::asio::awaitable<void> note_after(support::VirtualClock& clock, Duration wait, std::string name,
                                        Trace& trace) {
  co_await clock.sleep_until(clock.now() + wait);
  trace.push_back(std::move(name));
}

boost::asio::awaitable<void> tick_for_ever(support::VirtualClock& clock, int& ticks) {
  for (;;) {
    co_await clock.sleep_until(clock.now() + 1s);
    ++ticks;
  }
}

TEST(VirtualClock, wakes_sleepers_in_the_order_of_their_times_and_equal_ones_first_come_first_served) {
  boost::asio::io_context io;
  support::VirtualClock clock;
  Trace trace;
  TaskGroup group(io.get_executor());
  group.spawn(note_after(clock, 10min, "late", trace));
  group.spawn(note_after(clock, 5s, "first", trace));
  group.spawn(note_after(clock, 5s, "second", trace));
  group.spawn(note_after(clock, 0s, "at once", trace));
  support::run_until_idle(io, clock);
  EXPECT_EQ(trace, (Trace{"at once", "first", "second", "late"}));
  EXPECT_EQ(clock.elapsed(), Duration(10min));
  EXPECT_EQ(clock.wall_now() - support::VirtualClock::kWallStart, 10min);
  EXPECT_EQ(group.running(), 0U);
}

TEST(VirtualClock, stops_where_it_is_told_and_unwinds_who_still_sleeps) {
  int ticks = 0;
  {
    boost::asio::io_context io;
    support::VirtualClock clock;
    boost::asio::co_spawn(io, tick_for_ever(clock, ticks), [](const std::exception_ptr&) {});
    support::run_until(io, clock, clock.now() + 3500ms);
    EXPECT_EQ(clock.elapsed(), Duration(3500ms));
    EXPECT_EQ(clock.sleepers(), 1U);
  }
  EXPECT_EQ(ticks, 3);
}

}  // namespace
}  // namespace sv
