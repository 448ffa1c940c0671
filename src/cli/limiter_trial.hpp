// How well the limits of a simulated provider are used: a run in virtual time against one kind of limiter,
// compared with what nobody can beat.
#pragma once

#include "cli/assemble_simulated.hpp"
#include "sim/dialect.hpp"
#include "sim/rate_limiter.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::cli {

struct LimiterTrial {
  std::string name;
  sim::LimiterKind limiter = sim::LimiterKind::bucket60;
  sim::LimitHeaders headers = sim::LimitHeaders::enforced;
  sim::Dialect dialect = sim::Dialect::openai;
  bool rejects_count = false;
  std::uint64_t rpm = 500;
  std::uint64_t rows = 3'000;
  // What is known beforehand; empty: no configuration but the key.
  std::optional<std::uint64_t> given_rpm = std::nullopt;
  std::optional<std::uint32_t> workers = std::nullopt;
};

struct LimiterResult {
  double makespan_over_ideal = 0;
  double refused_per_thousand = 0;  // 429s per 1,000 rows
  bool is_complete = false;         // every row was judged, and answered once
};

// Latency is lognormal, median 3 s, sigma 0.5 (pacing.md section 3). The ideal sends every request at the
// very moment when the limiter lets it through, with the same latencies.
LimiterResult play_trial(const LimiterTrial& trial, std::uint64_t seed);

// Medians of the seeds 1 to `seeds`; complete only when all are.
LimiterResult median_trial(const LimiterTrial& trial, std::uint64_t seeds);

}  // namespace sv::cli
