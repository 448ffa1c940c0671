// What earlier runs have taught about how fast a provider and model answers, for what must be known before a
// run: by when its batches must be given up, and how long `plan` says that it takes.
#pragma once

#include "domain/limits_now.hpp"
#include "domain/online_pace.hpp"
#include "ports/learnt_facts.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sv::llm {

// The provider's limits as they were given, heard or found out, "1 RPM TPM" (0: not known).
struct LearntLimits {
  std::optional<std::uint64_t> rpm = std::nullopt;
  std::optional<std::uint64_t> tpm = std::nullopt;
  bool operator==(const LearntLimits&) const = default;
};
void remember_limits(ports::LearntFacts& facts, std::string_view base_url, std::string_view model,
                     const LearntLimits& limits);
LearntLimits recall_limits(const ports::LearntFacts& facts, std::string_view base_url,
                           std::string_view model);

// When nothing is known: a slow model behind the smallest limit that is usual (openai-api.md section 6.1),
// with two of ten rows asked again.
inline constexpr Duration kCautiousLatency = std::chrono::seconds(15);
inline constexpr std::uint64_t kCautiousRequestsPerMinute = 500;
inline constexpr double kCautiousRequestsPerRow = 1.2;

struct OutlookQuestion {
  std::string_view base_url;
  std::string_view model;
  std::string_view revision;      // of the question
  LearntLimits given = {};        // by the settings; these win
  double charge_per_request = 0;  // LLM tokens against the limit
};
// Never faster than what is known; slower where nothing is.
domain::OnlinePace cautious_pace(const ports::LearntFacts& facts, const OutlookQuestion& question);

}  // namespace sv::llm
