// The requests of a run as a time line and as distributions, for its report.
#pragma once

#include "base/time.hpp"
#include "domain/limits_now.hpp"
#include "domain/money.hpp"
#include "domain/usage.hpp"
#include "metrics/latency_histogram.hpp"
#include "ports/run_history.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sv::report {

// Some time of a run.
struct TimeSlice {
  std::uint64_t answers = 0;       // usable ones that came
  std::uint64_t failures = 0;      // requests that ended without
  std::uint64_t rate_limited = 0;  // of them: 429
  std::uint64_t in_flight_ms = 0;  // of all requests together: divided by the step it is how many there were
  // Rows that waited, by what for, summed over `samples`; index: domain::WaitReason.
  std::array<std::uint64_t, domain::kWaitReasons> waiting{};
  std::uint64_t samples = 0;

  TimeSlice& operator+=(const TimeSlice& other);
};

// At most kMost slices, each as long as the others: when a run gets longer than they reach, two become one.
class TimeLine {
 public:
  static constexpr std::size_t kMost = 240;
  static constexpr std::int64_t kFirstStepMs = 250;

  // Times from the start of the run; what lies before it counts as its beginning.
  void add_request(std::chrono::milliseconds sent, const ports::RequestRecord& request);
  void add_waits(std::chrono::milliseconds at, const std::vector<domain::ProviderLimits>& limits);
  // With what another one has; afterwards both have the longer step.
  void add(TimeLine other);

  std::int64_t step_ms() const { return step_ms_; }
  const std::vector<TimeSlice>& slices() const { return slices_; }

 private:
  TimeSlice& at(std::int64_t ms);
  void reach(std::int64_t step_ms);
  void halve();

  std::int64_t step_ms_ = kFirstStepMs;
  std::vector<TimeSlice> slices_;
};

// Counts by size, each class √2 times as wide as the one before.
class SizeClasses {
 public:
  void add(std::uint64_t size);
  // Upper bounds (inclusive) and counts, ascending, without empty classes.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> classes() const;

 private:
  std::map<int, std::uint64_t> counts_;
};

struct ProviderFigures {
  std::string name;
  std::string model;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  domain::Usage usage;
  domain::Costs cost;
  metrics::LatencyHistogram latency;
};

// Of one row: its requests, those of earlier processes of the run included.
struct RowFigures {
  std::uint32_t requests = 0;
  std::uint32_t latency_ms = 0;        // of its answer; 0: none came
  std::int64_t cost_trillionths = -1;  // of all of them; -1: not known
};

// Memory: a few hundred KB, and 60 bytes for each row that was asked about.
class RequestFigures {
 public:
  // `started_at`: when the process began whose time line it is; requests of earlier ones are in all figures
  // but that one.
  explicit RequestFigures(WallTime started_at) : started_at_(started_at) {}

  void add(const ports::RequestRecord& request);

  const TimeLine& time_line() const { return time_line_; }
  const SizeClasses& latencies() const { return latencies_; }  // ms, of usable answers
  const SizeClasses& costs() const { return costs_; }  // trillionths, of requests in the first currency
  const metrics::LatencyHistogram& latency() const { return latency_; }
  const std::map<std::string, std::uint64_t>& errors() const { return errors_; }
  const std::vector<ProviderFigures>& providers() const { return providers_; }
  const domain::Usage& usage() const { return usage_; }
  const domain::Costs& cost() const { return cost_; }
  std::uint64_t requests() const { return requests_; }
  std::uint64_t answers() const { return answers_; }
  std::uint64_t open() const { return open_; }
  std::uint64_t unpriced() const { return unpriced_; }  // requests that took tokens of no known price
  // Of the row of that number; zeros when nothing was asked.
  RowFigures of_row(std::uint64_t number) const;

 private:
  ProviderFigures& provider(const ports::RequestRecord& request);

  WallTime started_at_;
  TimeLine time_line_;
  SizeClasses latencies_;
  SizeClasses costs_;
  metrics::LatencyHistogram latency_;
  std::map<std::string, std::uint64_t> errors_;
  std::vector<ProviderFigures> providers_;
  domain::Usage usage_;
  domain::Costs cost_;
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t open_ = 0;
  std::uint64_t unpriced_ = 0;
  std::unordered_map<std::uint64_t, RowFigures> rows_;
};

}  // namespace sv::report
