#include "llm/batch_api.hpp"

#include "base/text.hpp"
#include "llm/chat_reply.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <utility>

namespace sv::llm {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kRunKey = "status_validator_run";
constexpr std::string_view kPartKey = "status_validator_part";
// A page of a hundred batches takes about 150 KB.
constexpr std::size_t kMostCallBytes = std::size_t{4} << 20U;
constexpr int kMostPages = 100;
constexpr std::size_t kMostIdBytes = 200;
constexpr std::size_t kShownCharacters = 200;
// Clocks differ: ours says when the batch was meant, the provider's when it was made.
constexpr Duration kClockSlack = 10min;

const json::value* member(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

std::string text_of(const json::value& value, std::string_view name) {
  const json::value* found = member(value, name);
  return found != nullptr && found->is_string() ? std::string(std::string_view(found->get_string()))
                                                : std::string();
}

std::uint64_t count_of(const json::value& value, std::string_view name) {
  const json::value* found = member(value, name);
  const std::int64_t* number = found == nullptr ? nullptr : found->if_int64();
  return number == nullptr || *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
}

// Ids become parts of URLs: anything but the letters that ids are made of is no id.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMostIdBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

std::string id_of(const json::value& value, std::string_view name) {
  std::string id = text_of(value, name);
  return is_id(id) ? id : std::string();
}

BatchProgress progress_of(std::string_view status) {
  for (const BatchProgress end :
       {BatchProgress::completed, BatchProgress::failed, BatchProgress::expired, BatchProgress::cancelled}) {
    if (to_string(end) == status) return end;
  }
  return BatchProgress::in_work;
}

std::optional<BatchLabel> label_of(const json::value& batch) {
  const json::value* metadata = member(batch, "metadata");
  if (metadata == nullptr) return std::nullopt;
  BatchLabel label{.run_id = text_of(*metadata, kRunKey), .part = 0};
  const std::string part = text_of(*metadata, kPartKey);
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), label.part);
  if (label.run_id.empty() || error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return label;
}

std::optional<BatchStatus> read_status(const json::value& batch) {
  BatchStatus status;
  status.id = id_of(batch, "id");
  status.status = shorten(sanitize_for_terminal(text_of(batch, "status")), kShownCharacters);
  if (status.id.empty() || status.status.empty()) return std::nullopt;
  status.progress = progress_of(status.status);
  if (const json::value* counts = member(batch, "request_counts")) {
    status.total = count_of(*counts, "total");
    status.completed = count_of(*counts, "completed");
    status.failed = count_of(*counts, "failed");
  }
  status.output_file_id = id_of(batch, "output_file_id");
  status.error_file_id = id_of(batch, "error_file_id");
  const json::value* errors = member(batch, "errors");
  const json::value* list = errors == nullptr ? nullptr : member(*errors, "data");
  if (list != nullptr && list->is_array() && !list->get_array().empty()) {
    const json::value& first = list->get_array().front();
    status.error_code = shorten(sanitize_for_terminal(text_of(first, "code")), kShownCharacters);
    status.error_message = shorten(sanitize_for_terminal(text_of(first, "message")), kShownCharacters);
  }
  status.created_at = static_cast<std::int64_t>(count_of(batch, "created_at"));
  status.label = label_of(batch);
  return status;
}

Result<json::value> parse(std::string_view body) {
  json::parse_options options;
  options.max_depth = kMaxReplyDepth;
  boost::system::error_code error;
  json::value value = json::parse(body, error, {}, options);
  if (error) return fail(ErrorKind::protocol, "the reply about a batch is no JSON");
  return value;
}

Result<BatchStatus> parse_status(const Result<std::string>& body) {
  if (!body) return std::unexpected(body.error());
  const Result<json::value> value = parse(*body);
  if (!value) return std::unexpected(value.error());
  std::optional<BatchStatus> status = read_status(*value);
  if (!status) return fail(ErrorKind::protocol, "the reply about a batch has no id or no status");
  return *std::move(status);
}

}  // namespace

std::string_view to_string(BatchProgress progress) {
  switch (progress) {
    case BatchProgress::in_work:
      return "in_work";
    case BatchProgress::completed:
      return "completed";
    case BatchProgress::failed:
      return "failed";
    case BatchProgress::expired:
      return "expired";
    case BatchProgress::cancelled:
      return "cancelled";
  }
  return "";
}

Duration poll_delay(std::uint32_t look) {
  constexpr Duration kFirst = 50ms;
  constexpr std::uint32_t kLooksToTheCap = 11;  // 50 ms * 2^11 = 102 s
  return std::min<Duration>(60s, kFirst * (1U << std::min(look, kLooksToTheCap)));
}

BatchApi::BatchApi(const AddressDetails& address, ports::HttpTransport& transport, Clock& clock,
                   Random& random, BatchApiOptions options)
    : address_(address), transport_(transport), clock_(clock), random_(random), options_(options) {}

ports::HttpRequest BatchApi::request_to(std::string_view method, std::string_view path,
                                        std::string_view query) const {
  ports::HttpRequest request;
  request.endpoint = std::make_shared<const ports::HttpEndpoint>(ports::HttpEndpoint{
      .url = api_url(address_.base_url, path, query), .headers = request_headers(address_)});
  request.method = method;
  request.max_response_bytes = kMostCallBytes;
  return request;
}

boost::asio::awaitable<Result<std::string>> BatchApi::send_once(ports::HttpRequest request,
                                                                Duration timeout) {
  request.deadline = Deadline::after(clock_.now(), timeout);
  Result<ports::HttpResponse> response = co_await transport_.send(std::move(request));
  if (!response) co_return std::unexpected(std::move(response.error()));
  if (response->status == 200) co_return std::move(response->body);
  const ChatResult refused = read_chat_reply(*response, clock_.wall_now());
  if (refused.reply) co_return fail(ErrorKind::protocol, fmt::format("HTTP {}", response->status));
  Error error = refused.reply.error();
  const std::string_view key = address_.api_key.reveal();
  const std::size_t at = key.size() < 4 ? std::string::npos : error.message.find(key);
  if (at != std::string::npos) error.message.replace(at, key.size(), "[key]");
  co_return std::unexpected(std::move(error));
}

boost::asio::awaitable<Result<std::string>> BatchApi::send(ports::HttpRequest request, Duration timeout) {
  limits::RetryState state;
  for (;;) {
    Result<std::string> body = co_await send_once(request, timeout);
    if (body) co_return body;
    const std::optional<Duration> delay = limits::next_delay(options_.retries, state, body.error(), random_);
    if (!delay) co_return body;
    co_await clock_.sleep_until(clock_.now() + *delay);
  }
}

boost::asio::awaitable<Result<std::string>> BatchApi::upload(BatchFile file) {
  AddressDetails address = address_;
  std::vector<std::string> headers = request_headers(address);
  std::erase_if(headers, [](const std::string& line) { return line.starts_with("Content-Type:"); });
  headers.push_back("Content-Type: " + file.content_type());
  const auto endpoint = std::make_shared<const ports::HttpEndpoint>(
      ports::HttpEndpoint{.url = api_url(address_.base_url, "files"), .headers = std::move(headers)});
  // Not through send(), which keeps the body for the next time: here a second copy of 200 MB would live as
  // long as the first is sent. The body moves into the request, and the file is built again if need be.
  ports::HttpRequest request;
  request.endpoint = endpoint;
  request.method = "POST";
  request.body = file.take_form();
  request.max_response_bytes = kMostCallBytes;
  const Result<std::string> body = co_await send_once(std::move(request), options_.file_timeout);
  if (!body) co_return std::unexpected(body.error());
  const Result<json::value> value = parse(*body);
  std::string id = value ? id_of(*value, "id") : std::string();
  if (id.empty()) co_return fail(ErrorKind::protocol, "the reply to an upload names no file");
  co_return id;
}

boost::asio::awaitable<Result<BatchStatus>> BatchApi::create(std::string file_id, BatchLabel label) {
  ports::HttpRequest request = request_to("POST", "batches");
  const json::object metadata{{kRunKey, label.run_id}, {kPartKey, fmt::to_string(label.part)}};
  request.body = json::serialize(json::object{{"input_file_id", file_id},
                                              {"endpoint", "/v1/chat/completions"},
                                              {"completion_window", "24h"},
                                              {"metadata", metadata}});
  const Result<std::string> body = co_await send_once(std::move(request), options_.call_timeout);
  co_return parse_status(body);
}

boost::asio::awaitable<Result<std::optional<BatchStatus>>> BatchApi::find(BatchLabel label, WallTime since) {
  const std::int64_t oldest =
      std::chrono::floor<std::chrono::seconds>(since - kClockSlack).time_since_epoch().count();
  std::string after;
  for (int page = 0; page < kMostPages; ++page) {
    const std::string query = after.empty() ? std::string("limit=100") : "limit=100&after=" + after;
    const Result<std::string> body =
        co_await send(request_to("GET", "batches", query), options_.call_timeout);
    if (!body) co_return std::unexpected(body.error());
    const Result<json::value> value = parse(*body);
    if (!value) co_return std::unexpected(value.error());
    const json::value* data = member(*value, "data");
    if (data == nullptr || !data->is_array()) {
      co_return fail(ErrorKind::protocol, "the list of batches is none");
    }
    bool is_old = false;
    after.clear();
    for (const json::value& entry : data->get_array()) {
      std::optional<BatchStatus> batch = read_status(entry);
      if (!batch) continue;
      if (batch->label == label) co_return std::move(batch);
      is_old = is_old || batch->created_at < oldest;
      after = batch->id;
    }
    const json::value* has_more = member(*value, "has_more");
    if (is_old || after.empty() || has_more == nullptr || *has_more != json::value(true)) {
      co_return std::optional<BatchStatus>();
    }
  }
  // More than ten thousand batches since then: not knowing is not the same as there being none.
  co_return fail(ErrorKind::oversized, "the account has more batches than can be looked through");
}

boost::asio::awaitable<Result<std::vector<std::string>>> BatchApi::files_named(std::string name) {
  std::vector<std::string> found;
  std::string after;
  for (int page = 0; page < kMostPages; ++page) {
    const std::string query = "purpose=batch&limit=100" + (after.empty() ? "" : "&after=" + after);
    const Result<std::string> body = co_await send(request_to("GET", "files", query), options_.call_timeout);
    if (!body) co_return std::unexpected(body.error());
    const Result<json::value> value = parse(*body);
    if (!value) co_return std::unexpected(value.error());
    const json::value* data = member(*value, "data");
    if (data == nullptr || !data->is_array())
      co_return fail(ErrorKind::protocol, "the list of files is none");
    after.clear();
    for (const json::value& entry : data->get_array()) {
      std::string id = id_of(entry, "id");
      if (id.empty()) continue;
      after = id;
      const json::value* filename = member(entry, "filename");
      const bool is_wanted = filename != nullptr && filename->is_string() &&
                             std::string_view(filename->get_string()).starts_with(name);
      if (is_wanted) found.push_back(std::move(id));
    }
    const json::value* has_more = member(*value, "has_more");
    if (after.empty() || has_more == nullptr || *has_more != json::value(true)) break;
  }
  co_return found;
}

boost::asio::awaitable<Result<BatchStatus>> BatchApi::look(std::string batch_id) {
  const Result<std::string> body =
      co_await send(request_to("GET", "batches/" + batch_id), options_.call_timeout);
  co_return parse_status(body);
}

boost::asio::awaitable<Result<BatchStatus>> BatchApi::cancel(std::string batch_id) {
  const Result<std::string> body =
      co_await send(request_to("POST", "batches/" + batch_id + "/cancel"), options_.call_timeout);
  co_return parse_status(body);
}

boost::asio::awaitable<Result<void>> BatchApi::remove(std::string file_id) {
  const Result<std::string> body =
      co_await send_once(request_to("DELETE", "files/" + file_id), options_.call_timeout);
  if (!body) co_return std::unexpected(body.error());
  co_return Result<void>{};
}

boost::asio::awaitable<Result<std::string>> BatchApi::download(std::string file_id) {
  ports::HttpRequest request = request_to("GET", "files/" + file_id + "/content");
  request.max_response_bytes = options_.max_file_bytes;
  co_return co_await send(std::move(request), options_.file_timeout);
}

}  // namespace sv::llm
