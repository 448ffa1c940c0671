#include "cli/signals.hpp"

#include "base/log.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

namespace sv::cli {

namespace {

bool is_ignored(int number) {
  struct sigaction action{};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopSignals::StopSignals(boost::asio::io_context& io, StopSignal& stop, Duration drain_timeout, Hooks hooks)
    : signals_(io, SIGINT, SIGTERM),
      timer_(io),
      stop_(stop),
      drain_timeout_(drain_timeout),
      hooks_(std::move(hooks)) {
  if (!is_ignored(SIGHUP)) signals_.add(SIGHUP);
  wait();
}

void StopSignals::ignore() {
  signals_.cancel();
  timer_.cancel();
}

ExitCode StopSignals::exit_code() const {
  if (received_ == SIGHUP) return ExitCode::hung_up;
  return received_ == SIGTERM ? ExitCode::terminated : ExitCode::interrupted;
}

void StopSignals::wait() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (!error) on_signal(number);
  });
}

void StopSignals::on_signal(int number) {
  if (received_ != 0) end_at_once();
  received_ = number;
  const std::uint64_t in_flight = hooks_.in_flight();
  log(LogLevel::warning, "finishing {} request{} (at most {:g} s), press Ctrl+C again to stop now", in_flight,
      in_flight == 1 ? "" : "s", to_seconds(drain_timeout_));
  stop_.request();
  timer_.expires_after(drain_timeout_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) give_up();
  });
  wait();
}

// No destructors: they would wait for what is to be abandoned. Committed answers are on disk already.
void StopSignals::end_at_once() {
  hooks_.before_exit();
  std::_Exit(static_cast<int>(exit_code()));
}

void StopSignals::give_up() {
  log(LogLevel::warning,
      "not all answers came in {:g} s: the others are given up, and what there is is written",
      to_seconds(drain_timeout_));
  stop_.abandon();
  timer_.expires_after(kWritingTime);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    log(LogLevel::error, "the review could not be written in {:g} s; run again to go on",
        to_seconds(kWritingTime));
    end_at_once();
  });
}

}  // namespace sv::cli
