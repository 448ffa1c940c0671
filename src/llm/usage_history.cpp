#include "llm/usage_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <span>

namespace sv::llm {

namespace {

constexpr std::size_t kRevisionDigits = 16;
// Twenty thousand answers of a million tokens each are far below.
constexpr std::uint64_t kMost = std::uint64_t{1} << 50U;
// Learnt caps are multiples of it, and none is below it.
constexpr std::uint64_t kCapStep = 128;

}  // namespace

void UsageHistory::note(const domain::Usage& billed, Duration took, bool is_usable) {
  if (billed == domain::Usage{}) return;
  if (answers >= kMostAnswers) {
    for (std::uint64_t* figure : {&answers, &requests, &usage.input, &usage.cached_input, &usage.output}) {
      *figure /= 2;
    }
    latency /= 2;
    longest_output_before = longest_output;
    longest_output = 0;
  }
  ++requests;
  usage += billed;
  if (!is_usable) return;
  ++answers;
  latency += took;
  longest_output = std::max(longest_output, billed.output);
}

std::optional<std::uint64_t> UsageHistory::learnt_completion_cap(std::uint64_t row_tokens) const {
  const std::uint64_t longest = std::max(longest_output, longest_output_before);
  if (answers < kAnswersForCap || longest == 0) return std::nullopt;
  return ((2 * longest + row_tokens) / kCapStep + 1) * kCapStep;
}

std::string UsageHistory::encode() const {
  return fmt::format("2 {} {} {} {} {} {} {} {}", answers, requests, usage.input, usage.cached_input,
                     usage.output, std::chrono::duration_cast<std::chrono::milliseconds>(latency).count(),
                     longest_output, longest_output_before);
}

std::optional<UsageHistory> UsageHistory::decode(std::string_view text) {
  std::array<std::uint64_t, 9> figures{};
  const bool is_version_1 = text.starts_with("1 ");
  for (std::uint64_t& figure : std::span(figures).first(is_version_1 ? 7 : figures.size())) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), figure);
    if (error != std::errc() || figure > kMost) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  const auto& [version, answers, requests, input, cached, output, milliseconds, longest, before] = figures;
  if ((version != 2 && !is_version_1) || !text.empty() || answers > requests || cached > input)
    return std::nullopt;
  UsageHistory history;
  history.answers = answers;
  history.requests = requests;
  history.usage.input = input;
  history.usage.cached_input = cached;
  history.usage.output = output;
  history.latency = std::chrono::milliseconds(milliseconds);
  history.longest_output = longest;
  history.longest_output_before = before;
  return history;
}

std::string usage_fact_name(std::string_view base_url, std::string_view model, std::string_view revision) {
  return fmt::format("usage/{}/{}/{}", base_url, model, revision.substr(0, kRevisionDigits));
}

}  // namespace sv::llm
