// Counts a run.
#pragma once

#include "base/time.hpp"
#include "metrics/latency_histogram.hpp"
#include "metrics/run_summary.hpp"
#include "ports/run_observer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sv {
class Clock;
}

namespace sv::metrics {

// Memory is bounded by the number of providers, never by rows or requests; an event costs well under a
// microsecond. Event-loop thread only.
class RunMetrics final : public ports::RunObserver {
 public:
  // The clock must outlive this. The run's time begins here, again at on_run_started(), and ends with the
  // last event.
  explicit RunMetrics(const Clock& clock);

  void on_run_started(std::uint64_t rows) override;
  void on_row_finished(const domain::Outcome& outcome) override;
  void on_request_started(std::string_view provider) override;
  void on_request_finished(const ports::RequestReport& report) override;
  // Tokens and money only: its rows are counted when they are finished.
  void on_batch_finished(const ports::BatchReport& report) override;
  void on_hedge(std::string_view provider) override;
  void on_retry(ErrorKind reason, Duration delay) override;
  void on_provider_resting(std::string_view provider, const Error& last_failure) override;
  void on_provider_back(std::string_view provider, Duration after) override;
  void on_provider_disabled(std::string_view provider, const Error& error) override;

  // The figures so far: may be asked at any time.
  RunSummary summary() const;
  std::uint64_t in_flight() const { return in_flight_; }
  std::uint64_t retries() const { return retry_count_; }

 private:
  static constexpr std::size_t kErrorKinds = static_cast<std::size_t>(ErrorKind::io) + 1;
  using Counts = std::array<std::uint64_t, kErrorKinds>;

  static std::vector<KindCount> nonzero(const Counts& counts);
  void count_cost(const ports::RequestReport& report, ProviderSummary& used);
  // Its position in totals_.providers; added if new.
  std::size_t provider(std::string_view name);

  const Clock* clock_;
  TimePoint started_at_;
  TimePoint last_event_at_;
  RunSummary totals_;  // the counters in it; rates and percentiles are worked out in summary()
  LatencyHistogram latency_;
  Counts retries_{};
  Counts errors_{};
  std::vector<Counts> provider_errors_;  // in the order of totals_.providers
  std::uint64_t retry_count_ = 0;
  std::uint64_t counted_requests_ = 0;  // whose reply told the usage
  std::uint64_t batch_tokens_ = 0;
  std::uint64_t in_flight_ = 0;
};

}  // namespace sv::metrics
