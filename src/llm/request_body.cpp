#include "llm/request_body.hpp"

#include "base/assert.hpp"
#include "prompt/json_escape.hpp"
#include "prompt/response_schema.hpp"

#include <fmt/format.h>

#include <iterator>

namespace sv::llm {

namespace {

std::string response_format(const Capabilities& capabilities) {
  switch (capabilities.reply_format) {
    case ReplyFormat::json_schema:
      if (capabilities.has_bare_schema) {
        return fmt::format(R"(,"response_format":{{"type":"json_schema","json_schema":{}}})",
                           prompt::kResponseSchema);
      }
      return fmt::format(
          R"(,"response_format":{{"type":"json_schema","json_schema":{{"name":"{}","strict":true,"schema":{}}}}})",
          prompt::kResponseSchemaName, prompt::kResponseSchema);
    case ReplyFormat::json_object:
      return R"(,"response_format":{"type":"json_object"})";
    case ReplyFormat::text:
      return {};
  }
  return {};
}

std::string_view reasoning(ReasoningField field) {
  switch (field) {
    case ReasoningField::none:
      return {};
    case ReasoningField::effort:
      return R"(,"reasoning_effort":"high")";
    case ReasoningField::object:
      return R"(,"reasoning":{"effort":"high"})";
  }
  return {};
}

}  // namespace

RequestBody::RequestBody(const BodyParameters& parameters, const Capabilities& capabilities) {
  head_ = R"({"model":)";
  prompt::append_json_string(head_, parameters.model);
  head_ += R"(,"messages":[{"role":"system","content":)";
  const bool has_breakpoint = capabilities.prompt_caching == PromptCaching::explicit_breakpoint;
  if (has_breakpoint) head_ += R"([{"type":"text","text":)";
  prompt::append_json_string(head_, parameters.system_text);
  if (has_breakpoint) head_ += R"(,"prompt_cache_breakpoint":{"mode":"explicit"}}])";
  head_ += R"(},{"role":"user","content":")";

  middle_ = capabilities.cap_field == CapField::max_tokens ? R"("}],"max_tokens":)"
                                                           : R"("}],"max_completion_tokens":)";

  if (parameters.temperature && capabilities.takes_temperature) {
    tail_ += fmt::format(R"(,"temperature":{})", *parameters.temperature);
  }
  tail_ += response_format(capabilities);
  tail_ += reasoning(capabilities.reasoning);
  if (has_breakpoint) tail_ += R"(,"prompt_cache_options":{"mode":"explicit"})";
  if (capabilities.takes_prompt_cache_key) {
    has_cache_key_ = true;
    tail_ += R"(,"prompt_cache_key":")";
    prompt::append_json_escaped(tail_, parameters.prompt_cache_key);
    tail_ += '-';
  }
}

std::string RequestBody::build(std::string_view user_text, std::uint64_t completion_cap,
                               std::uint32_t cache_key, bool is_flex) const {
  constexpr std::size_t kDigits = 20;
  constexpr std::string_view kFlex = R"(,"service_tier":"flex")";
  std::string body;
  body.reserve(head_.size() + user_text.size() + user_text.size() / 8 + middle_.size() + kDigits +
               tail_.size() + kDigits + kFlex.size());
  body += head_;
  prompt::append_json_escaped(body, user_text);
  body += middle_;
  fmt::format_to(std::back_inserter(body), "{}", completion_cap);
  if (is_flex) body += kFlex;
  body += tail_;
  if (has_cache_key_) {
    fmt::format_to(std::back_inserter(body), R"({}"}})", cache_key);
  } else {
    body += '}';
  }
  SV_ASSERT(body.starts_with(head_), "the prompt prefix is the same bytes for every row");
  return body;
}

}  // namespace sv::llm
