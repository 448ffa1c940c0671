// What an answer of one provider and model has taken of tokens and time with one rulebook, over all runs:
// what the next run will take is reckoned from it, and how much room a reply needs.
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
  // Output tokens of the longest usable answer since the figures were halved last, and of the longest before.
  std::uint64_t longest_output = 0;
  std::uint64_t longest_output_before = 0;

  // A reply that the provider bills; `is_usable`: it was an answer.
  void note(const domain::Usage& billed, Duration took, bool is_usable);

  // Output tokens that the reply about a row of `row_tokens` needs at most, as far as is known: twice the
  // longest answer, and the row once more, since a rewrite is about as long as what it rewrites and the
  // answers so far may have had none. A tighter cap holds back less of the token limit and of the money.
  // Nothing: too few answers were seen.
  std::optional<std::uint64_t> learnt_completion_cap(std::uint64_t row_tokens) const;

  // "2 ANSWERS REQUESTS INPUT CACHED OUTPUT MILLISECONDS LONGEST LONGEST_BEFORE" and back; nothing for other
  // texts. Version 1 had no longest answers.
  std::string encode() const;
  static std::optional<UsageHistory> decode(std::string_view text);

  // Old answers count less: the last thousands tell what the model is like now.
  static constexpr std::uint64_t kMostAnswers = 20'000;
  // Before that many answers the cap of the settings stands.
  static constexpr std::uint64_t kAnswersForCap = 50;
};

// `revision`: of the question (QuestionBuilder).
std::string usage_fact_name(std::string_view base_url, std::string_view model, std::string_view revision);

}  // namespace sv::llm
