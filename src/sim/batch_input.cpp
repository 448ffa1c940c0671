#include "sim/batch_input.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <unordered_set>
#include <utility>

namespace sv::sim {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxMistakes = 20;
constexpr std::size_t kBufferBytes = std::size_t{64} << 10U;

std::string_view text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::size_t message_characters(const json::object& body) {
  const json::value* found = body.if_contains("messages");
  const json::array* messages = found == nullptr ? nullptr : found->if_array();
  if (messages == nullptr) return 0;
  std::size_t characters = 0;
  for (const json::value& entry : *messages) {
    const json::object* message = entry.if_object();
    const json::value* content = message == nullptr ? nullptr : message->if_contains("content");
    if (content == nullptr) continue;
    if (content->is_string()) characters += count_characters(content->get_string());
    if (!content->is_array()) continue;
    for (const json::value& part : content->get_array()) {
      if (part.is_object()) characters += count_characters(text_member(part.get_object(), "text"));
    }
  }
  return characters;
}

// What is wrong with a line on its own.
std::optional<BatchMistake> find_mistake(const json::value& value, std::string_view endpoint) {
  const json::object* line = value.if_object();
  if (line == nullptr) return BatchMistake{"invalid_json_line", "This line is not a JSON object."};
  if (text_member(*line, "custom_id").empty()) {
    return BatchMistake{"missing_required_parameter", "Missing required parameter: 'custom_id'.",
                        "custom_id"};
  }
  if (text_member(*line, "method") != "POST") {
    return BatchMistake{"invalid_method", "Invalid method: a line's 'method' is \"POST\".", "method"};
  }
  if (text_member(*line, "url") != endpoint) {
    return BatchMistake{
        "invalid_url",
        fmt::format("The URL provided for this request does not match the batch endpoint {}.", endpoint),
        "url"};
  }
  const json::value* body = line->if_contains("body");
  if (body == nullptr || !body->is_object() || text_member(body->get_object(), "model").empty()) {
    return BatchMistake{"missing_required_parameter", "Missing required parameter: 'body.model'.", "body"};
  }
  return std::nullopt;
}

}  // namespace

BatchInput read_batch_input(std::string_view content, std::string_view endpoint, std::size_t max_lines) {
  BatchInput input;
  const auto note = [&input](BatchMistake mistake, std::optional<std::uint64_t> line) {
    mistake.line = line;
    if (input.mistakes.size() < kMaxMistakes) input.mistakes.push_back(std::move(mistake));
  };
  std::array<unsigned char, kBufferBytes> buffer{};
  std::unordered_set<std::string> custom_ids;
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    const std::string_view text = content.substr(at, end - at);
    const std::size_t begin = std::exchange(at, end + 1);
    ++number;
    if (input.lines.size() >= max_lines) {
      note({"request_limit_exceeded", fmt::format("A batch takes at most {} requests.", max_lines)},
           std::nullopt);
      break;
    }
    json::monotonic_resource resource(buffer.data(), buffer.size());
    boost::system::error_code error;
    const json::value value = json::parse(text, error, &resource);
    if (error) {
      note({"invalid_json_line", "This line is not parseable as valid JSON."}, number);
      continue;
    }
    if (auto mistake = find_mistake(value, endpoint)) {
      note(*std::move(mistake), number);
      continue;
    }
    const json::object& line = value.get_object();
    const json::object& body = line.at("body").get_object();
    const std::string_view model = text_member(body, "model");
    if (input.model.empty()) input.model = model;
    if (model != input.model) {
      note({"mismatched_model",
            fmt::format("The model `{}` does not match the first request's `{}`: a batch has one model.",
                        shorten(model, 60), shorten(input.model, 60)),
            "body.model"},
           number);
    }
    const std::string_view custom_id = text_member(line, "custom_id");
    if (!custom_ids.emplace(custom_id).second) {
      note({"duplicate_custom_id",
            fmt::format("The custom_id `{}` stands in an earlier line of this file.", shorten(custom_id, 60)),
            "custom_id"},
           number);
    }
    input.prompt_tokens += message_characters(body) / 4 + 1;
    input.lines.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(text.size())});
  }
  if (number == 0) note({"empty_file", "The input file is empty."}, std::nullopt);
  return input;
}

BatchLine read_batch_line(std::string_view line) {
  const json::value value = json::parse(line);
  const json::object& object = value.get_object();
  return {.custom_id = std::string(text_member(object, "custom_id")),
          .body = json::serialize(object.at("body"))};
}

}  // namespace sv::sim
