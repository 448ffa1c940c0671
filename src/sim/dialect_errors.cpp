#include "sim/dialect_errors.hpp"

#include <fmt/format.h>

namespace sv::sim {

ApiError wrong_key(Dialect dialect) {
  switch (dialect) {
    case Dialect::openai:
      return {.status = 401,
              .message =
                  "Incorrect API key provided. You can find your API key at "
                  "https://platform.openai.com/account/api-keys.",
              .code = "invalid_api_key"};
    case Dialect::gemini:
      // Google answers a wrong key with 400.
      return {.status = 400, .message = "API key not valid. Please pass a valid API key."};
    case Dialect::anthropic:
      return {.status = 401, .message = "invalid x-api-key", .type = "authentication_error"};
    case Dialect::azure:
    case Dialect::groq:
    case Dialect::openrouter:
    case Dialect::vllm:
    case Dialect::ollama:
    case Dialect::yandexgpt:
    case Dialect::gigachat:
      break;
  }
  return {.status = 401, .message = "Incorrect API key provided.", .code = "invalid_api_key"};
}

ApiError unknown_model(Dialect dialect, std::string_view model) {
  switch (dialect) {
    case Dialect::openrouter:
      // Captured, 400 and no 404: github.com/OpenRouterTeam/openrouter-examples/issues/74.
      return {.status = 400, .message = fmt::format("{} is not a valid model ID", model)};
    case Dialect::azure:
      return {.status = 404,
              .message = "The API deployment for this resource does not exist.",
              .code = "DeploymentNotFound"};
    case Dialect::gemini:
      return {.status = 404, .message = fmt::format("models/{} is not found", model)};
    case Dialect::anthropic:
      return {.status = 404, .message = fmt::format("model: {}", model), .type = "not_found_error"};
    case Dialect::openai:
    case Dialect::groq:
    case Dialect::vllm:
    case Dialect::ollama:
    case Dialect::yandexgpt:
    case Dialect::gigachat:
      break;
  }
  return {.status = 404,
          .message = fmt::format("The model `{}` does not exist or you do not have access to it.", model),
          .code = "model_not_found"};
}

ApiError exhausted_credit(Dialect dialect) {
  switch (dialect) {
    case Dialect::openrouter:
      // reference/openai-api.md §7: 402 = credits.
      return {.status = 402, .message = "Insufficient credits", .type = "payment_required"};
    case Dialect::anthropic:
      // Captured, 400 and of no type of its own: github.com/anthropics/claude-code/issues/66314.
      return {.status = 400,
              .message =
                  "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing "
                  "to upgrade or purchase credits."};
    case Dialect::gemini:
      // What is used up there is a day's quota; "do not wait for PerDay" (§7).
      return {.status = 429,
              .message =
                  "You exceeded your current quota, please check your plan and billing details. For more "
                  "information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.",
              .details =
                  R"([{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":)"
                  R"("GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"50"}]}])"};
    case Dialect::openai:
    case Dialect::azure:
    case Dialect::groq:
    case Dialect::vllm:
    case Dialect::ollama:
    case Dialect::yandexgpt:
    case Dialect::gigachat:
      break;
  }
  return {.status = 429,
          .message =
              "You exceeded your current quota, please check your plan and billing details. For more "
              "information on this error, read the docs: "
              "https://platform.openai.com/docs/guides/error-codes/api-errors.",
          .type = "insufficient_quota",
          .code = "insufficient_quota"};
}

ApiError overload(Dialect dialect) {
  switch (dialect) {
    case Dialect::anthropic:
      return {.status = 529, .message = "Overloaded", .type = "overloaded_error"};
    case Dialect::gemini:
      return {.status = 503, .message = "The model is overloaded. Please try again later."};
    case Dialect::ollama:
      return {.status = 503, .message = "server busy", .type = "api_error"};
    case Dialect::openai:
    case Dialect::azure:
    case Dialect::groq:
    case Dialect::openrouter:
    case Dialect::vllm:
    case Dialect::yandexgpt:
    case Dialect::gigachat:
      break;
  }
  return {.status = 503,
          .message = "The engine is currently overloaded, please try again later.",
          .type = "service_unavailable_error",
          .code = "server_is_overloaded"};
}

// Servers that limit requests in work name neither a rate nor a time (reference/openai-api.md §7).
ApiError too_many_at_once(Dialect dialect, std::uint64_t limit) {
  // Ollama would queue 512 of them first, which the simulation does not.
  if (dialect == Dialect::ollama) return overload(dialect);
  // Ours, not verified: that GigaChat says no more than HTTP itself does is the harder case for a client.
  if (dialect == Dialect::gigachat) return {.status = 429, .message = "Too Many Requests"};
  return {.status = 429,
          .message = fmt::format("Too many concurrent requests: at most {} at a time.", limit),
          .type = "too_many_requests"};
}

}  // namespace sv::sim
