#include "base/channel.hpp"

#include "base/task_group.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace sv {
namespace {

boost::asio::awaitable<void> push_numbers(Channel<int>& channel, int count) {
  for (int i = 0; i < count; ++i) {
    const bool pushed = co_await channel.push(i);
    EXPECT_TRUE(pushed);
  }
  channel.close();
}

boost::asio::awaitable<void> pop_all(Channel<int>& channel, std::vector<int>& seen) {
  for (;;) {
    const std::optional<int> value = co_await channel.pop();
    if (!value) co_return;
    seen.push_back(*value);
  }
}

boost::asio::awaitable<void> join(TaskGroup& group) { co_await group.join(); }

TEST(Channel, delivers_everything_in_order_through_a_small_buffer) {
  boost::asio::io_context io;
  Channel<int> channel(3);
  std::vector<int> seen;
  TaskGroup group(io.get_executor());
  group.spawn(push_numbers(channel, 100));
  group.spawn(pop_all(channel, seen));
  io.run();
  ASSERT_EQ(seen.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST(Channel, wakes_every_waiting_reader_when_closed) {
  boost::asio::io_context io;
  Channel<int> channel(3);
  std::vector<int> seen;
  TaskGroup group(io.get_executor());
  for (int i = 0; i < 5; ++i) group.spawn(pop_all(channel, seen));
  io.poll();
  EXPECT_EQ(group.running(), 5U);
  channel.close();
  io.restart();
  io.run();
  EXPECT_EQ(group.running(), 0U);
}

boost::asio::awaitable<void> throw_something() {
  throw std::runtime_error("boom");
  co_return;
}

TEST(TaskGroup, rethrows_what_a_task_threw_after_all_have_ended) {
  boost::asio::io_context io;
  TaskGroup group(io.get_executor());
  TaskGroup outer(io.get_executor());
  group.spawn(throw_something());
  outer.spawn(join(group));
  io.run();
  EXPECT_EQ(group.running(), 0U);
  EXPECT_EQ(outer.running(), 0U);
  TaskGroup last(io.get_executor());
  io.restart();
  bool caught = false;
  last.spawn([](TaskGroup& inner, bool& seen) -> boost::asio::awaitable<void> {
    try {
      co_await inner.join();
    } catch (const std::runtime_error&) {
      seen = true;
    }
  }(outer, caught));
  io.run();
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace sv
