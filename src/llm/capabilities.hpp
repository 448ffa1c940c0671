// What a provider's model accepts beyond the common core of the chat API: guessed from its address and name,
// then learnt from refusals, and remembered between runs (docs/providers.md has the table of guesses).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::llm {

// How the reply's form is asked for; a refusal steps down.
enum class ReplyFormat : std::uint8_t { json_schema, json_object, text };

// Under which name the completion cap is sent. OpenAI's newer models refuse `max_tokens`, many others know
// only it.
enum class CapField : std::uint8_t { max_tokens, max_completion_tokens };

// How reasoning is asked for: `"reasoning_effort":"high"`, `"reasoning":{"effort":"high"}`, or not at all.
enum class ReasoningField : std::uint8_t { none, effort, object };

// What the provider does with a prompt's static beginning (openai-api.md §7, §8).
//   automatic            cached by itself, from 1,024 tokens on
//   explicit_breakpoint  cached where a breakpoint says so (GPT-5.6 and later): without one each row would
//   write
//                        its own end too, at a surcharge
enum class PromptCaching : std::uint8_t { unknown, none, automatic, explicit_breakpoint };

struct Capabilities {
  ReplyFormat reply_format = ReplyFormat::json_schema;
  CapField cap_field = CapField::max_tokens;
  ReasoningField reasoning = ReasoningField::none;
  bool takes_temperature = true;
  bool takes_prompt_cache_key = false;
  PromptCaching prompt_caching = PromptCaching::unknown;
  // `json_schema` is the schema itself, without name and strict (YandexGPT).
  bool has_bare_schema = false;
  // Reasoning tokens were seen (or the family is known to reason): they count against the completion cap,
  // which must then leave room for them.
  bool reasons = false;
  bool operator==(const Capabilities&) const = default;
};

// `is_reasoning_wanted`: llm.providers.N.reasoning_enabled.
Capabilities guess_capabilities(std::string_view base_url, std::string_view model, bool is_reasoning_wanted);

// What the body of a 400 or 422 complains about.
struct Refusal {
  std::string_view parameter;  // error.param, empty when not given
  std::string_view message;
};

// What to ask for instead after a refusal; nothing when the refusal is about something that cannot be left
// out. Each step takes something away or swaps the cap's name once, so a chain of steps ends.
std::optional<Capabilities> after_refusal(const Capabilities& refused, const Refusal& refusal);

// A short text for LearntFacts, for example "format=json_object cap=max_tokens …". decode() gives nothing for
// a text that it does not understand (another version wrote it): then the guess holds.
std::string encode(const Capabilities& capabilities);
std::optional<Capabilities> decode(std::string_view text);

}  // namespace sv::llm
