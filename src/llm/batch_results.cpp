#include "llm/batch_results.hpp"

#include "llm/chat_reply.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace sv::llm {

namespace json = boost::json;

namespace {

constexpr std::size_t kDeepestLine = kMaxReplyDepth + 4;
constexpr int kLeastStatus = 100;
constexpr int kMostStatus = 599;

const json::object* object_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

std::string text_in(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(std::string_view(value->get_string()))
                                                : std::string();
}

std::optional<BatchLineResult> read_line(std::string_view text) {
  if (text.size() > kMaxReplyBytes) return std::nullopt;
  json::parse_options options;
  options.max_depth = kDeepestLine;
  boost::system::error_code error;
  const json::value value = json::parse(text, error, {}, options);
  const json::object* line = error ? nullptr : value.if_object();
  if (line == nullptr) return std::nullopt;
  BatchLineResult result{
      .custom_id = text_in(*line, "custom_id"), .response = std::nullopt, .error_code = {}};
  if (result.custom_id.empty()) return std::nullopt;
  if (const json::object* failure = object_in(*line, "error")) result.error_code = text_in(*failure, "code");
  const json::object* response = object_in(*line, "response");
  if (response == nullptr) return result;
  const json::value* status = response->if_contains("status_code");
  const json::value* body = response->if_contains("body");
  if (status == nullptr || !status->is_int64() || body == nullptr) return std::nullopt;
  if (status->get_int64() < kLeastStatus || status->get_int64() > kMostStatus) return std::nullopt;
  result.response.emplace();
  result.response->status = static_cast<int>(status->get_int64());
  result.response->body = json::serialize(*body);
  return result;
}

}  // namespace

std::size_t read_batch_results(std::string_view file, const std::function<void(BatchLineResult)>& take) {
  std::size_t unreadable = 0;
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size());
    std::string_view text = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) continue;
    std::optional<BatchLineResult> line = read_line(text);
    if (line) {
      take(*std::move(line));
    } else {
      ++unreadable;
    }
  }
  return unreadable;
}

std::optional<domain::AnswerKey> key_of_line(std::string_view custom_id) {
  domain::AnswerKey key{};
  if (custom_id.size() != key.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char* digits = custom_id.data() + i * 2;
    const auto [end, error] = std::from_chars(digits, digits + 2, key[i], 16);
    if (error != std::errc() || end != digits + 2) return std::nullopt;
  }
  return key;
}

}  // namespace sv::llm
