// What the progress of a run says: its figures as a block of lines, or as one line. Pure.
//
//   ████████████░░░░░░░░░░░░  4 211/10 000  42.1 %  16.4 rows/s  ETA 5 min 53 s
//   in flight 64/64  RPM 97.0 %  TPM 45.2 %  429s 18  oldest 4 s  retries 23
//   $1.85 of about $4.39  cached 2 100  prompt cache 60.0 %  tokens 9.4M
//   openai: pause of 12 s after a 429  backup: steps in
//   waits for the pause after a 429  unjudged 3  to look at 12
#pragma once

#include "base/time.hpp"
#include "domain/language.hpp"
#include "domain/limits_now.hpp"
#include "domain/money.hpp"
#include "report/block_layout.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::report {

// Of the Batch API, at a provider.
struct BatchesUnderWay {
  std::uint64_t batches = 0;
  std::uint64_t rows = 0;
};

// A run at a moment.
struct LiveFigures {
  std::uint64_t rows = 0;
  std::uint64_t done = 0;
  double rows_per_second = 0;
  std::optional<Duration> time_left = std::nullopt;
  std::uint64_t in_flight = 0;
  std::uint64_t rate_limited = 0;  // requests that ended with a 429
  std::uint64_t retries = 0;
  std::uint64_t cached = 0;
  std::uint64_t unjudged = 0;
  std::uint64_t needs_review = 0;
  std::uint64_t tokens = 0;
  std::optional<double> prompt_cache_share = std::nullopt;  // of the input tokens; nothing: none yet
  domain::Costs cost = {};
  std::optional<domain::Money> cost_of_run = std::nullopt;  // as it is expected
  std::vector<domain::ProviderLimits> limits = {};
  BatchesUnderWay batches = {};
  bool is_stopping = false;
};

// At most kMostLines.
inline constexpr std::size_t kMostLines = 6;
std::vector<std::string> live_block(const LiveFigures& figures, BlockSize size, bool with_color,
                                    domain::Language language);

// The same in a line of any length, for logs.
std::string progress_line(const LiveFigures& figures, domain::Language language);

}  // namespace sv::report
