#include "limits/permits.hpp"

#include "base/task_group.hpp"
#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;
using Trace = std::vector<std::string>;

boost::asio::awaitable<void> hold(support::VirtualClock& clock, Permits& permits, Duration time,
                                  std::string name, bool in_front, Trace& trace) {
  const Permit permit = co_await permits.acquire(in_front);
  trace.push_back(std::move(name));
  co_await clock.sleep_until(clock.now() + time);
}

struct Setting {
  boost::asio::io_context io;
  support::VirtualClock clock;
  Trace trace;

  auto holder(Permits& permits, Duration time, std::string name, bool in_front = false) {
    return hold(clock, permits, time, std::move(name), in_front, trace);
  }
};

TEST(Permits, are_handed_out_in_the_order_of_coming_and_retries_first) {
  Setting setting;
  Permits permits(1);
  TaskGroup group(setting.io.get_executor());
  group.spawn(setting.holder(permits, 1s, "a"));
  group.spawn(setting.holder(permits, 1s, "b"));
  group.spawn(setting.holder(permits, 1s, "c"));
  support::run_ready(setting.io);
  group.spawn(setting.holder(permits, 1s, "retry", true));
  support::run_ready(setting.io);
  EXPECT_EQ(permits.waiting(), 3U);
  support::run_until_idle(setting.io, setting.clock);
  EXPECT_EQ(setting.trace, (Trace{"a", "retry", "b", "c"}));
  EXPECT_EQ(setting.clock.elapsed(), Duration(4s));
  EXPECT_EQ(permits.in_flight(), 0U);
}

TEST(Permits, cannot_be_taken_by_who_comes_between_a_return_and_the_waiter) {
  Setting setting;
  Permits permits(1);
  TaskGroup group(setting.io.get_executor());
  std::optional<Permit> held = permits.try_acquire();
  ASSERT_TRUE(held);
  group.spawn(setting.holder(permits, 1s, "waiter"));
  support::run_ready(setting.io);
  held->give_back();
  held->give_back();  // twice does no harm
  EXPECT_FALSE(permits.try_acquire());
  EXPECT_EQ(permits.in_flight(), 1U);
  support::run_until_idle(setting.io, setting.clock);
  EXPECT_EQ(setting.trace, Trace{"waiter"});
}

TEST(Permits, follow_a_limit_that_is_raised_at_once_and_one_that_is_lowered_as_they_come_back) {
  Setting setting;
  Permits permits(0);
  TaskGroup group(setting.io.get_executor());
  for (int i = 0; i < 6; ++i) group.spawn(setting.holder(permits, 1s, "row"));
  support::run_ready(setting.io);
  EXPECT_EQ(permits.in_flight(), 0U);
  permits.set_limit(3);
  support::run_ready(setting.io);
  EXPECT_EQ(permits.in_flight(), 3U);
  permits.set_limit(1);
  support::run_until_idle(setting.io, setting.clock);
  EXPECT_EQ(setting.trace.size(), 6U);
  EXPECT_EQ(setting.clock.elapsed(), Duration(4s));  // 3 at once, then one after the other
}

RC_GTEST_PROP(Permits, never_let_more_through_than_the_limit_and_lose_nobody,
              (const std::vector<std::uint8_t>& times)) {
  Setting setting;
  const auto limit = *rc::gen::inRange<std::size_t>(1, 8);
  Permits permits(limit);
  TaskGroup group(setting.io.get_executor());
  for (const std::uint8_t time : times)
    group.spawn(setting.holder(permits, std::chrono::milliseconds(time), "row", time % 3 == 0));
  support::run_ready(setting.io);
  while (const auto next = setting.clock.next_wake()) {
    RC_ASSERT(permits.in_flight() <= limit);
    if (permits.waiting() > 0) RC_ASSERT(permits.in_flight() == limit);
    setting.clock.advance_to(*next);
    support::run_ready(setting.io);
  }
  RC_ASSERT(setting.trace.size() == times.size());
  RC_ASSERT(permits.in_flight() == 0U);
  RC_ASSERT(group.running() == 0U);
}

}  // namespace
}  // namespace sv::limits
