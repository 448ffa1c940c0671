#include "llm/usage_forecast.hpp"

#include "llm/prompt_cache_keys.hpp"
#include "llm/prompt_cache_watch.hpp"

#include <algorithm>
#include <cmath>

namespace sv::llm {

namespace {

// Before the first answer it is reckoned that each row gets a rewrite of its own length (all that changes in
// a prompt from row to row) and two issues: 35 tokens each, and 20 for the braces and names around them. The
// simulated judge's answers to three real tables have 63 to 111 beside the rewrite (tests/e2e/plan_test).
// Sheets whose rows are mostly valid cost less.
constexpr double kOutputBesideRewrite = 20 + 2 * 35;
// Providers keep a prefix in such steps (openai-api.md §4).
constexpr std::uint64_t kCachedStep = 128;

std::uint64_t rounded(double tokens) { return static_cast<std::uint64_t>(std::llround(tokens)); }

}  // namespace

UsageForecast::UsageForecast(std::string_view base_url, std::string_view model,
                             const prompt::QuestionBuilder& question, ports::LearntFacts& facts,
                             std::uint32_t in_flight)
    : tokens_(base_url, model, question, facts), in_flight_(in_flight) {
  const auto fact = facts.recall(usage_fact_name(base_url, model, question.revision()));
  if (fact) history_ = UsageHistory::decode(*fact).value_or(UsageHistory{});
}

void UsageForecast::add(const domain::Row& row, std::string_view today) {
  ++rows_;
  input_ += tokens_.estimate(row, prompt::Correction::none, today);
}

UsageForecast::Expected UsageForecast::expected() const {
  Expected expected;
  const auto rows = static_cast<double>(rows_);
  const auto answers = static_cast<double>(history_.answers);
  const bool has_history = history_.answers > 0;
  const double requests_per_row = has_history ? static_cast<double>(history_.requests) / answers : 1;
  expected.history = history_.answers;
  expected.prefix_tokens = tokens_.estimate_prefix();
  expected.requests = rows * requests_per_row;
  expected.usage.input = rounded(static_cast<double>(input_) * requests_per_row);
  expected.usage.cached_input = std::min(expected.usage.input, cached_tokens(expected.requests));
  expected.usage.output = rounded(has_history ? rows * static_cast<double>(history_.usage.output) / answers
                                              : first_output_guess());
  if (has_history) expected.latency = history_.latency / static_cast<std::int64_t>(history_.answers);
  return expected;
}

double UsageForecast::first_output_guess() const {
  const auto rows = static_cast<double>(rows_);
  const double of_rows = static_cast<double>(input_) - rows * static_cast<double>(tokens_.estimate_prefix());
  return std::max(0.0, of_rows) + rows * kOutputBesideRewrite;
}

// All requests but those of the first wave, and the first of each cache key, find the prefix there. How many
// keys there will be depends on the pace, which nobody knows before the first run: as many as a minute's
// work for each would make.
std::uint64_t UsageForecast::cached_tokens(double requests) const {
  if (history_.requests > 0) {
    return rounded(requests * static_cast<double>(history_.usage.cached_input) /
                   static_cast<double>(history_.requests));
  }
  const std::uint64_t prefix = tokens_.estimate_prefix();
  if (prefix < kLeastCachedTokens || requests < 1) return 0;
  const double first_wave = std::min(in_flight_, requests / 2);
  const double keys = requests / static_cast<double>(PromptCacheKeys::kRequestsPerMinute);
  const std::uint64_t kept = prefix - prefix % kCachedStep;
  return rounded((requests - std::max(first_wave, keys)) * static_cast<double>(kept));
}

}  // namespace sv::llm
