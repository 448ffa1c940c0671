#include "sim/dialect.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace sv::sim {

namespace {

constexpr std::array<std::string_view, 8> kNames{"openai", "azure",     "groq", "openrouter",
                                                 "gemini", "anthropic", "vllm", "ollama"};
// Groq counts requests per day whatever the minute's limit is (console.groq.com/docs/rate-limits).
constexpr std::uint64_t kGroqRequestsPerDay = 14'400;

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string quoted_or_null(std::optional<std::string_view> text) { return text ? quoted(*text) : "null"; }

std::string_view google_status(int status) {
  if (status == 429) return "RESOURCE_EXHAUSTED";
  if (status == 401) return "UNAUTHENTICATED";
  if (status == 404) return "NOT_FOUND";
  if (status == 503) return "UNAVAILABLE";
  return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
}

std::int64_t whole_seconds(Duration wait) {
  return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
}

std::string limit_sentence(Dialect dialect, std::string_view model, const RateRefusal& refusal) {
  const std::string_view what =
      refusal.of_tokens ? (dialect == Dialect::groq ? "tokens per minute (TPM)" : "tokens per min (TPM)")
                        : (dialect == Dialect::groq ? "requests per minute (RPM)" : "requests per min (RPM)");
  const std::string where =
      dialect == Dialect::groq
          ? fmt::format("model `{}` in organization `org_simulation` service tier `on_demand`", model)
          : fmt::format("{} in organization org-simulation", model);
  const std::string_view more =
      dialect == Dialect::groq
          ? "Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing"
          : "Visit https://platform.openai.com/account/rate-limits to learn more.";
  return fmt::format(
      "Rate limit reached for {} on {}: Limit {}, Used {}, Requested {}. Please try again in {}. {}", where,
      what, refusal.limit, refusal.used, refusal.requested, format_go_duration(refusal.wait), more);
}

void append_bucket_headers(std::string& out, std::string_view what, std::uint64_t limit,
                           std::uint64_t remaining, Duration reset) {
  fmt::format_to(
      std::back_inserter(out),
      "x-ratelimit-limit-{0}: {1}\r\nx-ratelimit-remaining-{0}: {2}\r\nx-ratelimit-reset-{0}: {3}\r\n", what,
      limit, remaining, format_go_duration(reset));
}

}  // namespace

Result<Dialect> parse_dialect(std::string_view name) {
  const auto* found = std::ranges::find(kNames, trim(name));
  if (found == kNames.end()) {
    return fail(ErrorKind::invalid_input, fmt::format("unknown dialect `{}`: choose from {}",
                                                      shorten(name, 40), fmt::join(kNames, ", ")));
  }
  return static_cast<Dialect>(found - kNames.begin());
}

std::string_view to_string(Dialect dialect) { return kNames[static_cast<std::size_t>(dialect)]; }

std::string error_body(Dialect dialect, const ApiError& error) {
  const std::string message = quoted(error.message);
  switch (dialect) {
    case Dialect::openrouter:
      return fmt::format(R"({{"error":{{"message":{},"code":{},"metadata":{{"error_type":{}}}}}}})", message,
                         error.status, quoted(error.type));
    case Dialect::gemini:
      return fmt::format(R"([{{"error":{{"code":{},"message":{},"status":"{}"}}}}])", error.status, message,
                         google_status(error.status));
    case Dialect::vllm:
      return fmt::format(R"({{"error":{{"message":{},"type":{},"param":{},"code":{}}}}})", message,
                         quoted(error.type), quoted_or_null(error.param), error.status);
    case Dialect::openai:
    case Dialect::azure:
    case Dialect::groq:
    case Dialect::anthropic:
    case Dialect::ollama:
      break;
  }
  return fmt::format(R"({{"error":{{"message":{},"type":{},"param":{},"code":{}}}}})", message,
                     quoted(error.type), quoted_or_null(error.param), quoted_or_null(error.code));
}

DialectReply rate_limit_reply(Dialect dialect, std::string_view model, const RateRefusal& refusal) {
  const std::int64_t seconds = whole_seconds(refusal.wait);
  DialectReply reply{429, fmt::format("retry-after: {}\r\n", seconds), {}};
  switch (dialect) {
    case Dialect::azure:
      reply.headers += fmt::format("retry-after-ms: {}\r\n",
                                   std::chrono::ceil<std::chrono::milliseconds>(refusal.wait).count());
      reply.body =
          error_body(dialect, {.status = 429,
                               .message = fmt::format("Requests to the ChatCompletions_Create Operation "
                                                      "under Azure OpenAI API version 2024-10-21 have "
                                                      "exceeded {} rate limit of your current OpenAI S0 "
                                                      "pricing tier. Please retry after {} seconds.",
                                                      refusal.of_tokens ? "token" : "call", seconds),
                               .type = "rate_limit_error",
                               .code = "429"});
      return reply;
    case Dialect::gemini:
      // The wait stands in the body only.
      reply.headers.clear();
      reply.body = fmt::format(
          R"([{{"error":{{"code":429,"message":"You exceeded your current quota. Please retry in {0}s.","status":"RESOURCE_EXHAUSTED",)"
          R"("details":[{{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{{"quotaId":"Generate{1}PerMinutePerProjectPerModel"}}]}},)"
          R"({{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{0}s"}}]}}}}])",
          seconds, refusal.of_tokens ? "ContentInputTokens" : "Requests");
      return reply;
    case Dialect::anthropic:
      reply.body = error_body(
          dialect, {.status = 429,
                    .message = fmt::format(
                        "This request would exceed your organization's rate limit of {} {} per minute.",
                        refusal.limit, refusal.of_tokens ? "input tokens" : "requests"),
                    .type = "rate_limit_error"});
      return reply;
    case Dialect::openai:
    case Dialect::groq:
    case Dialect::openrouter:
    case Dialect::vllm:
    case Dialect::ollama:
      break;
  }
  reply.body = error_body(dialect, {.status = 429,
                                    .message = limit_sentence(dialect, model, refusal),
                                    .type = refusal.of_tokens ? "tokens" : "requests",
                                    .code = "rate_limit_exceeded"});
  return reply;
}

DialectReply too_large_reply(Dialect dialect, std::string_view model, std::uint64_t limit,
                             std::uint64_t requested) {
  const bool is_groq = dialect == Dialect::groq;
  DialectReply reply{is_groq ? 413 : 429, is_groq ? "x-should-retry: false\r\n" : "", {}};
  const std::string where =
      is_groq ? fmt::format("model `{}` in organization `org_simulation` service tier `on_demand`", model)
              : fmt::format("{} in organization org-simulation", model);
  reply.body = error_body(
      dialect,
      {.status = reply.status,
       .message = is_groq
                      // Captured: github.com/iamsrikanthnani/pluely/issues/242.
                      ? fmt::format("Request too large for {} on tokens per minute (TPM): Limit {}, "
                                    "Requested {}, please reduce your message size and try again. "
                                    "Need more tokens? Upgrade to Dev Tier today at "
                                    "https://console.groq.com/settings/billing",
                                    where, limit, requested)
                      : fmt::format("Request too large for {} on tokens per min (TPM): Limit {}, "
                                    "Requested {}. The input or output tokens must be reduced in order "
                                    "to run successfully.",
                                    where, limit, requested),
       .type = "tokens",
       .code = "rate_limit_exceeded"});
  return reply;
}

void append_limit_headers(std::string& out, Dialect dialect, const std::optional<QuotaState>& requests,
                          const std::optional<QuotaState>& tokens) {
  switch (dialect) {
    case Dialect::openai:
    case Dialect::groq:
      break;
    case Dialect::azure:
      if (requests)
        fmt::format_to(std::back_inserter(out), "x-ratelimit-remaining-requests: {}\r\n",
                       requests->remaining);
      if (tokens)
        fmt::format_to(std::back_inserter(out), "x-ratelimit-remaining-tokens: {}\r\n", tokens->remaining);
      return;
    case Dialect::openrouter:
    case Dialect::gemini:
    case Dialect::anthropic:
    case Dialect::vllm:
    case Dialect::ollama:
      return;
  }
  if (requests && dialect == Dialect::groq) {
    const std::uint64_t remaining = kGroqRequestsPerDay - std::min(kGroqRequestsPerDay, requests->used);
    append_bucket_headers(out, "requests", kGroqRequestsPerDay, remaining,
                          from_seconds(6.0 * static_cast<double>(requests->used)));
  } else if (requests) {
    append_bucket_headers(out, "requests", requests->limit, requests->remaining, requests->reset);
  }
  if (tokens) append_bucket_headers(out, "tokens", tokens->limit, tokens->remaining, tokens->reset);
}

}  // namespace sv::sim
