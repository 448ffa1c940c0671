// The figures of a run, as plain values: what the closing summary shows, and what `--json` and
// `--metrics-file` write.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/usage.hpp"
#include "metrics/duration_buckets.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sv::metrics {

struct KindCount {
  ErrorKind kind = ErrorKind::io;
  std::uint64_t count = 0;
  bool operator==(const KindCount&) const = default;
};

// Of requests that gave a usable answer: a refusal that comes at once says nothing about how fast a model is.
struct LatencySummary {
  std::uint64_t count = 0;
  Duration p50{};
  Duration p95{};
  Duration p99{};
  Duration max{};
};

struct ProviderSummary {
  std::string name;
  std::uint64_t requests = 0;          // finished ones
  std::uint64_t failed = 0;            // of them: without a usable answer
  std::uint64_t cancelled = 0;         // of them: not needed any more, the other of two was quicker
  std::vector<KindCount> errors = {};  // `failed` by kind; in the order of ErrorKind, without zeros
  domain::Usage usage;
  std::uint64_t hedges = 0;      // requests about rows that were late
  std::uint64_t outages = 0;     // how often it did not answer any more
  Duration down{};               // how long, all together
  bool is_down = false;          // now
  std::string disabled_because;  // empty: used until the end
};

struct RunSummary {
  std::uint64_t rows = 0;  // as announced at the start, skipped ones included
  std::uint64_t judged = 0;
  std::uint64_t cached = 0;
  std::uint64_t unjudged = 0;
  std::uint64_t skipped = 0;
  std::uint64_t valid = 0;    // of judged and cached
  std::uint64_t invalid = 0;  // of judged and cached

  Duration wall_time{};  // from the start to the last event
  double rows_per_second = 0;

  std::uint64_t requests = 0;   // finished ones
  std::uint64_t in_flight = 0;  // now
  std::uint64_t max_in_flight = 0;
  std::uint64_t hedges = 0;     // of them: sent a second time about a row that was late
  std::uint64_t cancelled = 0;  // of them: not needed any more, the other of two was quicker
  LatencySummary latency;
  DurationBuckets durations;       // of the same requests as `latency`
  std::vector<KindCount> retries;  // by the reason for asking again; in the order of ErrorKind, without zeros
  std::vector<KindCount> errors;   // of requests; likewise
  domain::Usage usage;
  double cache_hit_rate = 0;               // ours: cached / (judged + cached + unjudged)
  double prompt_cache_hit_rate = 0;        // the providers': cached input tokens / input tokens
  std::vector<ProviderSummary> providers;  // in the order of their first event

  std::uint64_t finished() const { return judged + cached + unjudged + skipped; }
};

}  // namespace sv::metrics
