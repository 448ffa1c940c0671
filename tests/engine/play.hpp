// A run to its end in virtual time.
#pragma once

#include "engine/run.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <utility>

namespace sv::engine {

// `meanwhile` goes on beside the run and must end by itself.
inline RunResult play_to_end(boost::asio::io_context& io, support::VirtualClock& clock,
                             const RunContext& context, RunOptions options = {},
                             std::optional<boost::asio::awaitable<void>> meanwhile = std::nullopt) {
  std::optional<RunResult> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, run(context, options), [&](std::exception_ptr error, RunResult value) {
    failure = std::move(error);
    result = std::move(value);
  });
  if (meanwhile) {
    boost::asio::co_spawn(io, std::move(*meanwhile), [&](std::exception_ptr error) {
      if (error) failure = std::move(error);
    });
  }
  support::run_until_idle(io, clock);
  if (failure) std::rethrow_exception(failure);
  EXPECT_TRUE(result.has_value()) << "the run hangs";
  return result.value_or(RunResult{});
}

}  // namespace sv::engine
