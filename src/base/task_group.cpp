#include "base/task_group.hpp"

#include "base/assert.hpp"

#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace sv {

TaskGroup::TaskGroup(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

TaskGroup::~TaskGroup() { SV_ASSERT(running_ == 0, "a task group is joined before it dies"); }

void TaskGroup::spawn(boost::asio::awaitable<void> task) {
  ++running_;
  boost::asio::co_spawn(executor_, std::move(task), [this](const std::exception_ptr& exception) {
    if (exception && !first_exception_) first_exception_ = exception;
    --running_;
    if (running_ == 0) finished_.notify_all();
  });
}

boost::asio::awaitable<void> TaskGroup::join() {
  while (running_ > 0) {
    co_await finished_.wait();
  }
  if (first_exception_) std::rethrow_exception(std::exchange(first_exception_, nullptr));
}

}  // namespace sv
