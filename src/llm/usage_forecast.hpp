// What asking about rows will take at one provider and model: from its history with this rulebook, else from
// first guesses.
#pragma once

#include "base/time.hpp"
#include "domain/row.hpp"
#include "domain/usage.hpp"
#include "llm/prompt_tokens.hpp"
#include "llm/usage_history.hpp"
#include "ports/learnt_facts.hpp"
#include "prompt/question.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::llm {

class UsageForecast {
 public:
  struct Expected {
    double requests = 0;              // those that are asked a second time among them
    domain::Usage usage = {};         // of all of them
    std::uint64_t prefix_tokens = 0;  // of each: what all requests begin with
    std::uint64_t history = 0;        // answers that this comes from; 0: first guesses
    std::optional<Duration> latency;  // of an answer; nothing: not known yet
  };

  // `question` and `facts` outlive it. `in_flight`: requests at the same time, which go without the
  // provider's prompt cache at the start.
  UsageForecast(std::string_view base_url, std::string_view model, const prompt::QuestionBuilder& question,
                ports::LearntFacts& facts, std::uint32_t in_flight);

  // `today` is a prompt::today_line().
  void add(const domain::Row& row, std::string_view today);
  Expected expected() const;

 private:
  double first_output_guess() const;
  std::uint64_t cached_tokens(double requests) const;

  PromptTokens tokens_;
  UsageHistory history_;
  double in_flight_;
  std::uint64_t rows_ = 0;
  std::uint64_t input_ = 0;
};

}  // namespace sv::llm
