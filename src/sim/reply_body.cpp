#include "sim/reply_body.hpp"

#include "domain/severity.hpp"
#include "sim/letters.hpp"

#include <fmt/format.h>

#include <iterator>

namespace sv::sim {

namespace {

void append_string_or_null(std::string& out, const std::optional<std::string>& text) {
  if (text) {
    append_json_string(out, *text);
  } else {
    out += "null";
  }
}

}  // namespace

std::string verdict_json(const domain::Verdict& verdict, bool with_issue_objects, std::string_view row_code) {
  std::string out = "{";
  if (!row_code.empty()) {
    out += R"("row_code":)";
    append_json_string(out, row_code);
    out += ',';
  }
  out += R"("issues":[)";
  bool is_first = true;
  for (const domain::Issue& issue : verdict.issues) {
    if (!is_first) out += ',';
    is_first = false;
    if (!with_issue_objects) {
      append_json_string(out, issue.message);
      continue;
    }
    out += R"({"message":)";
    append_json_string(out, issue.message);
    out += R"(,"rule":)";
    append_string_or_null(out, issue.rule);
    out += R"(,"severity":")";
    out += to_string(issue.severity);
    out += R"(","quote":)";
    append_string_or_null(out, issue.quote);
    out += '}';
  }
  out += verdict.is_valid ? R"(],"is_valid":true,"rewrite_suggestion":)"
                          : R"(],"is_valid":false,"rewrite_suggestion":)";
  append_json_string(out, verdict.rewrite_suggestion);
  out += '}';
  return out;
}

std::string completion_body(const Completion& completion) {
  std::string out;
  out.reserve(700 + (completion.content ? completion.content->size() * 5 / 4 : 0));
  fmt::format_to(
      std::back_inserter(out),
      R"({{"id":"chatcmpl-sim-{}","object":"chat.completion","created":{},"model":"{}","choices":[)",
      completion.number, completion.created, kModelName);
  if (completion.has_choices) {
    out += R"({"index":0,"message":{"role":"assistant","content":)";
    if (completion.content) {
      append_json_string(out, *completion.content);
    } else {
      out += "null";
    }
    out += R"(,"refusal":)";
    if (completion.refusal) {
      append_json_string(out, *completion.refusal);
    } else {
      out += "null";
    }
    fmt::format_to(std::back_inserter(out), R"(,"annotations":[]}},"logprobs":null,"finish_reason":"{}"}})",
                   completion.finish_reason);
  }
  out += ']';
  if (completion.usage) {
    const domain::Usage& usage = *completion.usage;
    fmt::format_to(
        std::back_inserter(out),
        R"(,"usage":{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},)"
        R"("prompt_tokens_details":{{"cached_tokens":{},{}"audio_tokens":0}},)"
        R"("completion_tokens_details":{{"reasoning_tokens":{},"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}})",
        usage.input, usage.output, usage.input + usage.output, usage.cached_input,
        usage.cache_write == 0 ? std::string()
                               : fmt::format(R"("cache_write_tokens":{},)", usage.cache_write),
        usage.reasoning);
  }
  fmt::format_to(std::back_inserter(out), R"(,"service_tier":"{}","system_fingerprint":"simulation"}})",
                 completion.is_flex ? "flex" : "default");
  return out;
}

std::string models_body(std::int64_t created, std::string_view id) {
  std::string quoted_id;
  append_json_string(quoted_id, id);
  return fmt::format(
      R"({{"object":"list","data":[{{"id":{},"object":"model","created":{},"owned_by":"simulation"}}]}})",
      quoted_id, created);
}

}  // namespace sv::sim
