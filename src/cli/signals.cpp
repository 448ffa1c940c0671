#include "cli/signals.hpp"

#include "base/log.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>

namespace sv::cli {

namespace {
// Longer than usual requests take, shorter than what service managers allow (systemd: 90 s).
constexpr std::chrono::seconds kDrainTime(30);
}  // namespace

StopSignals::StopSignals(boost::asio::io_context& io, StopSignal& stop)
    : signals_(io, SIGINT, SIGTERM), drain_timer_(io), stop_(stop) {
  wait();
}

void StopSignals::ignore() {
  signals_.cancel();
  drain_timer_.cancel();
}

ExitCode StopSignals::exit_code() const {
  return received_ == SIGTERM ? ExitCode::terminated : ExitCode::interrupted;
}

void StopSignals::wait() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (!error) on_signal(number);
  });
}

void StopSignals::on_signal(int number) {
  // No destructors: they would wait for what is to be abandoned. Committed answers are on disk already.
  if (received_ != 0) std::_Exit(static_cast<int>(exit_code()));
  received_ = number;
  stop_.request();
  log(LogLevel::warning, "stopping: waiting up to {} s for the answers in flight (again to end at once)",
      kDrainTime.count());
  drain_timer_.expires_after(kDrainTime);
  drain_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) std::_Exit(static_cast<int>(exit_code()));
  });
  wait();
}

}  // namespace sv::cli
