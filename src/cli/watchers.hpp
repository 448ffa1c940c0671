// Everything that watches a run, and what is said about it while it goes on and at the end.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/stop_signal.hpp"
#include "cli/arguments.hpp"
#include "cli/observers.hpp"
#include "cli/row_lines.hpp"
#include "engine/run.hpp"
#include "metrics/metrics_file.hpp"
#include "metrics/run_metrics.hpp"
#include "report/outcome_list.hpp"
#include "report/progress_view.hpp"
#include "report/terminal.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sv::cli {

// Tells at once of a provider that is left out, and remembers what went wrong last, for the exit code of a
// run in vain.
class ProviderTroubles final : public ports::RunObserver {
 public:
  void on_request_finished(const ports::RequestReport& report) override {
    if (report.error && *report.error != ErrorKind::cancelled) last_ = report.error;
  }
  void on_provider_resting(std::string_view provider, const Error& last_failure) override {
    log(LogLevel::warning,
        "provider {} does not answer ({}); its rows wait or go to the next provider until it does", provider,
        last_failure.message);
  }
  void on_provider_back(std::string_view provider, Duration after) override {
    log(LogLevel::warning, "provider {} answers again, after {:.0f} s", provider, to_seconds(after));
  }
  void on_provider_disabled(std::string_view provider, const Error& error) override {
    log(LogLevel::warning, "provider {} is not asked any more in this run: {}", provider, error.message);
  }
  std::optional<ErrorKind> last() const { return last_; }

 private:
  std::optional<ErrorKind> last_;
};

// How often `--json` tells how the limits are used.
constexpr Duration kLimitsPeriod = std::chrono::seconds(10);

// Due when a period has passed since the last time; the first one begins with the first question.
class Every {
 public:
  explicit Every(Duration period) : period_(period) {}
  bool is_due(TimePoint now) {
    if (!last_) last_ = now;
    if (now - *last_ < period_) return false;
    last_ = now;
    return true;
  }

 private:
  Duration period_;
  std::optional<TimePoint> last_;
};

// Everything that watches a run, and what is said about it at the end.
class Watchers {
 public:
  // Everything outlives the watchers.
  Watchers(const RunArguments& arguments, const Clock& clock, const StopSignal& stop,
           report::TerminalMode mode);
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;
  ~Watchers() {
    view_.finish();
    set_log_sink(nullptr);
  }

  ports::RunObserver& observer() { return observers_; }
  // One more; not owned. Before the run starts.
  void add(ports::RunObserver& observer) { observers_.add(observer); }
  // Asked until the run has been told; until it is set no limit is known.
  void set_limits(std::function<std::vector<domain::ProviderLimits>()> limits) {
    limits_ = std::move(limits);
  }
  // Likewise, until they are set there are none.
  void set_batches(std::function<report::BatchesUnderWay()> batches) { batches_ = std::move(batches); }
  void tick(TimePoint now);
  // Takes the progress off the terminal: the process is about to end.
  void leave() { view_.finish(); }
  std::uint64_t in_flight() const { return metrics_.in_flight(); }
  std::uint64_t invalid_rows() const { return metrics_.summary().invalid; }
  std::optional<ErrorKind> last_error() const { return troubles_.last(); }
  // In Prometheus' text format.
  std::string figures() const;

  void tell(const engine::RunResult& result, const std::string& target);

 private:
  metrics::RunSummary summary() const;

  report::ProgressOptions view_options(report::TerminalMode mode) const;

  const RunArguments& arguments_;
  report::TerminalMode mode_;
  std::function<std::vector<domain::ProviderLimits>()> limits_;
  std::function<report::BatchesUnderWay()> batches_;
  const StopSignal& stop_;
  Every limits_told_{kLimitsPeriod};
  metrics::RunMetrics metrics_;
  report::OutcomeList list_;
  ProviderTroubles troubles_;
  report::ProgressView view_;
  RowLines lines_{stdout};
  std::optional<metrics::MetricsFile> file_;
  Observers observers_;
};

}  // namespace sv::cli
