#include "base/task_group.hpp"

#include "base/wait_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>
#include <vector>

namespace sv {
namespace {

boost::asio::awaitable<void> note(std::vector<int>& log, WaitQueue& queue, int number, bool in_front) {
  if (in_front) {
    co_await queue.wait_in_front();
  } else {
    co_await queue.wait();
  }
  log.push_back(number);
}

boost::asio::awaitable<void> wake_all(WaitQueue& queue) {
  while (queue.waiting() > 0) queue.notify_one();
  co_return;
}

boost::asio::awaitable<void> throw_error() {
  throw std::runtime_error("boom");
  co_return;
}

boost::asio::awaitable<void> set(bool& flag) {
  flag = true;
  co_return;
}

boost::asio::awaitable<void> join(TaskGroup& group) { co_await group.join(); }

TEST(WaitQueue, wakes_in_order_those_in_front_first) {
  boost::asio::io_context io;
  WaitQueue queue;
  std::vector<int> log;
  TaskGroup group(io.get_executor());
  group.spawn(note(log, queue, 1, false));
  group.spawn(note(log, queue, 2, false));
  group.spawn(note(log, queue, 3, true));
  io.poll();  // not run(): whoever waits is work that is outstanding
  EXPECT_TRUE(log.empty());
  group.spawn(wake_all(queue));
  io.run();
  EXPECT_EQ(log, (std::vector<int>{3, 1, 2}));
}

TEST(TaskGroup, join_waits_for_all_and_rethrows_the_first_exception) {
  boost::asio::io_context io;
  TaskGroup group(io.get_executor());
  bool is_other_done = false;
  group.spawn(throw_error());
  group.spawn(set(is_other_done));
  std::exception_ptr failure;
  boost::asio::co_spawn(io, join(group), [&](std::exception_ptr error) { failure = std::move(error); });
  io.run();
  EXPECT_TRUE(is_other_done);
  ASSERT_TRUE(failure);
  EXPECT_THROW(std::rethrow_exception(failure), std::runtime_error);
  EXPECT_EQ(group.running(), 0U);
}

}  // namespace
}  // namespace sv
