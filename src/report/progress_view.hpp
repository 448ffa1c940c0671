// The progress of a run on standard error.
//
//   terminal      one line, redrawn in place at most ten times a second, cut to the width of the terminal:
//                   \r status line \x1b[K          (draw)
//                   \r\x1b[K message \n status line (a log message: printed above)
//                   \r\x1b[K                        (finish: the line is gone)
//   anything else whole lines: at the start, then whenever both 30 s and a tenth of the rows have passed;
//                   no \r and no escape sequence ever
#pragma once

#include "base/log.hpp"
#include "base/time.hpp"
#include "domain/language.hpp"
#include "domain/limits_now.hpp"
#include "domain/money.hpp"
#include "ports/run_observer.hpp"
#include "report/rate_meter.hpp"
#include "report/terminal.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::report {

struct ProgressOptions {
  TerminalMode mode;
  domain::Language language = domain::Language::english;
  // The terminal's width, asked for each drawing.
  std::function<std::size_t()> columns = [] { return std::size_t{80}; };
  // How the limits are used, asked for each drawing.
  std::function<std::vector<domain::ProviderLimits>()> limits = [] {
    return std::vector<domain::ProviderLimits>();
  };
};

// Takes the bytes for standard error, whole messages at a time. Called under a lock: must not log.
using Writer = std::function<void(std::string_view)>;

// It has no thread and reads no clock: the event loop calls tick() about ten times a second. Observer calls,
// tick() and finish() belong to the event-loop thread; write() may be called from any thread (the sink is set
// for the whole program), which is what the lock is for. Install it with set_log_sink() and take it out
// before it dies.
class ProgressView final : public ports::RunObserver, public LogSink {
 public:
  ProgressView(Writer writer, ProgressOptions options);

  void tick(TimePoint now);
  // Takes the line away, so that the summary starts on a clean one. Log messages are still printed
  // afterwards.
  void finish();

  void on_run_started(std::uint64_t rows) override;
  void on_row_finished(const domain::Outcome& outcome) override;
  void on_request_started(std::string_view provider) override;
  void on_request_finished(const ports::RequestReport& report) override;
  void on_retry(ErrorKind reason, Duration delay) override;

  // LogSink. `message` has been made safe for terminals by the log.
  void write(LogLevel level, std::string_view message) override;

 private:
  std::string status_text(bool with_bar) const;
  std::string limits_text() const;
  void draw(TimePoint now);
  void print_plain(TimePoint now);

  const Writer writer_;
  const ProgressOptions options_;

  bool is_running_ = false;
  std::uint64_t rows_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t cached_ = 0;
  std::uint64_t unjudged_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t tokens_ = 0;
  domain::Costs cost_;
  RateMeter meter_;
  std::optional<TimePoint> printed_at_;
  std::uint64_t printed_done_ = 0;

  std::mutex mutex_;
  std::string line_;  // what stands on the terminal's last line; guarded by mutex_
};

}  // namespace sv::report
