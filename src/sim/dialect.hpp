// How different providers say the same: error bodies, rate-limit headers, waiting times. Sources: captured
// replies in reference/openai-api.md §3, §4, §7 and in public issue threads.
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
  ollama,
};

// Error: invalid_input with the known names.
Result<Dialect> parse_dialect(std::string_view name);
std::string_view to_string(Dialect dialect);

struct ApiError {
  int status = 400;
  std::string message;
  std::string_view type = "invalid_request_error";
  std::optional<std::string_view> param = std::nullopt;
  std::optional<std::string_view> code = std::nullopt;
};

std::string error_body(Dialect dialect, const ApiError& error);

// A 429 that passes by itself.
struct RateRefusal {
  bool of_tokens = false;  // TPM, else RPM
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

// x-ratelimit-* of either bucket (nothing: no such limit), where the dialect sends them.
void append_limit_headers(std::string& out, Dialect dialect, const std::optional<QuotaState>& requests,
                          const std::optional<QuotaState>& tokens);

}  // namespace sv::sim
