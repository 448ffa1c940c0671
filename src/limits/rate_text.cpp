#include "limits/rate_text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace sv::limits {

namespace {

constexpr std::size_t kReadBytes = 4096;
// More than any provider allows; what is above would only overflow sums.
constexpr std::uint64_t kMostPerMinute = 1'000'000'000'000;

std::string lower(std::string_view text) {
  std::string result(text.substr(0, kReadBytes));
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The number that follows `word`, with quotes, colons and blanks between.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(at + word.size());
  rest.remove_prefix(std::min(rest.find_first_not_of("\": \\"), rest.size()));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc() || value == 0 || value > kMostPerMinute) return std::nullopt;
  return value;
}

bool holds_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

}  // namespace

RateHeaders read_rate_text(std::string_view body) {
  const std::string text = lower(body);
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
    if (const std::optional<std::uint64_t> limit = number_after(text, word)) {
      (is_of_tokens ? told.tokens : told.requests).limit = limit;
      break;
    }
  }
  return told;
}

}  // namespace sv::limits
