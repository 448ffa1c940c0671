// The progress of a run on standard error.
//
//   terminal      a block of at most six lines (live_block.hpp), redrawn in place at most ten times a second.
//                 Between two drawings the cursor stands at the block's first character:
//                   \r line \x1b[K \n line … \x1b[J, then up again      (draw)
//                   \r\x1b[J message \n and the block                    (a log message: printed above)
//                   \r\x1b[J                                             (finish: the block is gone)
//                 Terminals take the cursor along with its character when they break their lines anew for
//                 another width, so what is erased is always the block and never what stands above it. While
//                 it is drawn, lines do not wrap (\x1b[?7l), should the terminal be narrower than it said.
//   anything else whole lines: at the start, then whenever both 30 s and a tenth of the rows have passed;
//                   no \r and no escape sequence ever
#pragma once

#include "base/log.hpp"
#include "base/time.hpp"
#include "domain/language.hpp"
#include "domain/limits_now.hpp"
#include "domain/money.hpp"
#include "ports/run_observer.hpp"
#include "report/live_block.hpp"
#include "report/rate_meter.hpp"
#include "report/run_forecast.hpp"
#include "report/terminal.hpp"
#include "report/troubles.hpp"

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
  // The terminal, asked for each drawing.
  std::function<TerminalSize()> size = [] { return TerminalSize{}; };
  // How the limits are used, asked for each drawing.
  std::function<std::vector<domain::ProviderLimits>()> limits = [] {
    return std::vector<domain::ProviderLimits>();
  };
  // Likewise: the batches at a provider, and whether the run is to end.
  std::function<BatchesUnderWay()> batches = [] { return BatchesUnderWay{}; };
  std::function<bool()> is_stopping = [] { return false; };
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
  // Takes the block away, so that what comes next starts on a clean line. Log messages are still printed
  // afterwards.
  void finish();

  void on_run_started(std::uint64_t rows) override;
  void on_row_queued() override;
  void on_row_finished(const domain::Outcome& outcome) override;
  void on_request_started(std::string_view provider) override;
  void on_request_finished(const ports::RequestReport& report) override;
  void on_batch_finished(const ports::BatchReport& report) override;
  void on_retry(ErrorKind reason, Duration delay) override;

  // LogSink. `message` has been made safe for terminals by the log.
  void write(LogLevel level, std::string_view message) override;

 private:
  LiveFigures figures() const;
  void count(const domain::Usage& usage, const std::optional<domain::Money>& cost);
  void draw(TimePoint now);
  void print_plain(TimePoint now);
  std::string_view erasing() const;

  const Writer writer_;
  const ProgressOptions options_;

  bool is_running_ = false;
  LiveFigures counts_;  // what is counted here; the others are asked for
  std::uint64_t input_tokens_ = 0;
  std::uint64_t cached_tokens_ = 0;
  RateMeter meter_;
  RunForecast forecast_;
  Troubles troubles_;
  TerminalSize drawn_size_;
  std::optional<TimePoint> printed_at_;
  std::uint64_t printed_done_ = 0;

  std::mutex mutex_;
  std::string
      block_;  // the bytes that draw what stands on the terminal; empty: nothing does; guarded by mutex_
};

}  // namespace sv::report
