// A coroutine to its end on an event loop that does nothing else: for commands that are no run.
#pragma once

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace sv::cli {

template <typename T>
boost::asio::awaitable<void> keep_result(boost::asio::awaitable<Result<T>> task,
                                         std::optional<Result<T>>* result) {
  result->emplace(co_await std::move(task));
}

// Results may come from another thread (the store's): the loop goes until the coroutine has ended.
template <typename T>
Result<T> wait_for(boost::asio::io_context& io, boost::asio::awaitable<Result<T>> task) {
  std::optional<Result<T>> result;
  std::exception_ptr failure;
  io.restart();
  boost::asio::co_spawn(io, keep_result(std::move(task), &result), [&](std::exception_ptr error) {
    failure = std::move(error);
    io.stop();
  });
  const auto working = boost::asio::make_work_guard(io);
  io.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace sv::cli
