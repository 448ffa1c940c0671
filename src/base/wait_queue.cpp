#include "base/wait_queue.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace sv {

namespace asio = boost::asio;

asio::awaitable<void> WaitQueue::wait() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) {
        asio::any_io_executor executor = asio::get_associated_executor(handler);
        waiters_.push_back(Waiter{std::move(executor), std::move(handler)});
      },
      asio::use_awaitable);
}

asio::awaitable<void> WaitQueue::wait_in_front() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) {
        asio::any_io_executor executor = asio::get_associated_executor(handler);
        waiters_.push_front(Waiter{std::move(executor), std::move(handler)});
      },
      asio::use_awaitable);
}

void WaitQueue::notify_one() {
  if (waiters_.empty()) return;
  Waiter waiter = std::move(waiters_.front());
  waiters_.pop_front();
  // Through a lambda: in Boost 1.81 an any_completion_handler cannot be posted itself.
  asio::post(waiter.executor, [resume = std::move(waiter.resume)]() mutable { std::move(resume)(); });
}

void WaitQueue::notify_all() {
  for (std::size_t left = waiters_.size(); left > 0; --left) notify_one();
}

}  // namespace sv
