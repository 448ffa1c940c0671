// The figures of a run, as plain values: what the closing summary shows, and what `--json` and
// `--metrics-file` write.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/limits_now.hpp"
#include "domain/money.hpp"
#include "domain/usage.hpp"
#include "metrics/duration_buckets.hpp"
#include "metrics/token_buckets.hpp"

#include <algorithm>
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

// What OpenTelemetry's conventions for generative AI want to know of a provider.
struct GenAiFigures {
  std::string model;          // as requested
  DurationBuckets durations;  // of requests with a usable answer
  DurationBuckets failures;   // of the others, those given up because a second one was quicker left out
  TokenBuckets input_tokens;  // of requests whose reply told them: those that are billed
  TokenBuckets output_tokens;
};

struct ProviderSummary {
  std::string name;
  std::uint64_t requests = 0;          // finished ones
  std::uint64_t failed = 0;            // of them: without a usable answer
  std::uint64_t cancelled = 0;         // of them: not needed any more, the other of two was quicker
  std::vector<KindCount> errors = {};  // `failed` by kind; in the order of ErrorKind, without zeros
  domain::Usage usage;
  std::uint64_t hedges = 0;           // requests about rows that were late
  std::uint64_t outages = 0;          // how often it did not answer any more
  Duration down{};                    // how long, all together
  bool is_down = false;               // now
  domain::Costs cost = {};            // of the requests whose price is known
  std::uint64_t unpriced_tokens = 0;  // of the others
  std::string unpriced_model = {};    // the last of these models; empty: all prices are known
  std::string disabled_because;       // empty: used until the end
  GenAiFigures gen_ai = {};
};

struct RunSummary {
  std::uint64_t rows = 0;  // as announced at the start, skipped ones included
  std::uint64_t judged = 0;
  std::uint64_t cached = 0;
  std::uint64_t decided = 0;  // by the settings' checks, without a model
  std::uint64_t unjudged = 0;
  std::uint64_t skipped = 0;
  std::uint64_t valid = 0;         // of judged and cached
  std::uint64_t invalid = 0;       // of judged and cached
  std::uint64_t needs_review = 0;  // likewise, neither valid nor invalid: the text speaks to the checker

  Duration wall_time{};  // from the start to the last event
  double rows_per_second = 0;
  Duration time_per_row{};  // wall time / finished rows; zero without rows

  std::uint64_t requests = 0;             // finished ones
  double success_rate = 0;                // of those not cancelled: with a usable answer; 0 without requests
  double rate_limited_per_1000_rows = 0;  // 429s per 1,000 finished rows
  double tokens_per_request = 0;          // input and output, of the requests that told their usage
  std::uint64_t batches = 0;              // of the Batch API that have ended; their rows are no requests
  std::uint64_t batch_answers = 0;
  std::uint64_t flex_requests = 0;  // billed at the flex tier
  domain::Costs flex_cost = {};     // of them, as far as the price is known; in `cost` too
  std::uint64_t in_flight = 0;      // now
  std::uint64_t max_in_flight = 0;
  std::uint64_t hedges = 0;     // of them: sent a second time about a row that was late
  std::uint64_t cancelled = 0;  // of them: not needed any more, the other of two was quicker
  LatencySummary latency;
  DurationBuckets durations;       // of the same requests as `latency`
  std::vector<KindCount> retries;  // by the reason for asking again; in the order of ErrorKind, without zeros
  std::vector<KindCount> errors;   // of requests; likewise
  domain::Usage usage;
  domain::Costs cost = {};                 // of the requests whose price is known
  std::uint64_t unpriced_tokens = 0;       // of the others
  double cache_hit_rate = 0;               // ours: cached / (judged + cached + unjudged)
  double prompt_cache_hit_rate = 0;        // the providers': cached input tokens / input tokens
  std::vector<ProviderSummary> providers;  // in the order of their first event
  // How the limits are used and what rows wait for, now: filled in by whoever knows the limiters.
  std::vector<domain::ProviderLimits> limits = {};

  std::uint64_t finished() const { return judged + cached + decided + unjudged + skipped; }
  // Requests that ended with such an error.
  std::uint64_t errors_of(ErrorKind kind) const {
    const auto found = std::ranges::find(errors, kind, &KindCount::kind);
    return found == errors.end() ? 0 : found->count;
  }
};

}  // namespace sv::metrics
