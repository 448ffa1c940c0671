// The part of a run that comes before run(): questions without an answer go to the provider's Batch API, and
// what comes back goes to the answer cache. run() then finds it there, asks one by one about what is left,
// and places and writes as ever: so target, cache and report cannot be others than online.
//
//   resume ─▶ source ▸ look-up ▸ add, send (until no row is left) ─▶ collect ▸ commit ▸ close ─▶ again
//
// With a deadline (batch_deadline.hpp) what has not ended in time is cancelled, what it has done is taken,
// and run() asks about the rest early enough to be over in time.
#pragma once

#include "engine/batch_deadline.hpp"
#include "engine/run.hpp"
#include "ports/batch_judge.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace sv::engine {

struct BatchPassOptions {
  // For batches that are under way. Otherwise, and when the run is stopped, it ends without run() and can go
  // on later. With a deadline whose time has come it waits all the same, for minutes.
  bool may_wait = true;
  std::optional<BatchDeadline> deadline = std::nullopt;
};

// Reads the source from its beginning as often as there are batches to fill.
boost::asio::awaitable<RunResult> run_in_batches(RunContext context, RunOptions options,
                                                 ports::BatchJudge& batches, BatchPassOptions pass);

}  // namespace sv::engine
