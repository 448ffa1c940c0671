#include "sim/batch_job.hpp"

#include "sim/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <numeric>
#include <utility>

namespace sv::sim {

using namespace std::chrono_literals;

namespace {

constexpr Duration kWindow = 24h;
constexpr Duration kLongestCancel = 10min;
constexpr std::int64_t kOutputLife = std::int64_t{30} * 86'400;  // seconds
// Of the completion time, what validating, finalizing and cancelling take.
constexpr int kShareOfStep = 20;
// Separates the random streams of batches and of their lines.
constexpr std::uint64_t kBatchStep = 0x9e3779b97f4a7c15U;

void append_mistake(std::string& out, const BatchMistake& mistake) {
  fmt::format_to(std::back_inserter(out), R"({{"code":"{}","message":)", mistake.code);
  append_json_string(out, mistake.message);
  fmt::format_to(std::back_inserter(out), R"(,"param":{},"line":{}}})",
                 mistake.param.empty() ? "null" : fmt::format("\"{}\"", mistake.param),
                 mistake.line ? fmt::to_string(*mistake.line) : "null");
}

// An id, or null.
std::string id_json(const std::string& id) { return id.empty() ? "null" : fmt::format("\"{}\"", id); }

}  // namespace

std::string_view to_string(BatchState state) {
  switch (state) {
    case BatchState::validating:
      return "validating";
    case BatchState::failed:
      return "failed";
    case BatchState::in_progress:
      return "in_progress";
    case BatchState::finalizing:
      return "finalizing";
    case BatchState::completed:
      return "completed";
    case BatchState::expired:
      return "expired";
    case BatchState::cancelling:
      return "cancelling";
    case BatchState::cancelled:
      return "cancelled";
  }
  return "";
}

bool has_ended(BatchState state) {
  return state == BatchState::failed || state == BatchState::completed || state == BatchState::expired ||
         state == BatchState::cancelled;
}

BatchJob::BatchJob(BatchOrder order, const BatchOptions& options, TimePoint now, WallTime wall_now)
    : order_(std::move(order)),
      id_(fmt::format("batch_sim{:06}", order_.number)),
      completion_time_(options.completion_time),
      is_to_expire_(options.expire.contains(order_.number)),
      is_to_fail_(options.fail.contains(order_.number)),
      is_to_stick_(options.stick.contains(order_.number)),
      created_at_(now),
      created_wall_(wall_now) {}

TimePoint BatchJob::window_end() const { return created_at_ + (is_to_expire_ ? completion_time_ : kWindow); }

std::int64_t BatchJob::unix_time(TimePoint at) const {
  const WallTime wall = created_wall_ + std::chrono::floor<std::chrono::milliseconds>(at - created_at_);
  return std::chrono::floor<std::chrono::seconds>(wall).time_since_epoch().count();
}

std::optional<TimePoint> BatchJob::next_change() const {
  switch (state_) {
    case BatchState::validating:
      return created_at_ + completion_time_ / kShareOfStep;
    case BatchState::in_progress: {
      const TimePoint done = created_at_ + completion_time_ - completion_time_ / kShareOfStep;
      return is_to_expire_ ? window_end() : std::min(done, window_end());
    }
    case BatchState::finalizing:
      return created_at_ + completion_time_;
    case BatchState::cancelling:
      if (is_to_stick_) return std::max(created_at_ + completion_time_, since_.at(BatchState::cancelling));
      return since_.at(BatchState::cancelling) + std::min(completion_time_ / kShareOfStep, kLongestCancel);
    case BatchState::failed:
    case BatchState::completed:
    case BatchState::expired:
    case BatchState::cancelled:
      break;
  }
  return std::nullopt;
}

void BatchJob::change(BatchWorld& world) {
  const TimePoint at = *next_change();
  switch (state_) {
    case BatchState::validating:
      return validate(world, at);
    case BatchState::in_progress: {
      work(world, at);
      if (done_ < total_) return end(world, BatchState::expired, at);
      state_ = BatchState::finalizing;
      since_[state_] = at;
      return;
    }
    case BatchState::finalizing:
      return end(world, BatchState::completed, at);
    case BatchState::cancelling:
      return end(world, BatchState::cancelled, at);
    case BatchState::failed:
    case BatchState::completed:
    case BatchState::expired:
    case BatchState::cancelled:
      return;
  }
}

void BatchJob::validate(BatchWorld& world, TimePoint at) {
  input_ = read_batch_input(*order_.input, order_.endpoint, world.options.max_lines);
  std::uint64_t& queued = world.queued_tokens[input_.model];
  const std::uint64_t limit = world.options.queue_tokens;
  const bool is_too_much = limit > 0 && queued + input_.prompt_tokens > limit;
  if (input_.mistakes.empty() && (is_too_much || is_to_fail_)) {
    input_.mistakes.push_back(
        {"token_limit_exceeded",
         fmt::format("Enqueued token limit reached for {} in organization org-simulation. Limit: {} enqueued "
                     "tokens. Please try again once some in_progress batches have been completed.",
                     input_.model, limit > 0 ? fmt::to_string(limit) : "900000")});
  }
  if (!input_.mistakes.empty()) return end(world, BatchState::failed, at);
  queued += input_.prompt_tokens;
  holds_tokens_ = true;
  total_ = input_.lines.size();
  order_of_work_.resize(total_);
  std::iota(order_of_work_.begin(), order_of_work_.end(), 0U);
  Random random(world.options.seed + order_.number * kBatchStep);
  for (std::size_t left = total_; left > 1; --left) {
    std::swap(order_of_work_[left - 1], order_of_work_[random.below(left)]);
  }
  state_ = BatchState::in_progress;
  since_[state_] = at;
}

std::size_t BatchJob::lines_due(TimePoint at) const {
  const Duration span = completion_time_ - completion_time_ / kShareOfStep * 2;
  const Duration spent = at - since_.at(BatchState::in_progress);
  const double share = span <= Duration::zero() ? 1.0 : std::min(1.0, to_seconds(spent) / to_seconds(span));
  const double most = is_to_expire_ ? 0.5 : 1.0;
  // The end of the span is the end of all lines, whatever the division has rounded.
  if (share >= 1.0 - 1e-9 && !is_to_expire_) return total_;
  return static_cast<std::size_t>(std::min(share, most) * static_cast<double>(total_));
}

void BatchJob::work(BatchWorld& world, TimePoint now) {
  if (state_ != BatchState::in_progress) return;
  const std::size_t due = lines_due(now);
  while (done_ < due) do_line(world, order_of_work_[done_++], now);
}

void BatchJob::do_line(BatchWorld& world, std::uint32_t index, TimePoint at) {
  const BatchInput::Line place = input_.lines[index];
  const BatchLine line = read_batch_line(std::string_view(*order_.input).substr(place.at, place.size));
  ++world.model.ledger().batches().lines;
  Random random(world.options.seed + order_.number * kBatchStep + index + 1);
  ModelReply reply;
  if (random.uniform() < world.options.line_error_share) {
    reply = index % 2 == 0
                ? world.model.refuse({.status = 500,
                                      .message = "The server had an error while processing your request. "
                                                 "Sorry about that!",
                                      .type = "server_error"})
                : world.model.refuse({.status = 429,
                                      .message = "Rate limit reached for requests in this batch.",
                                      .type = "requests",
                                      .code = "rate_limit_exceeded"});
  } else {
    const WallTime wall = created_wall_ + std::chrono::floor<std::chrono::milliseconds>(at - created_at_);
    reply = world.model.answer_batch_line(line.body, wall);
  }
  const bool is_answer = reply.status == 200;
  ++(is_answer ? completed_ : failed_);
  if (!is_answer) ++world.model.ledger().batches().line_errors;
  usage_ += reply.receipt.usage;
  std::string& out = is_answer ? output_ : errors_;
  fmt::format_to(std::back_inserter(out), R"({{"id":"batch_req_sim_{}_{}","custom_id":)", order_.number,
                 index + 1);
  append_json_string(out, line.custom_id);
  fmt::format_to(
      std::back_inserter(out),
      R"(,"response":{{"status_code":{},"request_id":"req_sim_batch_{}_{}","body":{}}},"error":null}})"
      "\n",
      reply.status, order_.number, index + 1, reply.body);
}

std::string BatchJob::store_output(BatchWorld& world, std::string content, std::string_view what,
                                   TimePoint at) const {
  if (content.empty()) return {};
  content.shrink_to_fit();
  const std::int64_t now = unix_time(at);
  return world.files
      .add({.id = {},
            .filename = fmt::format("{}_{}.jsonl", id_, what),
            .purpose = "batch_output",
            .created_at = now,
            .expires_at = now + kOutputLife,
            .content = std::make_shared<const std::string>(std::move(content))})
      .id;
}

void BatchJob::end(BatchWorld& world, BatchState state, TimePoint at) {
  if (state == BatchState::expired) {
    for (std::size_t i = done_; i < total_; ++i) {
      const BatchInput::Line place = input_.lines[order_of_work_[i]];
      const BatchLine line = read_batch_line(std::string_view(*order_.input).substr(place.at, place.size));
      fmt::format_to(std::back_inserter(errors_), R"({{"id":"batch_req_sim_{}_{}","custom_id":)",
                     order_.number, order_of_work_[i] + 1);
      append_json_string(errors_, line.custom_id);
      errors_ +=
          R"(,"response":null,"error":{"code":"batch_expired","message":"This request could not be executed )"
          R"(before the completion window expired."}})"
          "\n";
      ++failed_;
    }
  }
  output_file_id_ = store_output(world, std::exchange(output_, {}), "output", at);
  error_file_id_ = store_output(world, std::exchange(errors_, {}), "error", at);
  if (holds_tokens_) world.queued_tokens[input_.model] -= input_.prompt_tokens;
  BatchCounts& counts = world.model.ledger().batches();
  if (state == BatchState::failed) ++counts.failed;
  if (state == BatchState::completed) ++counts.completed;
  if (state == BatchState::expired) ++counts.expired;
  if (state == BatchState::cancelled) ++counts.cancelled;
  state_ = state;
  since_[state_] = at;
  // Only what it tells of itself is kept.
  order_.input.reset();
  input_.lines = {};
  order_of_work_ = {};
}

bool BatchJob::cancel(BatchWorld& world, TimePoint now) {
  if (has_ended(state_) || state_ == BatchState::cancelling) return false;
  work(world, now);
  state_ = BatchState::cancelling;
  since_[state_] = now;
  return true;
}

std::string BatchJob::to_json() const {
  std::string out;
  const auto add = [&out]<typename... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  };
  const auto add_time = [&](std::string_view name, BatchState state) {
    const auto found = since_.find(state);
    add(R"(,"{}":{})", name, found == since_.end() ? "null" : fmt::to_string(unix_time(found->second)));
  };
  add(R"({{"id":"{}","object":"batch","endpoint":"{}","model":)", id_, order_.endpoint);
  if (input_.model.empty()) {
    out += "null";
  } else {
    append_json_string(out, input_.model);
  }
  out += R"(,"errors":)";
  if (input_.mistakes.empty()) {
    out += "null";
  } else {
    out += R"({"object":"list","data":[)";
    for (std::size_t i = 0; i < input_.mistakes.size(); ++i) {
      if (i > 0) out += ',';
      append_mistake(out, input_.mistakes[i]);
    }
    out += "]}";
  }
  add(R"(,"input_file_id":"{}","completion_window":"24h","status":"{}","output_file_id":{},"error_file_id":{})",
      order_.input_file_id, to_string(state_), id_json(output_file_id_), id_json(error_file_id_));
  add(R"(,"created_at":{})", unix_time(created_at_));
  add_time("in_progress_at", BatchState::in_progress);
  add(R"(,"expires_at":{})", unix_time(window_end()));
  add_time("finalizing_at", BatchState::finalizing);
  add_time("completed_at", BatchState::completed);
  add_time("failed_at", BatchState::failed);
  add_time("expired_at", BatchState::expired);
  add_time("cancelling_at", BatchState::cancelling);
  add_time("cancelled_at", BatchState::cancelled);
  add(R"(,"request_counts":{{"total":{},"completed":{},"failed":{}}})", total_, completed_, failed_);
  add(R"(,"usage":{{"input_tokens":{},"input_tokens_details":{{"cached_tokens":{}}},"output_tokens":{},"output_tokens_details":{{"reasoning_tokens":{}}},"total_tokens":{}}})",
      usage_.input, usage_.cached_input, usage_.output, usage_.reasoning, usage_.input + usage_.output);
  add(R"(,"metadata":{}}})", order_.metadata_json);
  return out;
}

}  // namespace sv::sim
