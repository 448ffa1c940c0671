// How different providers say the same: error bodies, rate-limit headers, waiting times. Sources: captured
// replies in reference/openai-api.md §3, §4, §7 and in public issue threads. What else goes wrong, in each
// one's words: dialect_errors.hpp.
//
// Of YandexGPT and GigaChat only this is known (§7): they limit requests at a time, not a rate; YandexGPT's
// endpoint is said to be OpenAI-compatible, GigaChat's "not fully". No error body of theirs is in the
// reference: those here are ours, not verified.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "sim/quota_bucket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim {

enum class Dialect : std::uint8_t {
  openai,
  azure,       // retry-after-ms; code "429"
  groq,        // request headers count per day; 413 when a request can never fit
  openrouter,  // numeric error codes, no headers on success
  gemini,      // the error in an array, the wait in the body
  anthropic,   // its OpenAI-compatible endpoint
  vllm,        // numeric error codes, no limits
  ollama,      // no limits either; one more than it takes is told "server busy"
  yandexgpt,   // requests at a time; OpenAI's error object
  gigachat,    // requests at a time; the error is the body itself, finish_reason "blacklist"
};

// Error: invalid_input with the known names.
Result<Dialect> parse_dialect(std::string_view name);
std::string_view to_string(Dialect dialect);

// How many requests at a time a dialect's provider takes by its documents; nothing: it does not limit them.
std::optional<std::uint64_t> usual_concurrency(Dialect dialect);
// Groq counts requests per day whatever the minute's limit is; nothing: no such limit unless it is set.
std::optional<std::uint64_t> usual_requests_per_day(Dialect dialect);

struct ApiError {
  int status = 400;
  std::string message;
  std::string_view type = "invalid_request_error";
  std::optional<std::string_view> param = std::nullopt;
  std::optional<std::string_view> code = std::nullopt;
  std::string details = {};  // JSON of Google's `details`, for Gemini alone
};

std::string error_body(Dialect dialect, const ApiError& error);

// A 429 that passes by itself.
struct RateRefusal {
  bool of_tokens = false;  // TPM, else RPM
  bool of_day = false;     // RPD: waiting for it is for another day
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
  std::uint64_t requested = 0;
  Duration wait{};
};

struct DialectReply {
  int status = 429;
  std::string headers;  // whole lines with CRLF
  std::string body;
};

DialectReply rate_limit_reply(Dialect dialect, std::string_view model, const RateRefusal& refusal);
// More than a minute's tokens in one request: waiting cannot help.
DialectReply too_large_reply(Dialect dialect, std::string_view model, std::uint64_t limit,
                             std::uint64_t requested);

// What is left of each limit; nothing: there is no such limit, or it is not told.
struct ToldQuotas {
  std::optional<QuotaState> requests;
  std::optional<QuotaState> tokens;
  std::optional<QuotaState> day;  // of requests
};

// x-ratelimit-*, where the dialect sends them.
void append_limit_headers(std::string& out, Dialect dialect, const ToldQuotas& told);

}  // namespace sv::sim
