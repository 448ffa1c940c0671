// Structured concurrency: coroutines started here are joined here.
//
// Single-threaded: use on one io_context run by one thread. Every coroutine that was spawned must be joined
// before the group dies (asserted). A coroutine that ends by exception makes join() rethrow the first such
// exception, after all of them have ended; nothing is ever `detached`.
#pragma once

#include "base/wait_queue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <exception>

namespace sv {

class TaskGroup {
 public:
  explicit TaskGroup(boost::asio::any_io_executor executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  void spawn(boost::asio::awaitable<void> task);
  boost::asio::awaitable<void> join();
  std::size_t running() const { return running_; }

 private:
  boost::asio::any_io_executor executor_;
  WaitQueue finished_;
  std::size_t running_ = 0;
  std::exception_ptr first_exception_;
};

}  // namespace sv
