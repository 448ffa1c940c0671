#include "llm/usage_history.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace sv::llm {

namespace {

constexpr std::size_t kRevisionDigits = 16;
// Twenty thousand answers of a million tokens each are far below.
constexpr std::uint64_t kMost = std::uint64_t{1} << 50U;

}  // namespace

void UsageHistory::note(const domain::Usage& billed, Duration took, bool is_usable) {
  if (billed == domain::Usage{}) return;
  if (answers >= kMostAnswers) {
    for (std::uint64_t* figure : {&answers, &requests, &usage.input, &usage.cached_input, &usage.output}) {
      *figure /= 2;
    }
    latency /= 2;
  }
  ++requests;
  usage += billed;
  if (!is_usable) return;
  ++answers;
  latency += took;
}

std::string UsageHistory::encode() const {
  return fmt::format("1 {} {} {} {} {} {}", answers, requests, usage.input, usage.cached_input, usage.output,
                     std::chrono::duration_cast<std::chrono::milliseconds>(latency).count());
}

std::optional<UsageHistory> UsageHistory::decode(std::string_view text) {
  std::array<std::uint64_t, 7> figures{};
  for (std::uint64_t& figure : figures) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), figure);
    if (error != std::errc() || figure > kMost) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  const auto& [version, answers, requests, input, cached, output, milliseconds] = figures;
  if (version != 1 || !text.empty() || answers > requests || cached > input) return std::nullopt;
  UsageHistory history;
  history.answers = answers;
  history.requests = requests;
  history.usage.input = input;
  history.usage.cached_input = cached;
  history.usage.output = output;
  history.latency = std::chrono::milliseconds(milliseconds);
  return history;
}

std::string usage_fact_name(std::string_view base_url, std::string_view model, std::string_view revision) {
  return fmt::format("usage/{}/{}/{}", base_url, model, revision.substr(0, kRevisionDigits));
}

}  // namespace sv::llm
