// What the prompts of one provider and model are reckoned to have of LLM tokens: before sending by estimate,
// calibrated with what each reply says was counted, and remembered for later runs.
#pragma once

#include "cost/token_estimator.hpp"
#include "domain/row.hpp"
#include "ports/learnt_facts.hpp"
#include "prompt/question.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sv::llm {

// Single-threaded. The question and the facts outlive it. A call takes a few microseconds: the constant part
// of the prompt is counted once, here only the row's.
class PromptTokens {
 public:
  PromptTokens(std::string_view base_url, std::string_view model, const prompt::QuestionBuilder& question,
               ports::LearntFacts& facts);

  // Our estimate of what the provider will count.
  std::uint64_t estimate(const domain::Row& row, prompt::Correction correction, std::string_view today);

  // Of that, what is the same in every request: instructions, rulebook, schema.
  std::uint64_t estimate_prefix() const { return estimator_.estimate({}); }

  // What the provider may reckon against its limits before it counts: the larger of our estimate and the
  // characters / 4 by which OpenAI reckons before it counts (openai-api.md §6.1): whichever the provider goes
  // by, no more is sent than it allows.
  std::uint64_t reckon(const domain::Row& row, prompt::Correction correction, std::string_view today);

  // The provider counted so many for that row's prompt; 0: it did not say.
  void learn(const domain::Row& row, prompt::Correction correction, std::string_view today,
             std::uint64_t counted);

  // Hands what was learnt to the facts. Done by itself after each kSaveEvery replies; call it at the end.
  void save();

  static constexpr std::uint64_t kSaveEvery = 500;

 private:
  cost::TextFeatures features_of(const domain::Row& row, prompt::Correction correction,
                                 std::string_view today);

  const prompt::QuestionBuilder& question_;
  ports::LearntFacts& facts_;
  std::string fact_name_;
  cost::TextFeatures system_text_;
  cost::TokenEstimator estimator_;
  std::uint64_t saved_at_ = 0;  // replies that had been learnt from
  std::string text_;            // reused
};

}  // namespace sv::llm
