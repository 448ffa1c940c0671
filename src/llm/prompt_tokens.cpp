#include "llm/prompt_tokens.hpp"

#include "base/log.hpp"
#include "prompt/response_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace sv::llm {

namespace {

constexpr std::uint64_t kCharactersPerToken = 4;

// Providers put the schema before the system message and count it. One that gets none, because it refused it,
// shows that in its first replies.
cost::TextFeatures with_schema(cost::TextFeatures system_text) {
  return system_text += cost::count_features(prompt::kResponseSchema);
}

}  // namespace

PromptTokens::PromptTokens(std::string_view base_url, std::string_view model,
                           const prompt::QuestionBuilder& question, ports::LearntFacts& facts)
    : question_(question),
      facts_(facts),
      fact_name_(fmt::format("tokens/{}/{}", base_url, model)),
      system_text_(cost::count_features(question.system_text())),
      estimator_(model, with_schema(system_text_)) {
  const std::optional<std::string> fact = facts_.recall(fact_name_);
  if (fact && !estimator_.recall(*fact)) {
    log(LogLevel::debug, "what was learnt about the tokens of {} cannot be used; learning anew", model);
  }
  saved_at_ = estimator_.learnt_from();
}

// The message as it is sent but for its random mark: that is noise of a token or two.
cost::TextFeatures PromptTokens::features_of(const domain::Row& row, prompt::Correction correction,
                                             std::string_view today) {
  text_.clear();
  question_.append_user_text(text_, row, "", prompt::RowCode::derive("", ""), today, correction);
  return cost::count_features(text_);
}

std::uint64_t PromptTokens::estimate(const domain::Row& row, prompt::Correction correction,
                                     std::string_view today) {
  return estimator_.estimate(features_of(row, correction, today));
}

std::uint64_t PromptTokens::reckon(const domain::Row& row, prompt::Correction correction,
                                   std::string_view today) {
  const cost::TextFeatures features = features_of(row, correction, today);
  const std::uint64_t characters = system_text_.characters + features.characters;
  return std::max(estimator_.estimate(features), characters / kCharactersPerToken + 1);
}

void PromptTokens::learn(const domain::Row& row, prompt::Correction correction, std::string_view today,
                         std::uint64_t counted) {
  if (counted == 0) return;
  estimator_.learn(features_of(row, correction, today), counted);
  if (estimator_.learnt_from() >= saved_at_ + kSaveEvery) save();
}

void PromptTokens::save() {
  if (estimator_.learnt_from() == saved_at_) return;
  saved_at_ = estimator_.learnt_from();
  facts_.remember(fact_name_, estimator_.encode());
}

}  // namespace sv::llm
