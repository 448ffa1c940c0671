#include "llm/error_reply.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace sv::llm {

namespace {

bool holds_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

// A day's limit (Gemini's by its quota's id, OpenRouter's, OpenAI's and Groq's by the text). The waits that
// they name are for the next request alone (Groq: 86,400 s / limit), so that a run would go on by one row a
// minute.
constexpr std::array<std::string_view, 4> kOfADay{"perday", "free-models-per-day", "requests per day",
                                                  "tokens per day"};
// Credit, spend and usage limits: waiting does not help within a run (openai-api.md §3).
constexpr std::array<std::string_view, 8> kExhausted{
    "insufficient_quota",         "credit_balance_exhausted",
    "spend_limit_exceeded",       "usage_limit_exceeded",
    "billing_hard_limit_reached", "exceeded your current quota, please check your plan",
    "insufficient credits",       "credit balance is too low"};
constexpr std::array<std::string_view, 5> kContextTooLong{"context_length_exceeded", "maximum context length",
                                                          "context window", "prompt is too long",
                                                          "request too large"};
constexpr std::array<std::string_view, 4> kFiltered{"content_filter", "content_policy_violation",
                                                    "moderation", "content management policy"};
constexpr std::array<std::string_view, 2> kUnavailable{"resource_unavailable", "resource unavailable"};
constexpr std::array<std::string_view, 2> kWrongKey{"invalid_api_key", "api key not valid"};

constexpr std::array<std::string_view, 2> kNoSuchModel{"model_not_found",
                                                       "is not a valid model id"};  // OpenRouter answers 400

// "Request too large … Limit 30000, Requested 250011": it can never fit, although it looks like a rate limit.
bool can_never_fit(std::string_view text) {
  if (text.contains("request too large")) return true;
  const std::optional<std::uint64_t> limit = number_after(text, "limit ");
  const std::optional<std::uint64_t> requested = number_after(text, "requested ");
  return limit && requested && *requested > *limit;
}

ErrorKind classify_too_many(std::string_view text) {
  if (holds_one_of(text, kOfADay)) return ErrorKind::quota_exhausted;
  // Gemini says "please check your plan" of a minute's quota too.
  if (text.contains("perminute")) return ErrorKind::rate_limited;
  if (holds_one_of(text, kExhausted)) return ErrorKind::quota_exhausted;
  if (can_never_fit(text)) return ErrorKind::too_large;
  if (holds_one_of(text, kUnavailable)) return ErrorKind::overloaded;
  return ErrorKind::rate_limited;
}

// "Slow Down": 503 in the past, 429 since 2026 (openai-api.md §3). A limit of the pace, not an outage.
bool asks_to_slow_down(const ErrorBody& body) {
  return body.code == "slow_down" || body.type == "slow_down" || lower_ascii(body.message) == "slow down";
}

ErrorKind classify_bad_request(std::string_view text) {
  if (holds_one_of(text, kContextTooLong)) return ErrorKind::too_large;
  if (holds_one_of(text, kFiltered)) return ErrorKind::refused;
  if (holds_one_of(text, kWrongKey)) return ErrorKind::unauthorized;  // Gemini answers a wrong key with 400
  if (holds_one_of(text, kNoSuchModel)) return ErrorKind::unknown_model;
  if (holds_one_of(text, kExhausted)) return ErrorKind::quota_exhausted;
  return ErrorKind::bad_request;
}

std::string text_of(const ErrorBody& body) {
  return lower_ascii(body.code + '\n' + body.type + '\n' + body.quotas + '\n' + body.message);
}

}  // namespace

std::uint64_t requested_tokens(std::string_view message) {
  return number_after(message, "Requested ").value_or(0);
}

bool is_limit_of_a_day(const ErrorBody& body) { return holds_one_of(text_of(body), kOfADay); }

ErrorKind classify_error(int status, const ErrorBody& body) {
  const std::string text = text_of(body);
  switch (status) {
    case 400:
    case 422:
      return classify_bad_request(text);
    case 401:
      return ErrorKind::unauthorized;
    case 402:
      return ErrorKind::quota_exhausted;
    case 403:
      // OpenRouter's moderation answers 403 about one row; everything else at 403 is about the key.
      return holds_one_of(text, kFiltered) ? ErrorKind::refused : ErrorKind::unauthorized;
    case 404:
      return ErrorKind::unknown_model;
    case 408:
    case 409:
      return ErrorKind::server_error;
    case 413:
      return ErrorKind::too_large;
    case 429:
      return classify_too_many(text);
    case 498:  // Groq: flex capacity exceeded
      return ErrorKind::overloaded;
    case 503:
      return asks_to_slow_down(body) ? ErrorKind::rate_limited : ErrorKind::overloaded;
    case 529:  // Anthropic: overloaded_error
      return ErrorKind::overloaded;
    default:
      break;
  }
  if (status >= 500) return ErrorKind::server_error;
  if (status >= 400) return ErrorKind::bad_request;
  return ErrorKind::protocol;  // a redirect, or a 2xx that is none of ours
}

}  // namespace sv::llm
