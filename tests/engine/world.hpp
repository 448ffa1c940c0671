// The world of a run in memory and in virtual time; what differs from test to test is the target.
#pragma once

#include "engine/fakes.hpp"
#include "engine/run.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace sv::engine {

struct World {
  boost::asio::io_context io;
  support::VirtualClock clock;
  fakes::Source source;
  fakes::Cache cache{io, clock};
  fakes::Llm llm{clock};
  fakes::Keys keys;
  domain::Rulebook rulebook;
  fakes::Watch watch;
  StopSignal stop;
  fakes::Journal journal;
  ports::QuestionClaims* claims = nullptr;
  fakes::Faults faults;  // of whichever ports were told of it

  explicit World(std::vector<domain::Row> rows, bool has_identifiers = false)
      : source(std::move(rows), has_identifiers) {}

  RunContext context(ports::OutcomeSink& to) {
    return {.executor = io.get_executor(),
            .source = source,
            .sink = to,
            .cache = cache,
            .llm = llm,
            .keys = keys,
            .rulebook = rulebook,
            .observer = watch,
            .clock = clock,
            .stop = stop,
            .journal = &journal,
            .claims = claims};
  }

  // A run to its end; may be called again, as on another day. `meanwhile` goes on beside it and must end by
  // itself.
  RunResult run_into(ports::OutcomeSink& to, RunOptions options = {},
                     std::optional<boost::asio::awaitable<void>> meanwhile = std::nullopt) {
    source.reopen();
    std::optional<RunResult> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(io, run(context(to), options), [&](std::exception_ptr error, RunResult value) {
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
};

}  // namespace sv::engine
