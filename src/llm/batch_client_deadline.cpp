// What a run does with its batches when it has no time left for them.
#include "base/log.hpp"
#include "llm/batch_client.hpp"
#include "llm/batch_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace sv::llm {

namespace {

constexpr std::string_view kReleased = "released";

}  // namespace

boost::asio::awaitable<void> BatchClient::cancel_part(std::uint64_t number, Part& part) {
  const Result<BatchStatus> cancelled = co_await context_.api.cancel(part.batch_id);
  // A refusal means that it has ended meanwhile: the next look tells.
  part.is_cancelled = cancelled || !limits::is_failure_on_the_way(cancelled.error().kind);
  if (!part.is_cancelled) {
    log(LogLevel::info, "batch {} could not be cancelled yet: {}", number, cancelled.error().message);
  }
}

boost::asio::awaitable<void> BatchClient::cancel() {
  is_closing_ = true;
  for (auto& [number, part] : parts_) {
    if (context_.stop.is_requested()) co_return;
    if (!part.is_cancelled) co_await cancel_part(number, part);
    // Looked at soon again: it may end at once.
    part.looks = 0;
    part.next_look = context_.clock.now();
  }
}

std::uint64_t BatchClient::release() {
  std::uint64_t rows = 0;
  for (auto& [number, part] : parts_) {
    rows += part.keys.size();
    take_back(number, part, true);
    log(LogLevel::warning, "batch {} does not end: its {} rows are asked one by one", number,
        part.keys.size());
  }
  released_.merge(parts_);
  return rows;
}

boost::asio::awaitable<Result<ports::BatchJudge::Released>> BatchClient::settle() {
  Released released;
  for (auto& [number, part] : std::exchange(released_, {})) {
    const Result<void> settled = co_await settle_part(number, part, released);
    if (!settled) co_return std::unexpected(settled.error());
  }
  co_await remove_files();
  co_return released;
}

// Its answers come too late to be of use: only what they have cost counts. What nobody knows stays counted at
// the most that it can be.
boost::asio::awaitable<Result<void>> BatchClient::settle_part(std::uint64_t number, Part& part,
                                                              Released& released) {
  part.end = {.part = number,
              .stage = ports::BatchStage::ended,
              .provider = context_.openai.provider().name,
              .outcome = std::string(kReleased)};
  const Result<BatchStatus> status = co_await context_.api.look(part.batch_id);
  bool is_known = status && status->progress != BatchProgress::in_work;
  if (is_known) {
    std::uint64_t answered = 0;
    part.end.outcome = status->status;
    for (const std::string& file_id : {status->output_file_id, status->error_file_id}) {
      if (file_id.empty()) continue;
      const Result<std::string> file = co_await context_.api.download(file_id);
      if (!file) {
        is_known = false;
        break;
      }
      part.files.push_back(file_id);
      read_batch_results(*file, [&](BatchLineResult line) {
        const std::optional<domain::AnswerKey> key = key_of_line(line.custom_id);
        if (!line.response || !key) return;
        const OpenAiClient::BatchReply reply =
            context_.openai.read_batch_reply(*line.response, code_of(*key), part.asked_with);
        if (reply.usage == domain::Usage{}) return;
        ++answered;
        part.end.usage += reply.usage;
        if (!reply.cost) return;
        if (!part.end.cost) part.end.cost = domain::Money(0, reply.cost->currency());
        *part.end.cost += *reply.cost;
      });
    }
    if (is_known) released.answered += answered;
  }
  if (!is_known) {
    released.unknown += part.keys.size();
    part.end.cost = part.held;
    part.end.outcome = std::string(kReleased);
  }
  parts_.emplace(number, std::move(part));
  co_return close(number);
}

}  // namespace sv::llm
