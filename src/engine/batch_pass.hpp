// The part of a run that comes before run(): questions without an answer go to the provider's Batch API, and
// what comes back goes to the answer cache. run() then finds it there, asks one by one about what is left,
// and places and writes as ever: so target, cache and report cannot be others than online.
//
//   resume ─▶ source ▸ look-up ▸ add, send (until no row is left) ─▶ collect ▸ commit ▸ close ─▶ again
#pragma once

#include "engine/run.hpp"
#include "ports/batch_judge.hpp"

#include <boost/asio/awaitable.hpp>

namespace sv::engine {

// `may_wait`: for batches that are under way. Otherwise, and when the run is stopped, it ends without run()
// and can go on later. Reads the source from its beginning as often as there are batches to fill.
boost::asio::awaitable<RunResult> run_in_batches(RunContext context, RunOptions options,
                                                 ports::BatchJudge& batches, bool may_wait);

}  // namespace sv::engine
