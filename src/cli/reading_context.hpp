// What commands need that read a run's source and cache but are no run: an event loop that they drive
// themselves, and nobody who watches.
#pragma once

#include "base/clock.hpp"
#include "base/stop_signal.hpp"
#include "cli/assemble.hpp"
#include "metrics/run_metrics.hpp"
#include "sheets/call_quota.hpp"

#include <boost/asio/io_context.hpp>

namespace sv::cli {

struct ReadingContext {
  SystemClock clock;
  StopSignal stop;
  metrics::RunMetrics nobody{clock};
  boost::asio::io_context io{1};
  sheets::CallQuota quota{clock};

  // Both outlive the request, as does this.
  AssembleRequest request(const config::Settings& settings, const RunArguments& arguments) {
    return {.executor = io.get_executor(),
            .settings = settings,
            .arguments = arguments,
            .observer = nobody,
            .clock = clock,
            .stop = stop};
  }
};

}  // namespace sv::cli
