#include "sim/chat_request.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"
#include "sim/tokenizer.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sv::sim {

namespace json = boost::json;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10U;
constexpr std::size_t kMaxMessages = 64;

constexpr std::array<std::string_view, kParameterCount> kNames{"temperature",
                                                               "top_p",
                                                               "seed",
                                                               "max_tokens",
                                                               "max_completion_tokens",
                                                               "json_object",
                                                               "json_schema",
                                                               "reasoning",
                                                               "reasoning_effort",
                                                               "prompt_cache_key",
                                                               "service_tier",
                                                               "prompt_cache_options",
                                                               "logprobs",
                                                               "logit_bias",
                                                               "metadata",
                                                               "several_choices"};

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorKind::bad_request, std::move(message));
}

const json::object* object_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

std::string_view text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::optional<std::uint64_t> count_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? std::nullopt : std::optional(number);
}

// `{"properties":{"issues":{"items":{"type":"string"}}}}`, the form of the Python original.
bool has_string_issues(const json::object& schema) {
  const json::object* properties = object_member(schema, "properties");
  const json::object* issues = properties == nullptr ? nullptr : object_member(*properties, "issues");
  const json::object* items = issues == nullptr ? nullptr : object_member(*issues, "items");
  return items != nullptr && text_member(*items, "type") == "string";
}

}  // namespace

std::string_view to_string(Parameter parameter) { return kNames[static_cast<std::size_t>(parameter)]; }

Result<ParameterSet> parse_parameters(std::string_view comma_separated) {
  ParameterSet set;
  while (!comma_separated.empty()) {
    const std::size_t comma = std::min(comma_separated.find(','), comma_separated.size());
    const std::string_view name = trim(comma_separated.substr(0, comma));
    comma_separated.remove_prefix(std::min(comma + 1, comma_separated.size()));
    const auto* found = std::ranges::find(kNames, name);
    if (found == kNames.end()) {
      return fail(ErrorKind::invalid_input, fmt::format("`{}` cannot be refused: choose from {}",
                                                        shorten(name, 40), fmt::join(kNames, ", ")));
    }
    set.add(static_cast<Parameter>(found - kNames.begin()));
  }
  return set;
}

struct ChatRequestReader::Memory {
  std::array<unsigned char, kBufferBytes> buffer;
  // A new one for each request: when it is used again it takes twice what it took for the request before,
  // whatever this one needs (Boost 1.81: release() keeps the size of its next block).
  std::optional<json::monotonic_resource> resource;
  std::optional<json::value> root;  // an assignment would copy it into another memory resource
  std::string joined;               // of messages that are lists of parts
};

ChatRequestReader::ChatRequestReader() : memory_(std::make_unique<Memory>()) {}
ChatRequestReader::~ChatRequestReader() = default;

namespace {

// A string as it is; the text parts of a list one after another, kept in `joined` (which must not be moved by
// later messages: it has room for all of them).
std::optional<std::string_view> content_text(const json::value& content, std::string& joined) {
  if (content.is_string()) return std::string_view(content.get_string());
  const json::array* parts = content.if_array();
  if (parts == nullptr) return std::nullopt;
  const std::size_t begin = joined.size();
  for (const json::value& part : *parts) {
    const json::object* object = part.if_object();
    if (object == nullptr || text_member(*object, "type") != "text") return std::nullopt;
    joined += text_member(*object, "text");
  }
  return std::string_view(joined).substr(begin);
}

// {"type":"text","text":…,"prompt_cache_breakpoint":{"mode":"explicit"}} as the last part.
bool ends_with_breakpoint(const json::value& content) {
  const json::array* parts = content.if_array();
  const json::object* last = parts == nullptr || parts->empty() ? nullptr : parts->back().if_object();
  return last != nullptr && object_member(*last, "prompt_cache_breakpoint") != nullptr;
}

void read_parameters(const json::object& root, ChatRequest& request) {
  for (std::size_t i = 0; i < kParameterCount; ++i) {
    const auto parameter = static_cast<Parameter>(i);
    if (parameter == Parameter::json_object || parameter == Parameter::json_schema) continue;
    const json::value* value = root.if_contains(kNames[i]);
    if (value != nullptr && !value->is_null()) request.parameters.add(parameter);
  }
  if (const json::value* value = root.if_contains("temperature"); value != nullptr && value->is_number()) {
    request.temperature = value->to_number<double>();
  }
  request.max_output_tokens = count_member(root, "max_completion_tokens");
  request.max_tokens = count_member(root, "max_tokens");
  if (!request.max_output_tokens) request.max_output_tokens = request.max_tokens;
  if (count_member(root, "n").value_or(1) > 1) request.parameters.add(Parameter::several_choices);
  request.is_flex = text_member(root, "service_tier") == "flex";
  request.prompt_cache_key = text_member(root, "prompt_cache_key");
  if (const json::object* options = object_member(root, "prompt_cache_options")) {
    request.caches_explicitly_only = text_member(*options, "mode") == "explicit";
  }
  const json::object* format = object_member(root, "response_format");
  if (format == nullptr) return;
  const std::string_view type = text_member(*format, "type");
  if (type == "json_object") request.parameters.add(Parameter::json_object);
  if (type != "json_schema") return;
  request.parameters.add(Parameter::json_schema);
  const json::object* named = object_member(*format, "json_schema");
  const json::object* schema = named == nullptr ? nullptr : object_member(*named, "schema");
  if (named != nullptr && schema == nullptr) {
    request.has_bare_schema = true;
    schema = named;
  }
  if (schema != nullptr) request.wants_string_issues = has_string_issues(*schema);
}

}  // namespace

Result<ChatRequest> ChatRequestReader::read(std::string_view body) {
  memory_->root.reset();
  memory_->resource.emplace(memory_->buffer.data(), memory_->buffer.size());
  memory_->joined.clear();
  boost::system::error_code error;
  memory_->root.emplace(json::parse(body, error, &*memory_->resource));
  if (error || !memory_->root->is_object()) {
    return refuse(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your "
        "HTTP library "
        "correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)");
  }
  const json::object& root = memory_->root->get_object();
  ChatRequest request;
  request.model = text_member(root, "model");
  if (request.model.empty()) return refuse("you must provide a model parameter");
  const json::value* list = root.if_contains("messages");
  if (list == nullptr) return refuse("Missing required parameter: 'messages'.");
  const json::array* messages = list->if_array();
  if (messages == nullptr) return refuse("Invalid type for 'messages': expected an array of objects.");
  if (messages->empty() || messages->size() > kMaxMessages) {
    return refuse(fmt::format("Invalid 'messages': the simulation takes 1 to {} messages.", kMaxMessages));
  }
  if (const json::value* stream = root.if_contains("stream");
      stream != nullptr && *stream == json::value(true)) {
    return refuse(
        "Unsupported value: 'stream' does not support true: this is a simulation, it does not stream.");
  }
  memory_->joined.reserve(body.size());
  for (const json::value& entry : *messages) {
    const json::object* message = entry.if_object();
    const json::value* content = message == nullptr ? nullptr : message->if_contains("content");
    const std::optional<std::string_view> text =
        content == nullptr ? std::nullopt : content_text(*content, memory_->joined);
    if (!text)
      return refuse("Invalid type for 'messages[].content': expected a string or an array of text parts.");
    const std::string_view role = text_member(*message, "role");
    if (role == "user") request.user_text = *text;
    if ((role == "system" || role == "developer") && request.system_text.empty()) {
      request.system_text = *text;
      request.has_cache_breakpoint = ends_with_breakpoint(*content);
    }
    request.content_characters += count_characters(*text);
  }
  request.messages = messages->size();
  read_parameters(root, request);
  if (request.has_cache_breakpoint) request.parameters.add(Parameter::prompt_cache_options);
  return request;
}

std::uint64_t ChatRequestReader::count_schema_tokens() const {
  const json::object* root = memory_->root ? memory_->root->if_object() : nullptr;
  const json::object* format = root == nullptr ? nullptr : object_member(*root, "response_format");
  return format == nullptr ? 0 : count_tokens(json::serialize(*format));
}

}  // namespace sv::sim
