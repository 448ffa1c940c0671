#include "sim/parameter_policy.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace sv::sim {

namespace {

// As OpenAI names them (reference/openai-api.md §1): they reason, and take neither max_tokens nor a
// temperature.
bool is_reasoning_model(std::string_view model) {
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos) {
    model.remove_prefix(slash + 1);
  }
  if (model.size() >= 2 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9') return true;
  return model.starts_with("gpt-5") || model.starts_with("gpt-6");
}

// `"json_schema"` is refused by its type, the other parameters by their names.
ApiError openai_refusal(Parameter parameter, const ChatRequest& request) {
  switch (parameter) {
    case Parameter::max_tokens:
      return {.message =
                  "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                  "'max_completion_tokens' instead.",
              .param = "max_tokens",
              .code = "unsupported_parameter"};
    case Parameter::max_completion_tokens:
      return {.message =
                  "Unsupported parameter: 'max_completion_tokens' is not supported with this model. Use "
                  "'max_tokens' instead.",
              .param = "max_completion_tokens",
              .code = "unsupported_parameter"};
    case Parameter::temperature:
      return {
          .message = fmt::format(
              "Unsupported value: 'temperature' does not support {:g} with this model. Only the default (1) "
              "value is supported.",
              request.temperature),
          .param = "temperature",
          .code = "unsupported_value"};
    case Parameter::json_schema:
      return {.message =
                  "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this "
                  "model. Learn more about "
                  "supported models at the Structured Outputs guide: "
                  "https://platform.openai.com/docs/guides/structured-outputs"};
    case Parameter::json_object:
      return {
          .message =
              "Invalid parameter: 'response_format' of type 'json_object' is not supported with this model.",
          .param = "response_format"};
    case Parameter::prompt_cache_options:
      return {.message = "Unknown parameter: 'prompt_cache_options'.",
              .param = "prompt_cache_options",
              .code = "unknown_parameter"};
    case Parameter::reasoning:
      return {
          .message = "Unknown parameter: 'reasoning'.", .param = "reasoning", .code = "unknown_parameter"};
    case Parameter::several_choices:
      return {
          .message = "Invalid value: 'n' must be 1 for this model.", .param = "n", .code = "invalid_value"};
    case Parameter::logprobs:
    case Parameter::logit_bias:
    case Parameter::metadata:
    case Parameter::reasoning_effort:
    case Parameter::prompt_cache_key:
    case Parameter::service_tier:
    case Parameter::top_p:
    case Parameter::seed:
      return {.message = fmt::format("Unrecognized request argument supplied: {}", to_string(parameter))};
  }
  return {.message = "Unknown parameter."};
}

// Ours, not verified; `param` as in OpenAI's, which the endpoint says it is compatible with.
ApiError yandex_refusal(Parameter parameter) {
  if (parameter == Parameter::json_schema) {
    return {.message = "Invalid parameter: 'response_format.json_schema' must be the schema itself.",
            .param = "response_format"};
  }
  const std::string_view name =
      parameter == Parameter::several_choices ? std::string_view("n") : to_string(parameter);
  return {.message = fmt::format("Unknown parameter: '{}'.", name), .param = name};
}

// Captured: {"error":{"message":"property 'store' is unsupported, did you mean 'stop'?","type":
// "invalid_request_error"}} (github.com/fanenr/chatbot/issues/21).
ApiError groq_refusal(Parameter parameter) {
  const std::string_view name =
      parameter == Parameter::several_choices ? std::string_view("n") : to_string(parameter);
  return {.message = fmt::format("property '{}' is unsupported", name)};
}

bool is_refused_by_dialect(Parameter parameter, const ChatRequest& request, const ParameterPolicy& policy) {
  switch (policy.dialect) {
    case Dialect::openai:
    case Dialect::azure:
      if (parameter == Parameter::prompt_cache_options) {
        return policy.prompt_cache != PromptCacheKind::explicit_breakpoint;
      }
      return (parameter == Parameter::max_tokens || parameter == Parameter::temperature) &&
             is_reasoning_model(request.model);
    case Dialect::groq:
      return parameter == Parameter::logprobs || parameter == Parameter::logit_bias ||
             parameter == Parameter::metadata || parameter == Parameter::several_choices;
    case Dialect::anthropic:
      return parameter == Parameter::several_choices;
    case Dialect::yandexgpt:
      if (parameter == Parameter::json_schema) return !request.has_bare_schema;
      return parameter != Parameter::temperature && parameter != Parameter::max_tokens &&
             parameter != Parameter::json_object;
    case Dialect::openrouter:
    case Dialect::gemini:
    case Dialect::vllm:
    case Dialect::ollama:
    case Dialect::gigachat:
      return false;
  }
  return false;
}

}  // namespace

std::optional<ApiError> refused_parameter(const ChatRequest& request, const ParameterPolicy& policy) {
  for (std::size_t i = 0; i < kParameterCount; ++i) {
    const auto parameter = static_cast<Parameter>(i);
    if (!request.parameters.has(parameter)) continue;
    if (parameter == Parameter::temperature && request.temperature == 1) continue;
    if (!policy.refused.has(parameter) && !is_refused_by_dialect(parameter, request, policy)) continue;
    if (policy.dialect == Dialect::groq) return groq_refusal(parameter);
    const bool is_its_own = !policy.refused.has(parameter);
    if (policy.dialect == Dialect::yandexgpt && is_its_own) return yandex_refusal(parameter);
    return openai_refusal(parameter, request);
  }
  return std::nullopt;
}

void ignore_parameters(ChatRequest& request, Dialect dialect) {
  if (dialect == Dialect::anthropic) {
    request.parameters.remove(Parameter::json_schema);
    request.parameters.remove(Parameter::json_object);
  }
  if (dialect == Dialect::ollama) request.max_output_tokens = request.max_tokens;
}

}  // namespace sv::sim
