#include "limits/rate_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace sv::limits {

namespace {

constexpr std::size_t kReadBytes = 4096;
// More than any provider allows; what is above would only overflow sums.
constexpr std::uint64_t kMostPerMinute = 1'000'000'000'000;

// What is not told, or is no limit, is left out.
std::optional<std::uint64_t> limit_after(std::string_view text, std::string_view word) {
  const std::optional<std::uint64_t> value = number_after(text, word);
  return value && *value > 0 && *value <= kMostPerMinute ? value : std::nullopt;
}

bool holds_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

}  // namespace

RateHeaders read_rate_text(std::string_view body) {
  const std::string text = lower_ascii(body.substr(0, kReadBytes));
  RateHeaders told;
  if (holds_one_of(text, {"\"slow_down\"", "\"slow down\""})) {
    told.refused = RefusedQuota::growth;
    return told;
  }
  const bool is_of_tokens = holds_one_of(text, {"tokens per min", "tokenspermin", "tokenspermodelpermin",
                                                "input tokens per min", "\"tokens\"", "token rate limit"});
  const bool is_of_requests =
      holds_one_of(text, {"requests per min", "requestspermin", "\"requests\"", "call rate limit"});
  if (!is_of_tokens && holds_one_of(text, {"concurren", "simultaneous", "in parallel"})) {
    told.refused = RefusedQuota::slots;
    return told;
  }
  if (is_of_tokens == is_of_requests) return told;
  told.refused = is_of_tokens ? RefusedQuota::tokens : RefusedQuota::requests;
  if (!holds_one_of(text, {"per min", "permin"})) return told;
  for (const std::string_view word : {": limit ", "rate limit of ", "quotavalue"}) {
    if (const std::optional<std::uint64_t> limit = limit_after(text, word)) {
      (is_of_tokens ? told.tokens : told.requests).limit = limit;
      break;
    }
  }
  return told;
}

}  // namespace sv::limits
