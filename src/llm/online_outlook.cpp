#include "llm/online_outlook.hpp"

#include "llm/usage_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace sv::llm {

namespace {

// Fewer answers than these say little about the slow ones.
constexpr std::uint64_t kAnswersEnough = 20;

std::string fact_name(std::string_view base_url, std::string_view model) {
  return fmt::format("limits/{}/{}", base_url, model);
}

std::optional<std::uint64_t> known(std::uint64_t figure) {
  return figure == 0 ? std::nullopt : std::optional(figure);
}

}  // namespace

void remember_limits(ports::LearntFacts& facts, std::string_view base_url, std::string_view model,
                     const LearntLimits& limits) {
  if (!limits.rpm && !limits.tpm) return;
  facts.remember(fact_name(base_url, model),
                 fmt::format("1 {} {}", limits.rpm.value_or(0), limits.tpm.value_or(0)));
}

LearntLimits recall_limits(const ports::LearntFacts& facts, std::string_view base_url,
                           std::string_view model) {
  const std::optional<std::string> fact = facts.recall(fact_name(base_url, model));
  if (!fact) return {};
  std::array<std::uint64_t, 3> figures{};
  std::string_view text = *fact;
  for (std::uint64_t& figure : figures) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), figure);
    if (error != std::errc()) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  const auto& [version, rpm, tpm] = figures;
  if (version != 1 || !text.empty()) return {};
  return {.rpm = known(rpm), .tpm = known(tpm)};
}

domain::OnlinePace cautious_pace(const ports::LearntFacts& facts, const OutlookQuestion& question) {
  const LearntLimits learnt = recall_limits(facts, question.base_url, question.model);
  domain::OnlinePace pace{.latency = kCautiousLatency,
                          .requests_per_row = kCautiousRequestsPerRow,
                          .tokens_per_request = question.charge_per_request,
                          .rpm = question.given.rpm ? question.given.rpm : learnt.rpm,
                          .tpm = question.given.tpm ? question.given.tpm : learnt.tpm};
  if (!pace.rpm) pace.rpm = kCautiousRequestsPerMinute;
  const auto fact = facts.recall(usage_fact_name(question.base_url, question.model, question.revision));
  const UsageHistory history = fact ? UsageHistory::decode(*fact).value_or(UsageHistory{}) : UsageHistory{};
  if (history.answers < kAnswersEnough) return pace;
  pace.latency = history.latency / static_cast<std::int64_t>(history.answers);
  pace.requests_per_row = static_cast<double>(history.requests) / static_cast<double>(history.answers);
  return pace;
}

}  // namespace sv::llm
