#include "sim/batch_model.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"
#include "sim/multipart_form.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <memory>
#include <utility>

namespace sv::sim {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxJobs = 10'000;
constexpr std::size_t kMaxCreateBytes = std::size_t{1} << 20U;
constexpr std::int64_t kBatchFileLife =
    std::int64_t{30} * 86'400;  // seconds, what OpenAI gives files of purpose batch
constexpr std::int64_t kShortestFileLife = 3'600;
constexpr std::string_view kEndpoint = "/v1/chat/completions";
constexpr std::size_t kFilesAPage = 10'000;
constexpr std::size_t kBatchesAPage = 20;
constexpr std::size_t kMostBatchesAPage = 100;
// Metadata: 16 pairs, keys of 64 and values of 512 characters.
constexpr std::size_t kMaxPairs = 16;
constexpr std::size_t kMaxKeyCharacters = 64;
constexpr std::size_t kMaxValueCharacters = 512;

// What follows …/files or …/batches in a path: "" or "/ID/content"; nothing when the path is another.
std::optional<std::string_view> rest_behind(std::string_view path, std::string_view collection) {
  const std::size_t at = path.find(collection);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = path.substr(at + collection.size());
  return rest.empty() || rest.starts_with('/') ? std::optional(rest) : std::nullopt;
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    query.remove_prefix(1);  // ? or &
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return pair.substr(name.size() + 1);
    }
    query.remove_prefix(end);
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// `limit` within 1..most; nothing when it is not.
std::optional<std::size_t> read_limit(std::string_view query, std::size_t usual, std::size_t most) {
  const std::optional<std::string_view> text = query_value(query, "limit");
  if (!text) return usual;
  const std::optional<std::int64_t> limit = parse_number(*text);
  if (!limit || *limit < 1 || std::cmp_greater(*limit, most)) return std::nullopt;
  return static_cast<std::size_t>(*limit);
}

ApiError bad_limit(std::size_t most) {
  return {.message = fmt::format("Invalid 'limit': expected a value from 1 to {}.", most), .param = "limit"};
}

ModelReply json_reply(std::string body) {
  ModelReply reply;
  reply.body = std::move(body);
  return reply;
}

// A page of objects that are already JSON.
std::string list_json(const std::vector<std::pair<std::string, std::string>>& ids_and_objects,
                      bool has_more) {
  std::string out = R"({"object":"list","data":[)";
  for (const auto& [id, object] : ids_and_objects) {
    if (out.back() == '}') out += ',';
    out += object;
  }
  if (ids_and_objects.empty()) return out + R"(],"first_id":null,"last_id":null,"has_more":false})";
  return out + fmt::format(R"(],"first_id":"{}","last_id":"{}","has_more":{}}})",
                           ids_and_objects.front().first, ids_and_objects.back().first, has_more);
}

std::string_view text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

// What is wrong with a batch's metadata; empty: nothing is.
std::string find_metadata_mistake(const json::value& metadata) {
  if (metadata.is_null()) return {};
  const json::object* pairs = metadata.if_object();
  if (pairs == nullptr) return "Invalid type for 'metadata': expected a map from strings to strings.";
  if (pairs->size() > kMaxPairs) return fmt::format("Invalid 'metadata': at most {} pairs.", kMaxPairs);
  for (const auto& [key, value] : *pairs) {
    const json::string* text = value.if_string();
    if (text == nullptr) return "Invalid type for 'metadata': expected a map from strings to strings.";
    if (count_characters(key) > kMaxKeyCharacters || count_characters(*text) > kMaxValueCharacters) {
      return fmt::format("Invalid 'metadata': keys have at most {} characters, values {}.", kMaxKeyCharacters,
                         kMaxValueCharacters);
    }
  }
  return {};
}

const FormPart* find_part(const std::vector<FormPart>& parts, std::string_view name) {
  const auto found = std::ranges::find(parts, name, &FormPart::name);
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace

bool is_upload(std::string_view method, std::string_view target) {
  return method == "POST" && target.substr(0, target.find('?')).ends_with("/files");
}

BatchModel::BatchModel(BatchOptions options, LlmModel& model)
    : options_(std::move(options)),
      model_(model),
      world_{.model = model_, .files = files_, .options = options_, .queued_tokens = {}} {}

void BatchModel::reset() {
  files_ = FileStore();
  world_.queued_tokens.clear();
  jobs_.clear();
  creations_ = 0;
}

// Jobs share files, tokens and the ledger: what happens to them happens in the order of its time.
void BatchModel::move_on(const Moment& moment) {
  for (;;) {
    BatchJob* next = nullptr;
    for (BatchJob& job : jobs_) {
      const std::optional<TimePoint> when = job.next_change();
      if (!when || *when > moment.now) continue;
      if (next == nullptr || *when < *next->next_change()) next = &job;
    }
    if (next == nullptr) break;
    next->change(world_);
  }
  for (BatchJob& job : jobs_) job.work(world_, moment.now);
  files_.drop_expired(moment.unix_seconds());
}

std::optional<ModelReply> BatchModel::answer(ApiRequest& request, TimePoint now, WallTime wall_now) {
  const std::size_t question = std::min(request.target.find('?'), request.target.size());
  const std::string_view path = request.target.substr(0, question);
  const std::string_view query = request.target.substr(question);
  const auto files = rest_behind(path, "/files");
  const auto batches = rest_behind(path, "/batches");
  if (!files && !batches) return std::nullopt;
  if (!model_.is_authorized(request.credential)) return model_.refuse_key();
  const Moment moment{now, wall_now};
  move_on(moment);
  return files ? answer_files(request, *files, query, moment)
               : answer_batches(request, *batches, query, moment);
}

ModelReply BatchModel::not_allowed(const ApiRequest& request) const {
  return model_.refuse(
      {.status = 405, .message = fmt::format("Not allowed to {} on {}.", request.method, request.target)});
}

ModelReply BatchModel::answer_files(ApiRequest& request, std::string_view rest, std::string_view query,
                                    const Moment& moment) {
  if (rest.empty()) {
    if (request.method == "POST") return upload(request, moment);
    return request.method == "GET" ? list_files(query) : not_allowed(request);
  }
  static constexpr std::string_view kContent = "/content";
  const bool of_content = rest.ends_with(kContent);
  const std::string_view id = rest.substr(1, rest.size() - 1 - (of_content ? kContent.size() : 0));
  const StoredFile* file = files_.find(id);
  if (file == nullptr) {
    return model_.refuse(
        {.status = 404, .message = fmt::format("No such File object: {}", shorten(id, 60)), .param = "id"});
  }
  if (request.method == "DELETE" && !of_content) {
    const std::string deleted = fmt::format(R"({{"id":"{}","object":"file","deleted":true}})", file->id);
    files_.remove(id);
    return json_reply(deleted);
  }
  if (request.method != "GET") return not_allowed(request);
  if (!of_content) return json_reply(file_json(*file));
  ModelReply reply;
  reply.content_type = "application/octet-stream";
  reply.body = *file->content;
  return reply;
}

// Files, and what jobs still hold of those that were deleted.
std::size_t BatchModel::bytes_kept() const {
  std::size_t bytes = files_.bytes();
  for (const BatchJob& job : jobs_) {
    if (files_.find(job.input_file_id()) == nullptr) bytes += job.input_bytes();
  }
  return bytes;
}

ModelReply BatchModel::upload(ApiRequest& request, const Moment& moment) {
  const Result<std::vector<FormPart>> parts = read_multipart(request.body, request.content_type);
  if (!parts) return model_.refuse({.message = parts.error().message});
  const FormPart* file = find_part(*parts, "file");
  const FormPart* purpose = find_part(*parts, "purpose");
  if (purpose == nullptr) {
    return model_.refuse({.message = "'purpose' is a required property", .param = "purpose"});
  }
  if (file == nullptr || !file->filename) {
    return model_.refuse({.message = "'file' is a required property", .param = "file"});
  }
  if (file->content.size() > options_.max_file_bytes) {
    return model_.refuse({.status = 413,
                          .message = fmt::format("Maximum content size limit ({}) exceeded ({} bytes read)",
                                                 options_.max_file_bytes, file->content.size())});
  }
  if (bytes_kept() + file->content.size() > options_.max_stored_bytes) {
    return model_.refuse(
        {.message = fmt::format("The simulation keeps at most {} bytes of files: delete some.",
                                options_.max_stored_bytes),
         .code = "storage_limit_exceeded"});
  }
  std::optional<std::int64_t> life;
  if (purpose->content == "batch") life = kBatchFileLife;
  if (const FormPart* seconds = find_part(*parts, "expires_after[seconds]")) {
    life = parse_number(seconds->content);
    if (!life || *life < kShortestFileLife || *life > kBatchFileLife) {
      return model_.refuse({.message = "Invalid 'expires_after[seconds]': expected 3600 to 2592000.",
                            .param = "expires_after[seconds]"});
    }
  }
  StoredFile stored{.id = {},
                    .filename = std::string(*file->filename),
                    .purpose = std::string(purpose->content),
                    .created_at = moment.unix_seconds(),
                    .expires_at = std::nullopt,
                    .content = nullptr};
  if (life) stored.expires_at = stored.created_at + *life;
  // Cut out in place: two copies of 200 MB are one too many.
  const auto begin = static_cast<std::size_t>(file->content.data() - request.body.data());
  request.body.resize(begin + file->content.size());
  request.body.erase(0, begin);
  stored.content = std::make_shared<const std::string>(std::move(request.body));
  return json_reply(file_json(files_.add(std::move(stored))));
}

ModelReply BatchModel::list_files(std::string_view query) const {
  const std::optional<std::size_t> limit = read_limit(query, kFilesAPage, kFilesAPage);
  if (!limit) return model_.refuse(bad_limit(kFilesAPage));
  const std::optional<std::string_view> purpose = query_value(query, "purpose");
  std::vector<const StoredFile*> wanted;
  for (const auto& [number, file] : files_.all()) {
    if (!purpose || file.purpose == *purpose) wanted.push_back(&file);
  }
  if (query_value(query, "order") != "asc") std::ranges::reverse(wanted);
  if (const std::optional<std::string_view> after = query_value(query, "after")) {
    const auto found = std::ranges::find(wanted, *after, [](const StoredFile* file) { return file->id; });
    if (found != wanted.end()) wanted.erase(wanted.begin(), std::next(found));
  }
  std::vector<std::pair<std::string, std::string>> page;
  for (const StoredFile* file : wanted) {
    if (page.size() >= *limit) break;
    page.emplace_back(file->id, file_json(*file));
  }
  return json_reply(list_json(page, wanted.size() > page.size()));
}

BatchJob* BatchModel::find_job(std::string_view id) {
  const auto found = std::ranges::find(jobs_, id, &BatchJob::id);
  return found == jobs_.end() ? nullptr : &*found;
}

ModelReply BatchModel::answer_batches(ApiRequest& request, std::string_view rest, std::string_view query,
                                      const Moment& moment) {
  if (rest.empty()) {
    if (request.method == "POST") return create(request.body, moment);
    return request.method == "GET" ? list_batches(query) : not_allowed(request);
  }
  static constexpr std::string_view kCancel = "/cancel";
  const bool is_cancel = rest.ends_with(kCancel);
  const std::string_view id = rest.substr(1, rest.size() - 1 - (is_cancel ? kCancel.size() : 0));
  BatchJob* job = find_job(id);
  if (job == nullptr) {
    return model_.refuse(
        {.status = 404, .message = fmt::format("No batch found with id '{}'.", shorten(id, 60))});
  }
  if (request.method != (is_cancel ? "POST" : "GET")) return not_allowed(request);
  if (is_cancel && !job->cancel(world_, moment.now)) {
    return model_.refuse(
        {.status = 409,
         .message = fmt::format("Cannot cancel a batch with status '{}'.", to_string(job->state()))});
  }
  return json_reply(job->to_json());
}

ModelReply BatchModel::list_batches(std::string_view query) const {
  const std::optional<std::size_t> limit = read_limit(query, kBatchesAPage, kMostBatchesAPage);
  if (!limit) return model_.refuse(bad_limit(kMostBatchesAPage));
  // Newest first.
  auto job = jobs_.rbegin();
  if (const std::optional<std::string_view> after = query_value(query, "after")) {
    job = std::find_if(job, jobs_.rend(), [&](const BatchJob& one) { return one.id() == *after; });
    if (job == jobs_.rend()) {
      return model_.refuse({.status = 404,
                            .message = fmt::format("No batch found with id '{}'.", shorten(*after, 60)),
                            .param = "after"});
    }
    ++job;
  }
  std::vector<std::pair<std::string, std::string>> page;
  for (; job != jobs_.rend() && page.size() < *limit; ++job) page.emplace_back(job->id(), job->to_json());
  return json_reply(list_json(page, job != jobs_.rend()));
}

ModelReply BatchModel::create(const std::string& body, const Moment& moment) {
  boost::system::error_code error;
  const json::value parsed = body.size() <= kMaxCreateBytes ? json::parse(body, error) : json::value(nullptr);
  const json::object* order = error ? nullptr : parsed.if_object();
  if (order == nullptr)
    return model_.refuse({.message = "We could not parse the JSON body of your request."});
  if (text_member(*order, "endpoint") != kEndpoint) {
    return model_.refuse(
        {.message = fmt::format("Invalid 'endpoint': the simulation has {} only.", kEndpoint),
         .param = "endpoint"});
  }
  if (text_member(*order, "completion_window") != "24h") {
    return model_.refuse({.message = "Invalid value for 'completion_window': supported is '24h'.",
                          .param = "completion_window"});
  }
  const json::value* metadata = order->if_contains("metadata");
  if (metadata != nullptr) {
    const std::string mistake = find_metadata_mistake(*metadata);
    if (!mistake.empty()) return model_.refuse({.message = mistake, .param = "metadata"});
  }
  const std::string_view file_id = text_member(*order, "input_file_id");
  const StoredFile* file = files_.find(file_id);
  if (file == nullptr || file->purpose != "batch") {
    return model_.refuse({.message = fmt::format("Invalid 'input_file_id': `{}` is no file of purpose batch.",
                                                 shorten(file_id, 60)),
                          .param = "input_file_id"});
  }
  const std::uint64_t number = ++creations_;
  if (options_.refuse.contains(number) || jobs_.size() >= kMaxJobs ||
      bytes_kept() > options_.max_stored_bytes) {
    ModelReply reply =
        model_.refuse({.status = 429,
                       .message = "Rate limit reached for batch creation. Please try again later.",
                       .type = "requests",
                       .code = "rate_limit_exceeded"});
    reply.headers = "retry-after: 1\r\n";
    return reply;
  }
  ++model_.ledger().batches().created;
  jobs_.emplace_back(BatchOrder{.number = number,
                                .endpoint = std::string(kEndpoint),
                                .input_file_id = file->id,
                                .input = file->content,
                                .metadata_json = metadata == nullptr ? "null" : json::serialize(*metadata)},
                     options_, moment.now, moment.wall);
  ModelReply reply = json_reply(jobs_.back().to_json());
  if (options_.lose.contains(number)) reply.delivery = Delivery::refused;
  return reply;
}

}  // namespace sv::sim
