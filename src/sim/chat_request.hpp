// The body of POST /v1/chat/completions, as far as the simulator looks at it.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim {

// Fields that a model may refuse; a set of them is a bit mask.
enum class Parameter : std::uint8_t {
  temperature,
  top_p,
  seed,
  max_tokens,
  max_completion_tokens,
  json_object,  // response_format of that type
  json_schema,
  reasoning,
  reasoning_effort,
  prompt_cache_key,
  service_tier,
  prompt_cache_options,  // or a breakpoint in a message: GPT-5.6 and later
  logprobs,
  logit_bias,
  metadata,
  several_choices,  // n above 1
};
inline constexpr std::size_t kParameterCount = 16;
std::string_view to_string(Parameter parameter);

class ParameterSet {
 public:
  void add(Parameter parameter) { bits_ |= 1U << static_cast<unsigned>(parameter); }
  void remove(Parameter parameter) { bits_ &= ~(1U << static_cast<unsigned>(parameter)); }
  bool has(Parameter parameter) const { return (bits_ & (1U << static_cast<unsigned>(parameter))) != 0; }

 private:
  std::uint32_t bits_ = 0;
};

// "temperature,json_schema". Error: invalid_input with the known names.
Result<ParameterSet> parse_parameters(std::string_view comma_separated);

// Views are into the reader that gave it, until its next read().
struct ChatRequest {
  std::string_view model;
  std::string_view system_text;  // of the first system or developer message
  std::string_view user_text;    // of the last user message
  std::string_view prompt_cache_key;
  bool has_cache_breakpoint = false;    // in the system message, after its text
  bool is_flex = false;                 // service_tier
  bool caches_explicitly_only = false;  // prompt_cache_options.mode is "explicit"
  std::size_t messages = 0;
  std::size_t content_characters = 0;  // of all messages together
  ParameterSet parameters;
  double temperature = 1;
  std::optional<std::uint64_t> max_output_tokens;  // of either name
  std::optional<std::uint64_t> max_tokens;         // of the old name
  bool wants_string_issues = false;                // the schema says that issues are plain strings
  bool has_bare_schema = false;  // json_schema is the schema itself, without name and strict (YandexGPT)
};

// Not thread-safe; keeps its memory between requests.
class ChatRequestReader {
 public:
  ChatRequestReader();
  ~ChatRequestReader();
  ChatRequestReader(const ChatRequestReader&) = delete;
  ChatRequestReader& operator=(const ChatRequestReader&) = delete;

  // Errors: bad_request with the text that OpenAI answers.
  Result<ChatRequest> read(std::string_view body);
  // Of the schema in the last request; 0 without one. Costs a few microseconds.
  std::uint64_t count_schema_tokens() const;

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace sv::sim
