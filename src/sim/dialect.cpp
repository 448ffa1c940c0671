#include "sim/dialect.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace sv::sim {

namespace {

constexpr std::array<std::string_view, 10> kNames{"openai",    "azure", "groq",   "openrouter", "gemini",
                                                  "anthropic", "vllm",  "ollama", "yandexgpt",  "gigachat"};
// As in the documents' example of its headers (console.groq.com/docs/rate-limits).
constexpr std::uint64_t kGroqRequestsPerDay = 14'400;
// "10 concurrent generations", by an older include file of theirs (reference/openai-api.md §7).
constexpr std::uint64_t kYandexAtATime = 10;
// Persons; companies 10 (developers.sber.ru, 19 Nov 2025, by the same table).
constexpr std::uint64_t kGigaChatAtATime = 1;

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
      refusal.of_day ? "requests per day (RPD)"
      : refusal.of_tokens
          ? (dialect == Dialect::groq ? "tokens per minute (TPM)" : "tokens per min (TPM)")
          : (dialect == Dialect::groq ? "requests per minute (RPM)" : "requests per min (RPM)");
  const std::string where =
      dialect == Dialect::groq
          ? fmt::format("model `{}` in organization `org_simulation` service tier `on_demand`", model)
          : fmt::format("{} in organization org-simulation", model);
  const std::string_view more =
      dialect == Dialect::groq
          ? " Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing"
      : dialect == Dialect::openai ? " Visit https://platform.openai.com/account/rate-limits to learn more."
                                   : "";
  return fmt::format(
      "Rate limit reached for {} on {}: Limit {}, Used {}, Requested {}. Please try again in {}.{}", where,
      what, refusal.limit, refusal.used, refusal.requested, format_go_duration(refusal.wait), more);
}

// Captured: github.com/continuedev/continue/issues/9570, shortened. The sentence is the same for a minute's
// limit and for a day's; which one it is stands in `quotaId` alone.
ApiError google_quota_error(std::string_view model, const RateRefusal& refusal) {
  const std::string_view metric =
      refusal.of_tokens ? "generativelanguage.googleapis.com/generate_content_free_tier_input_token_count"
                        : "generativelanguage.googleapis.com/generate_content_free_tier_requests";
  const std::string_view quota = refusal.of_day      ? "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
                                 : refusal.of_tokens ? "GenerateContentInputTokensPerModelPerMinute-FreeTier"
                                                     : "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
  const std::int64_t seconds = whole_seconds(refusal.wait);
  return {
      .status = 429,
      .message = fmt::format(
          "You exceeded your current quota, please check your plan and billing details. For more "
          "information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. \n* "
          "Quota exceeded for metric: {}, limit: {}, model: {}\nPlease retry in {}s.",
          metric, refusal.limit, model, seconds),
      .details = fmt::format(
          R"([{{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{{"quotaMetric":"{}",)"
          R"("quotaId":"{}","quotaDimensions":{{"location":"global","model":{}}},"quotaValue":"{}"}}]}},)"
          R"({{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{}s"}}])",
          metric, quota, quoted(model), refusal.limit, seconds)};
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

std::optional<std::uint64_t> usual_concurrency(Dialect dialect) {
  if (dialect == Dialect::yandexgpt) return kYandexAtATime;
  if (dialect == Dialect::gigachat) return kGigaChatAtATime;
  return std::nullopt;
}

std::optional<std::uint64_t> usual_requests_per_day(Dialect dialect) {
  return dialect == Dialect::groq ? std::optional(kGroqRequestsPerDay) : std::nullopt;
}

std::string error_body(Dialect dialect, const ApiError& error) {
  const std::string message = quoted(error.message);
  switch (dialect) {
    case Dialect::openrouter:
      return fmt::format(R"({{"error":{{"message":{},"code":{},"metadata":{{"error_type":{}}}}}}})", message,
                         error.status, quoted(error.type));
    case Dialect::gemini:
      return fmt::format(R"([{{"error":{{"code":{},"message":{},"status":"{}"{}{}}}}}])", error.status,
                         message, google_status(error.status),
                         error.details.empty() ? "" : ",\"details\":", error.details);
    case Dialect::vllm:
      return fmt::format(R"({{"error":{{"message":{},"type":{},"param":{},"code":{}}}}})", message,
                         quoted(error.type), quoted_or_null(error.param), error.status);
    case Dialect::gigachat:
      return fmt::format(R"({{"status":{},"message":{}}})", error.status, message);
    case Dialect::openai:
    case Dialect::azure:
    case Dialect::groq:
    case Dialect::anthropic:
    case Dialect::ollama:
    case Dialect::yandexgpt:
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
      if (refusal.of_day) break;  // it has no such limit: OpenAI's words
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
      reply.body = error_body(dialect, google_quota_error(model, refusal));
      return reply;
    case Dialect::anthropic:
      reply.body = error_body(
          dialect,
          {.status = 429,
           .message = fmt::format("This request would exceed your organization's rate limit of {} {} per {}.",
                                  refusal.limit, refusal.of_tokens ? "input tokens" : "requests",
                                  refusal.of_day ? "day" : "minute"),
           .type = "rate_limit_error"});
      return reply;
    case Dialect::openai:
    case Dialect::groq:
    case Dialect::openrouter:
    case Dialect::vllm:
    case Dialect::ollama:
    case Dialect::yandexgpt:
    case Dialect::gigachat:
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

void append_limit_headers(std::string& out, Dialect dialect, const ToldQuotas& told) {
  const auto& [requests, tokens, day] = told;
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
    case Dialect::yandexgpt:
    case Dialect::gigachat:
      return;
  }
  // Groq's are always those of the day, OpenAI's always those of the minute.
  const std::optional<QuotaState>& of_requests = dialect == Dialect::groq ? day : requests;
  if (of_requests) {
    append_bucket_headers(out, "requests", of_requests->limit, of_requests->remaining, of_requests->reset);
  }
  if (tokens) append_bucket_headers(out, "tokens", tokens->limit, tokens->remaining, tokens->reset);
}

}  // namespace sv::sim
