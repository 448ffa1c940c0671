// A queue of coroutines that wait to be woken: the one primitive under channels, permits and joins.
//
// Single-threaded, without locks: use it on one io_context run by one thread. Waiters are woken in the order
// in which they came; a woken coroutine resumes through its executor, never inside notify. There is no
// spurious wake, but whoever waits for a condition must test it again: another coroutine may have run in
// between.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>

namespace sv {

class WaitQueue {
 public:
  WaitQueue() = default;
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  boost::asio::awaitable<void> wait();
  // Before all that wait already: for work that has waited once (a retry).
  boost::asio::awaitable<void> wait_in_front();

  void notify_one();
  void notify_all();
  std::size_t waiting() const { return waiters_.size(); }

 private:
  struct Waiter {
    boost::asio::any_io_executor executor;
    boost::asio::any_completion_handler<void()> resume;
  };
  std::deque<Waiter> waiters_;
};

}  // namespace sv
