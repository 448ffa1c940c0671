// SIGINT and SIGTERM: the first ends the run well, the second at once.
//
//   running ──signal──▶ draining: nothing new is sent, what is in flight is awaited and kept
//   draining ──signal, or kDrainTime──▶ the process ends; answers that were committed are safe on disk
#pragma once

#include "base/exit_code.hpp"
#include "base/stop_signal.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace sv::cli {

class StopSignals {
 public:
  // `stop` outlives this.
  StopSignals(boost::asio::io_context& io, StopSignal& stop);

  // The run has ended: lets the event loop end too.
  void ignore();
  // 0, or the number of the first signal.
  int received() const { return received_; }
  ExitCode exit_code() const;

 private:
  void wait();
  void on_signal(int number);

  boost::asio::signal_set signals_;
  boost::asio::steady_timer drain_timer_;
  StopSignal& stop_;
  int received_ = 0;
};

}  // namespace sv::cli
