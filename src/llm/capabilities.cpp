#include "llm/capabilities.hpp"

#include "base/text.hpp"
#include "llm/provider_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sv::llm {

namespace {

bool mentions(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) { return lower_ascii(a) == lower_ascii(b); };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

// Families that always reason and refuse a temperature (openai-api.md §1): o1, o3, o4-mini, gpt-5…, gpt-6….
bool is_openai_reasoning_model(std::string_view model) {
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos)
    model.remove_prefix(slash + 1);
  if (model.size() >= 2 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9') return true;
  return model.starts_with("gpt-5") || model.starts_with("gpt-6");
}

// GPT-5.6 and later families cache by breakpoints (openai-api.md §8).
PromptCaching caching_of_openai_model(std::string_view model) {
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos)
    model.remove_prefix(slash + 1);
  constexpr std::string_view kFamily = "gpt-";
  if (!model.starts_with(kFamily)) return PromptCaching::automatic;
  model.remove_prefix(kFamily.size());
  int major = 0;
  int minor = 0;
  const char* const end = model.data() + model.size();
  const char* at = std::from_chars(model.data(), end, major).ptr;
  if (at != end && *at == '.') std::from_chars(at + 1, end, minor);
  constexpr int kLeastTwoDigits = 10;  // "gpt-35-turbo" is 3.5 as Azure writes it
  const bool has_breakpoints = major < kLeastTwoDigits && (major > 5 || (major == 5 && minor >= 6));
  return has_breakpoints ? PromptCaching::explicit_breakpoint : PromptCaching::automatic;
}

constexpr std::array<std::pair<ReplyFormat, std::string_view>, 3> kFormatNames{
    {{ReplyFormat::json_schema, "json_schema"},
     {ReplyFormat::json_object, "json_object"},
     {ReplyFormat::text, "text"}}};
constexpr std::array<std::pair<CapField, std::string_view>, 2> kCapNames{
    {{CapField::max_tokens, "max_tokens"}, {CapField::max_completion_tokens, "max_completion_tokens"}}};
constexpr std::array<std::pair<ReasoningField, std::string_view>, 3> kReasoningNames{
    {{ReasoningField::none, "none"}, {ReasoningField::effort, "effort"}, {ReasoningField::object, "object"}}};
constexpr std::array<std::pair<PromptCaching, std::string_view>, 4> kCachingNames{
    {{PromptCaching::unknown, "unknown"},
     {PromptCaching::none, "none"},
     {PromptCaching::automatic, "automatic"},
     {PromptCaching::explicit_breakpoint, "explicit"}}};
constexpr std::array<std::pair<bool, std::string_view>, 2> kYesNo{{{true, "yes"}, {false, "no"}}};

template <typename Value, std::size_t N>
std::string_view name_of(const std::array<std::pair<Value, std::string_view>, N>& names, Value value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return {};
}

template <typename Value, std::size_t N>
bool read_field(const std::array<std::pair<Value, std::string_view>, N>& names, std::string_view text,
                Value& out) {
  for (const auto& [candidate, name] : names) {
    if (name == text) {
      out = candidate;
      return true;
    }
  }
  return false;
}

std::optional<Capabilities> with_simpler_format(Capabilities capabilities) {
  switch (capabilities.reply_format) {
    case ReplyFormat::json_schema:
      capabilities.reply_format = ReplyFormat::json_object;
      return capabilities;
    case ReplyFormat::json_object:
      capabilities.reply_format = ReplyFormat::text;
      return capabilities;
    case ReplyFormat::text:
      return std::nullopt;
  }
  return std::nullopt;
}

// Which field a refusal names. The parameter is exact where it is given; messages are searched from the
// longest name to the shortest, since "max_completion_tokens" is usually named as the remedy for
// "max_tokens".
std::string_view refused_field(const Refusal& refusal) {
  static constexpr std::array<std::string_view, 8> kParameters{
      "response_format", "prompt_cache_key", "prompt_cache_options",  "prompt_cache_breakpoint",
      "reasoning",       "temperature",      "max_completion_tokens", "max_tokens"};
  // A breakpoint stands within a message: `messages[0].content[0].prompt_cache_breakpoint`.
  if (refusal.parameter.contains("prompt_cache_breakpoint")) return "prompt_cache_breakpoint";
  for (const std::string_view name : kParameters) {
    if (refusal.parameter.starts_with(name)) return name;
  }
  // A message about max_tokens names max_completion_tokens as well; the one named first is the refused one.
  const std::size_t cap = refusal.message.find("max_tokens");
  const std::size_t completion_cap = refusal.message.find("max_completion_tokens");
  if (cap != std::string_view::npos && cap < completion_cap) return "max_tokens";
  if (completion_cap != std::string_view::npos) return "max_completion_tokens";
  for (const std::string_view word : {"response_format", "json_schema", "json_object", "structured output"}) {
    if (mentions(refusal.message, word)) return "response_format";
  }
  for (const std::string_view name :
       {"prompt_cache_key", "prompt_cache_options", "prompt_cache_breakpoint", "reasoning", "temperature"}) {
    if (mentions(refusal.message, name)) return name;
  }
  return {};
}

}  // namespace

Capabilities guess_capabilities(std::string_view base_url, std::string_view model, bool is_reasoning_wanted) {
  const Vendor vendor = vendor_of(base_url);
  Capabilities guess;
  guess.reasons = is_openai_reasoning_model(model);
  guess.takes_temperature = !guess.reasons;
  switch (vendor) {
    case Vendor::openai:
    case Vendor::azure:
      guess.cap_field = CapField::max_completion_tokens;
      guess.takes_prompt_cache_key = true;
      guess.prompt_caching = caching_of_openai_model(model);
      if (is_reasoning_wanted && guess.reasons) guess.reasoning = ReasoningField::effort;
      return guess;
    case Vendor::openrouter:
    case Vendor::unknown:
      // Servers of one's own (vLLM, Ollama, llama.cpp) ignore what they do not know; others say so, once.
      guess.takes_prompt_cache_key = true;
      if (vendor == Vendor::openrouter && model.starts_with("openai/")) {
        guess.prompt_caching = caching_of_openai_model(model);
      }
      if (is_reasoning_wanted) guess.reasoning = ReasoningField::object;
      return guess;
    case Vendor::yandex:
      guess.has_bare_schema = true;
      return guess;
    case Vendor::groq:
      guess.prompt_caching = PromptCaching::automatic;
      return guess;
    case Vendor::gemini:
    case Vendor::gigachat:
      return guess;
    case Vendor::anthropic:
      // response_format is ignored there; the prompt describes the form.
      guess.reply_format = ReplyFormat::text;
      guess.prompt_caching = PromptCaching::none;
      return guess;
  }
  return guess;
}

std::optional<Capabilities> after_refusal(const Capabilities& refused, const Refusal& refusal) {
  const std::string_view field = refused_field(refusal);
  Capabilities next = refused;
  if (field == "response_format") return with_simpler_format(next);
  if (field == "prompt_cache_key" && next.takes_prompt_cache_key) {
    next.takes_prompt_cache_key = false;
    return next;
  }
  const bool is_about_breakpoints = field == "prompt_cache_options" || field == "prompt_cache_breakpoint";
  if (is_about_breakpoints && next.prompt_caching == PromptCaching::explicit_breakpoint) {
    next.prompt_caching = PromptCaching::automatic;
    return next;
  }
  if (field == "reasoning" && next.reasoning != ReasoningField::none) {
    next.reasoning = ReasoningField::none;
    return next;
  }
  if (field == "temperature" && next.takes_temperature) {
    next.takes_temperature = false;
    return next;
  }
  if (field == "max_tokens" && next.cap_field == CapField::max_tokens) {
    next.cap_field = CapField::max_completion_tokens;
    return next;
  }
  if (field == "max_completion_tokens" && next.cap_field == CapField::max_completion_tokens) {
    next.cap_field = CapField::max_tokens;
    return next;
  }
  return std::nullopt;
}

std::string encode(const Capabilities& capabilities) {
  return fmt::format(
      "2 format={} cap={} reasoning={} temperature={} cache_key={} caching={} bare_schema={} reasons={}",
      name_of(kFormatNames, capabilities.reply_format), name_of(kCapNames, capabilities.cap_field),
      name_of(kReasoningNames, capabilities.reasoning), name_of(kYesNo, capabilities.takes_temperature),
      name_of(kYesNo, capabilities.takes_prompt_cache_key),
      name_of(kCachingNames, capabilities.prompt_caching), name_of(kYesNo, capabilities.has_bare_schema),
      name_of(kYesNo, capabilities.reasons));
}

std::optional<Capabilities> decode(std::string_view text) {
  if (!text.starts_with("2 ")) return std::nullopt;
  text.remove_prefix(2);
  Capabilities result;
  int fields = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = field.substr(0, equals);
    const std::string_view value = field.substr(equals + 1);
    const bool is_known = name == "format"        ? read_field(kFormatNames, value, result.reply_format)
                          : name == "cap"         ? read_field(kCapNames, value, result.cap_field)
                          : name == "reasoning"   ? read_field(kReasoningNames, value, result.reasoning)
                          : name == "temperature" ? read_field(kYesNo, value, result.takes_temperature)
                          : name == "cache_key"   ? read_field(kYesNo, value, result.takes_prompt_cache_key)
                          : name == "caching"     ? read_field(kCachingNames, value, result.prompt_caching)
                          : name == "bare_schema" ? read_field(kYesNo, value, result.has_bare_schema)
                          : name == "reasons"     ? read_field(kYesNo, value, result.reasons)
                                                  : false;
    if (!is_known) return std::nullopt;
    ++fields;
  }
  return fields == 8 ? std::optional(result) : std::nullopt;
}

}  // namespace sv::llm
