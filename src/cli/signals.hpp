// SIGINT, SIGTERM and SIGHUP: the first ends the run well, the second at once.
//
//   running ──signal──▶ draining: nothing new is sent, what is in flight is awaited and kept
//   draining ──drain_timeout──▶ giving up: what is in flight is cancelled, the review is written
//   draining, giving up ──signal──▶ the process ends; answers that were committed are safe on disk
//   giving up ──kWritingTime──▶ likewise: the target does not take the review
//
// A SIGHUP that is ignored when the program starts (nohup) stays so.
#pragma once

#include "base/exit_code.hpp"
#include "base/stop_signal.hpp"
#include "base/time.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>

namespace sv::cli {

class StopSignals {
 public:
  // With the drain of 30 s that is the default this is shorter than what service managers allow (systemd: 90
  // s).
  static constexpr Duration kWritingTime = std::chrono::seconds(45);

  struct Hooks {
    std::function<std::uint64_t()> in_flight;  // requests that are awaited, for the message
    std::function<void()> before_exit;         // the process ends at once: the terminal's last moment
  };

  // `stop` outlives this.
  StopSignals(boost::asio::io_context& io, StopSignal& stop, Duration drain_timeout, Hooks hooks);

  // The run has ended: lets the event loop end too.
  void ignore();
  // 0, or the number of the first signal.
  int received() const { return received_; }
  ExitCode exit_code() const;

 private:
  void wait();
  void on_signal(int number);
  void give_up();
  [[noreturn]] void end_at_once();

  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  StopSignal& stop_;
  Duration drain_timeout_;
  Hooks hooks_;
  int received_ = 0;
};

}  // namespace sv::cli
