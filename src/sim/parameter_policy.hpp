// Which request fields a dialect refuses, and which it takes and ignores (reference/openai-api.md §4, §7,
// §11):
//
//   openai, azure   gpt-5, gpt-6 and o-models: max_tokens and a temperature that is not 1 are refused; fields
//   of
//                   explicit caching where the prompt cache is not explicit
//   groq            logprobs, logit_bias, metadata, n above 1 refused
//   anthropic       response_format ignored; n above 1 refused
//   ollama          max_completion_tokens ignored
//   yandexgpt       only temperature, max_tokens, stream and response_format are listed, its json_schema
//                   without name and strict; all else is refused here, which is the stricter reading: whether
//                   it is refused or ignored there is not verified
//   gigachat        nothing is known of its fields: not verified
//   all others      nothing; what they do not know they ignore
//
// What the simulation was told to refuse (--refuse) is refused besides.
#pragma once

#include "sim/chat_request.hpp"
#include "sim/dialect.hpp"
#include "sim/prefix_cache.hpp"

#include <optional>

namespace sv::sim {

struct ParameterPolicy {
  Dialect dialect = Dialect::openai;
  PromptCacheKind prompt_cache = PromptCacheKind::automatic;
  ParameterSet refused;  // in addition to the dialect's own
};

// The refusal of the first field that the model does not take.
std::optional<ApiError> refused_parameter(const ChatRequest& request, const ParameterPolicy& policy);

// Takes out of the request what the dialect ignores.
void ignore_parameters(ChatRequest& request, Dialect dialect);

}  // namespace sv::sim
