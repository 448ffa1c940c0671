// What an answer of one provider and model has taken of tokens and time with one rulebook, over all runs:
// what the next run will take is reckoned from it.
#pragma once

#include "base/time.hpp"
#include "domain/usage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::llm {

struct UsageHistory {
  std::uint64_t answers = 0;   // usable ones
  std::uint64_t requests = 0;  // with a bill, the unusable replies among them
  domain::Usage usage = {};    // of all these requests
  Duration latency{};          // of the answers, added up

  // A reply that the provider bills; `is_usable`: it was an answer.
  void note(const domain::Usage& billed, Duration took, bool is_usable);

  // "1 ANSWERS REQUESTS INPUT CACHED OUTPUT MILLISECONDS" and back; nothing for other texts.
  std::string encode() const;
  static std::optional<UsageHistory> decode(std::string_view text);

  // Old answers count less: the last thousands tell what the model is like now.
  static constexpr std::uint64_t kMostAnswers = 20'000;
};

// `revision`: of the question (QuestionBuilder).
std::string usage_fact_name(std::string_view base_url, std::string_view model, std::string_view revision);

}  // namespace sv::llm
