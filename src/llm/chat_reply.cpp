#include "llm/chat_reply.hpp"

#include "base/text.hpp"
#include "limits/retry_after.hpp"
#include "llm/error_reply.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace sv::llm {

namespace json = boost::json;

namespace {

constexpr std::size_t kShownCharacters = 200;

const json::value* member(const json::value* value, std::string_view name) {
  const json::object* object = value == nullptr ? nullptr : value->if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

std::string_view text_of(const json::value* value) {
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string text_or_number(const json::value* value) {
  if (value == nullptr) return {};
  if (value->is_int64()) return fmt::format("{}", value->get_int64());
  return std::string(text_of(value));
}

std::uint64_t count_of(const json::value* value) {
  if (value == nullptr) return 0;
  if (const std::int64_t* number = value->if_int64())
    return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  if (const std::uint64_t* number = value->if_uint64()) return *number;
  return 0;
}

domain::Usage read_usage(const json::value& root) {
  const json::value* usage = member(&root, "usage");
  const json::value* input_details = member(usage, "prompt_tokens_details");
  const json::value* output_details = member(usage, "completion_tokens_details");
  domain::Usage result;
  result.input = count_of(member(usage, "prompt_tokens"));
  result.output = count_of(member(usage, "completion_tokens"));
  result.cached_input = count_of(member(input_details, "cached_tokens"));
  result.cache_write = count_of(member(input_details, "cache_write_tokens"));
  result.reasoning = count_of(member(output_details, "reasoning_tokens"));
  // DeepSeek's own name for cached tokens.
  if (result.cached_input == 0) result.cached_input = count_of(member(usage, "prompt_cache_hit_tokens"));
  return result;
}

// A string, or an array of parts whose texts belong together.
std::string read_content(const json::value* content) {
  if (content == nullptr) return {};
  if (const json::array* parts = content->if_array()) {
    std::string text;
    for (const json::value& part : *parts) text += text_of(member(&part, "text"));
    return text;
  }
  return std::string(text_of(content));
}

// The ids of the quotas in google.rpc.QuotaFailure, one to a line.
std::string read_quotas(const json::value* details) {
  std::string ids;
  const json::array* list = details == nullptr ? nullptr : details->if_array();
  if (list == nullptr) return ids;
  for (const json::value& detail : *list) {
    const json::value* violations = member(&detail, "violations");
    const json::array* each = violations == nullptr ? nullptr : violations->if_array();
    if (each == nullptr) continue;
    for (const json::value& violation : *each)
      ids += std::string(text_of(member(&violation, "quotaId"))) + '\n';
  }
  return ids;
}

// The error object, wherever it stands: `error`, the body itself, or the first of an array (Gemini).
ErrorBody read_error(const json::value& root) {
  const json::value* body = &root;
  if (const json::array* array = root.if_array(); array != nullptr && !array->empty()) body = &array->front();
  const json::value* error = member(body, "error");
  if (error == nullptr) error = body;
  ErrorBody result;
  if (error->is_string()) {
    result.message = text_of(error);
    return result;
  }
  result.message = text_of(member(error, "message"));
  result.type = text_of(member(error, "type"));
  if (result.type.empty()) result.type = text_of(member(error, "status"));
  if (result.type.empty()) result.type = text_of(member(member(error, "metadata"), "error_type"));
  result.code = text_or_number(member(error, "code"));
  result.parameter = text_of(member(error, "param"));
  result.quotas = read_quotas(member(error, "details"));
  return result;
}

std::string shown(std::string_view text) { return shorten(sanitize_for_terminal(text), kShownCharacters); }

std::string describe_status(int status, ErrorKind kind, const ErrorBody& body) {
  std::string_view advice;
  switch (kind) {
    case ErrorKind::unauthorized:
      advice = "check the API key and what it is allowed to do";
      break;
    case ErrorKind::unknown_model:
      advice = "check model and base_url";
      break;
    case ErrorKind::quota_exhausted:
      advice = is_limit_of_a_day(body)
                   ? "the limit of a day is used up: run again when there is more of it, what is judged "
                     "is kept; or name a second provider"
                   : "the account's credit or spend limit is used up";
      break;
    case ErrorKind::too_large:
      advice = "the row and the rulebook do not fit into one request";
      break;
    default:
      break;
  }
  std::string text = fmt::format("HTTP {}", status);
  if (!body.message.empty()) text += ": " + shown(body.message);
  if (!advice.empty()) text += fmt::format(" ({})", advice);
  return text;
}

int status_in(const ErrorBody& body) {
  int status = 0;
  std::from_chars(body.code.data(), body.code.data() + body.code.size(), status);
  return status >= 400 && status <= 599 ? status : 500;
}

std::unexpected<Error> fail_by_error(int status, const ErrorBody& body, std::string_view raw_body,
                                     const ports::HttpResponse& response, WallTime wall_now) {
  ErrorKind kind = classify_error(status, body);
  if (response.header("x-should-retry") == "false" &&
      (kind == ErrorKind::rate_limited || kind == ErrorKind::overloaded || kind == ErrorKind::server_error)) {
    kind = ErrorKind::bad_request;  // the provider says that asking again is of no use
  }
  std::optional<Duration> wait =
      limits::parse_retry_after(response.header("retry-after-ms"), response.header("retry-after"), wall_now);
  const std::optional<Duration> text = limits::find_try_again(raw_body.substr(0, std::size_t{16} << 10U));
  // Retry-After is the text's wait rounded up to whole seconds (openai-api.md section 6): the text then says
  // the same, more exactly.
  const bool is_same = text && wait && std::chrono::ceil<std::chrono::seconds>(*text) == *wait;
  if (!wait || is_same) wait = text;
  return fail(kind, describe_status(status, kind, body), wait);
}

Result<ChatReply> read_choice(const json::value& root) {
  const json::value* choices = member(&root, "choices");
  const json::array* list = choices == nullptr ? nullptr : choices->if_array();
  if (list == nullptr) return fail(ErrorKind::protocol, "the reply is JSON but no chat completion");
  if (list->empty())
    return fail(ErrorKind::refused, "the provider answered with no choice at all (a content filter)");
  const json::value* choice = &list->front();
  const json::value* message = member(choice, "message");
  const std::string_view finish = text_of(member(choice, "finish_reason"));
  if (const std::string_view refusal = text_of(member(message, "refusal")); !refusal.empty()) {
    return fail(ErrorKind::refused, "the model refused to judge the row");
  }
  if (finish == "content_filter" || finish == "blacklist") {
    return fail(ErrorKind::refused,
                fmt::format("the provider's content filter stopped the reply ({})", finish));
  }
  if (finish == "length") {
    return fail(ErrorKind::truncated, "the reply was cut off at the completion cap (max_output_tokens)");
  }
  // Some servers of one's own leave it out; what they say then has to hold by itself.
  if (!finish.empty() && finish != "stop" && finish != "eos" && finish != "end_turn") {
    return fail(ErrorKind::server_error, "the reply ended with finish_reason " + shown(finish));
  }
  ChatReply reply;
  reply.content = read_content(member(message, "content"));
  reply.model = text_of(member(&root, "model"));
  if (is_blank(reply.content)) return fail(ErrorKind::invalid_reply, "the model's reply is empty");
  return reply;
}

}  // namespace

ChatResult read_chat_reply(const ports::HttpResponse& response, WallTime wall_now) {
  ChatResult result{.reply = ChatReply{}, .usage = {}, .refused_parameter = {}, .refusal_text = {}};
  if (response.body.size() > kMaxReplyBytes) {
    result.reply =
        fail(ErrorKind::oversized, fmt::format("the reply has more than {} bytes", kMaxReplyBytes));
    return result;
  }
  std::array<unsigned char, std::size_t{8} << 10U>
      space;  // NOLINT(*-member-init): a usual reply fits, none is read unwritten
  json::monotonic_resource memory(space.data(), space.size());
  json::parse_options options;
  options.max_depth = kMaxReplyDepth;
  boost::system::error_code error;
  const json::value root = json::parse(response.body, error, &memory, options);
  if (error) {
    if (response.status == 200) {
      result.reply = fail(ErrorKind::protocol, "the reply is not JSON (is base_url the address of an API?)");
      return result;
    }
    // A proxy's HTML page, or nothing at all: the status has to speak for itself.
    result.reply = fail_by_error(response.status, ErrorBody{}, response.body, response, wall_now);
    return result;
  }
  const bool has_error = member(&root, "error") != nullptr && !member(&root, "error")->is_null();
  if (response.status == 200 && !has_error) {
    result.usage = read_usage(root);
    result.reply = read_choice(root);
    const std::string_view tier = text_of(member(&root, "service_tier"));
    if (!tier.empty()) result.tier = tier == "flex" ? BilledTier::flex : BilledTier::other;
    return result;
  }
  const ErrorBody body = read_error(root);
  const int status = response.status == 200 ? status_in(body) : response.status;
  result.usage = read_usage(root);
  result.reply = fail_by_error(status, body, response.body, response, wall_now);
  // 498 is Groq's.
  result.is_flex_unavailable =
      (status == 429 && result.reply.error().kind == ErrorKind::overloaded) || status == 498;
  if (result.reply.error().kind == ErrorKind::bad_request) {
    result.refused_parameter = body.parameter;
    result.refusal_text = body.message;
  }
  return result;
}

}  // namespace sv::llm
