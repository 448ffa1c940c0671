#include "llm/batch_client.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "llm/batch_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

namespace sv::llm {

using namespace std::chrono_literals;
using ports::BatchStage;

namespace {

constexpr std::size_t kShortKeyDigits = 16;
constexpr std::uint32_t kMostBatchesARow = 2;
// A stop is noticed within this.
constexpr Duration kLongestSleep = 1s;
constexpr Duration kGraceAfterCancel = 1h;

std::uint64_t short_key(const domain::AnswerKey& key) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(value); ++i) value = value << 8U | key[i];
  return value;
}

std::optional<std::uint64_t> parse_short_key(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() != kShortKeyDigits || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// Whether the batch may be there although the reply is not.
bool may_be_created(ErrorKind kind) {
  return limits::is_failure_on_the_way(kind) || kind == ErrorKind::oversized;
}

}  // namespace

BatchClient::BatchClient(BatchClientContext context, BatchClientOptions options)
    : context_(context),
      options_(std::move(options)),
      last_part_(context_.journal.last_part()),
      lines_a_part_(options_.file.max_lines) {}

std::uint64_t BatchClient::rows_under_way() const {
  std::uint64_t rows = 0;
  for (const auto& [number, part] : parts_) rows += part.keys.size();
  return rows;
}

Result<void> BatchClient::note(std::uint64_t part, BatchStage stage, std::string id) {
  return context_.journal.note_batch(
      {.part = part, .stage = stage, .provider = context_.openai.provider().name, .id = std::move(id)});
}

boost::asio::awaitable<void> BatchClient::wait_until(TimePoint when) {
  while (!context_.stop.is_requested() && context_.clock.now() < when) {
    co_await context_.clock.sleep_until(std::min(when, context_.clock.now() + kLongestSleep));
  }
}

boost::asio::awaitable<Result<std::optional<BatchStatus>>> BatchClient::look_for(BatchLabel label,
                                                                                 WallTime since) {
  Result<std::optional<BatchStatus>> found = co_await context_.api.find(label, since);
  for (const Duration doubt : options_.doubts) {
    if (!found || *found) co_return found;
    co_await context_.clock.sleep_until(context_.clock.now() + doubt);
    found = co_await context_.api.find(label, since);
  }
  co_return found;
}

boost::asio::awaitable<Result<void>> BatchClient::resume() {
  for (const ports::OpenBatch& open : context_.journal.open_batches()) {
    Part part{.batch_id = open.batch_id,
              .files = {},
              .keys = {},
              .held = open.reserved,
              .asked_with = context_.openai.capabilities(),
              .since = context_.clock.now(),
              .next_look = context_.clock.now()};
    if (!open.file_id.empty()) part.files.push_back(open.file_id);
    for (const std::string& text : open.keys) {
      if (const std::optional<ShortKey> key = parse_short_key(text)) part.keys.push_back(*key);
    }
    context_.spending.hold(part.held.value_or(domain::Money()), part.keys.size());
    if (open.stage == BatchStage::creating) {
      const Result<std::optional<BatchStatus>> found =
          co_await look_for({.run_id = options_.run_id, .part = open.part}, open.planned_at);
      if (!found)
        co_return std::unexpected(with_context("was a batch created before the crash?", found.error()));
      if (*found) {
        part.batch_id = (*found)->id;
        const Result<void> noted = note(open.part, BatchStage::created, part.batch_id);
        if (!noted) co_return noted;
      }
    }
    if (part.batch_id.empty()) {
      const Result<void> noted = give_up(open.part, std::move(part));
      if (!noted) co_return noted;
      continue;
    }
    for (const ShortKey key : part.keys) questions_[key] = {.part = open.part, .batches = 1};
    parts_.emplace(open.part, std::move(part));
  }
  co_await remove_lost_files();
  if (!parts_.empty()) {
    log(LogLevel::info, "{} of this run {} under way at the provider ({} rows)",
        parts_.size() == 1 ? std::string("a batch") : fmt::format("{} batches", parts_.size()),
        parts_.size() == 1 ? "is" : "are", rows_under_way());
  }
  co_return Result<void>{};
}

// Answers are read by whichever process comes by; the run's number has random digits and is as old as the
// run.
prompt::RowCode BatchClient::code_of(const domain::AnswerKey& key) const {
  return prompt::RowCode::derive(options_.run_id, to_hex(key));
}

bool BatchClient::add(const domain::Row& row, const domain::AnswerKey& key) {
  const ShortKey known_by = short_key(key);
  if (const auto found = questions_.find(known_by); found != questions_.end()) {
    const Question& question = found->second;
    if (question.part != 0 || question.is_left || question.batches >= kMostBatchesARow) return true;
  }
  if (is_queue_full_ || next_.keys.size() >= lines_a_part_) return false;
  OpenAiClient::BatchLine line = context_.openai.batch_line(row, code_of(key));
  domain::Money most = line.most.value_or(domain::Money());
  domain::Money sum = most;
  if (next_.held) sum += *next_.held;
  if (!context_.spending.has_room(sum, next_.keys.size() + 1)) return false;
  if (!file_) {
    file_.emplace(options_.file, fmt::format("{}{}.jsonl", file_name_start(), last_part_ + 1));
    next_.asked_with = context_.openai.capabilities();
  }
  if (!file_->add(to_hex(key), line.body)) return false;
  if (line.most) next_.held = sum;
  next_.keys.push_back(known_by);
  return true;
}

boost::asio::awaitable<Result<ports::BatchJudge::Sent>> BatchClient::send() {
  if (next_.keys.empty()) {
    file_.reset();
    co_return Sent::nothing;
  }
  const std::uint64_t number = ++last_part_;
  const WallTime planned_at = context_.clock.wall_now();
  Part part = std::exchange(next_, {});
  ports::BatchNote plan{.part = number, .provider = context_.openai.provider().name, .reserved = part.held};
  for (const ShortKey key : part.keys) plan.keys.push_back(fmt::format("{:016x}", key));
  Result<void> noted = context_.journal.note_batch(plan);
  if (!noted) co_return std::unexpected(noted.error());
  context_.spending.hold(part.held.value_or(domain::Money()), part.keys.size());
  BatchFile file = *std::move(file_);
  file_.reset();
  const Result<std::string> file_id = co_await context_.api.upload(std::move(file));
  if (!file_id) {
    noted = give_up(number, std::move(part));
    if (!noted) co_return std::unexpected(noted.error());
    const std::optional<Duration> delay =
        limits::next_delay(options_.retries, sending_, file_id.error(), context_.random);
    if (!delay) co_return std::unexpected(with_context("a batch file cannot be uploaded", file_id.error()));
    co_await wait_until(context_.clock.now() + *delay);
    co_return Sent::not_sent;
  }
  part.files.push_back(*file_id);
  noted = note(number, BatchStage::uploaded, *file_id);
  if (noted) noted = note(number, BatchStage::creating);
  if (!noted) co_return std::unexpected(noted.error());
  const Result<BatchStatus> created =
      co_await create_once(*file_id, {.run_id = options_.run_id, .part = number}, planned_at);
  if (!created) {
    // Refused in so many words: it is not there. Otherwise nobody knows, and the part stays open.
    if (!may_be_created(created.error().kind)) noted = give_up(number, std::move(part));
    if (!noted) co_return std::unexpected(noted.error());
    co_return std::unexpected(with_context("a batch cannot be created", created.error()));
  }
  noted = note(number, BatchStage::created, created->id);
  if (!noted) co_return std::unexpected(noted.error());
  sending_ = {};
  part.batch_id = created->id;
  part.since = context_.clock.now();
  part.next_look = part.since + poll_delay(0);
  for (const ShortKey key : part.keys) {
    Question& question = questions_[key];
    question.part = number;
    ++question.batches;
  }
  log(LogLevel::info, "batch {} with {} rows is under way: {}", number, part.keys.size(), created->id);
  parts_.emplace(number, std::move(part));
  co_return Sent::sent;
}

boost::asio::awaitable<Result<BatchStatus>> BatchClient::create_once(std::string file_id, BatchLabel label,
                                                                     WallTime since) {
  limits::RetryState state;
  for (;;) {
    Result<BatchStatus> created = co_await context_.api.create(file_id, label);
    if (created) co_return created;
    if (may_be_created(created.error().kind)) {
      const Result<std::optional<BatchStatus>> found = co_await look_for(label, since);
      if (!found) co_return std::unexpected(found.error());
      if (*found) co_return **found;
    }
    const std::optional<Duration> delay =
        limits::next_delay(options_.retries, state, created.error(), context_.random);
    if (!delay) co_return created;
    co_await context_.clock.sleep_until(context_.clock.now() + *delay);
  }
}

// Its batch never was: nothing is paid, and its rows are free.
Result<void> BatchClient::give_up(std::uint64_t number, Part part) {
  spent_files_.insert(spent_files_.end(), part.files.begin(), part.files.end());
  context_.spending.settle_held(part.held.value_or(domain::Money()), {}, part.keys.size());
  return context_.journal.note_batch({.part = number,
                                      .stage = BatchStage::ended,
                                      .provider = context_.openai.provider().name,
                                      .outcome = std::string(ports::kVoidBatch)});
}

boost::asio::awaitable<Result<std::optional<ports::BatchAnswers>>> BatchClient::collect(bool may_wait,
                                                                                        TimePoint until) {
  co_await remove_files();
  const TimePoint began = context_.clock.now();
  while (!context_.stop.is_requested() && !parts_.empty()) {
    const auto next = std::ranges::min_element(
        parts_, {}, [](const Parts::value_type& entry) { return entry.second.next_look; });
    if (!may_wait && next->second.next_look > began) break;
    co_await wait_until(std::min(next->second.next_look, until));
    if (context_.stop.is_requested() || next->second.next_look > context_.clock.now()) break;
    const std::uint64_t number = next->first;
    BatchStatus status;
    const Result<bool> has_ended = co_await look_at(number, next->second, status);
    if (!has_ended) co_return std::unexpected(has_ended.error());
    if (!*has_ended) continue;
    Result<ports::BatchAnswers> taken = co_await take(number, next->second, std::move(status));
    if (!taken) co_return std::unexpected(taken.error());
    co_return *std::move(taken);
  }
  co_return std::optional<ports::BatchAnswers>();
}

boost::asio::awaitable<void> BatchClient::remove_files() {
  for (const std::string& file_id : std::exchange(spent_files_, {})) {
    if (context_.stop.is_requested()) co_return;
    const Result<void> removed = co_await context_.api.remove(file_id);
    if (!removed) {
      log(LogLevel::debug, "file {} stays at the provider until it expires: {}", file_id,
          removed.error().message);
    }
  }
}

std::string BatchClient::file_name_start() const {
  return fmt::format("status-validator-{}-", options_.run_id);
}

// Who died between an upload and its note, or before a file that had served was deleted, has left rows of the
// sheet at the provider.
boost::asio::awaitable<void> BatchClient::remove_lost_files() {
  if (last_part_ == 0) co_return;  // nothing was uploaded yet
  const Result<std::vector<std::string>> files = co_await context_.api.files_named(file_name_start());
  if (!files) {
    log(LogLevel::debug, "which files an earlier process has left at the provider is not known: {}",
        files.error().message);
  } else {
    for (const std::string& file_id : *files) {
      const bool serves = std::ranges::any_of(parts_, [&](const Parts::value_type& entry) {
        return std::ranges::find(entry.second.files, file_id) != entry.second.files.end();
      });
      const bool is_known = std::ranges::find(spent_files_, file_id) != spent_files_.end();
      if (!serves && !is_known) spent_files_.push_back(file_id);
    }
  }
  co_await remove_files();
}

boost::asio::awaitable<Result<bool>> BatchClient::look_at(std::uint64_t number, Part& part,
                                                          BatchStatus& status) {
  Result<BatchStatus> looked = co_await context_.api.look(part.batch_id);
  const TimePoint now = context_.clock.now();
  const bool is_late = now - part.since > options_.longest;
  if (!looked) {
    // The provider is away for longer than looks are repeated: the batch goes on without being looked at.
    const bool passes =
        limits::is_failure_on_the_way(looked.error().kind) || looked.error().kind == ErrorKind::rate_limited;
    if (!passes || is_late) {
      co_return std::unexpected(with_context(fmt::format("batch {}", number), looked.error()));
    }
    part.next_look = now + poll_delay(part.looks++);
    co_return false;
  }
  status = *std::move(looked);
  if (status.progress != BatchProgress::in_work) co_return true;
  if (now - part.since > options_.longest + kGraceAfterCancel) {
    co_return fail(ErrorKind::timeout, fmt::format("batch {} ({}) does not end", number, part.batch_id));
  }
  if (is_late && !part.is_cancelled) {
    log(LogLevel::warning, "batch {} is past its time and is cancelled", number);
  }
  if ((is_late || is_closing_) && !part.is_cancelled) co_await cancel_part(number, part);
  part.next_look = now + poll_delay(part.looks++);
  co_return false;
}

boost::asio::awaitable<Result<ports::BatchAnswers>> BatchClient::take(std::uint64_t number, Part& part,
                                                                      BatchStatus status) {
  ports::BatchAnswers taken{.part = number, .answers = {}};
  part.end = {.part = number,
              .stage = BatchStage::ended,
              .provider = context_.openai.provider().name,
              .outcome = status.status};
  if (status.progress == BatchProgress::failed) {
    const Result<void> passes = fail_part(number, part, status);
    if (passes) co_return taken;
    // Done with all the same, or every process after this one would meet it again.
    const Result<void> closed = close(number);
    co_return std::unexpected(closed ? passes.error() : closed.error());
  }
  for (const std::string& file_id : {status.output_file_id, status.error_file_id}) {
    if (file_id.empty()) continue;
    part.files.push_back(file_id);
    const Result<std::string> file = co_await context_.api.download(file_id);
    if (!file) {
      co_return std::unexpected(with_context(fmt::format("the answers of batch {}", number), file.error()));
    }
    const Result<void> read = read_file(*file, number, part, taken);
    if (!read) co_return std::unexpected(read.error());
  }
  // Lines that stand in neither file: of a batch that was cut short they were not worked on.
  take_back(number, part, status.progress == BatchProgress::completed);
  part.end.answers = taken.answers.size();
  is_queue_full_ = false;
  log(LogLevel::info, "batch {} is {}: {} of {} rows answered", number, status.status, taken.answers.size(),
      part.keys.size());
  co_return taken;
}

Result<void> BatchClient::read_file(std::string_view file, std::uint64_t number, Part& part,
                                    ports::BatchAnswers& taken) {
  const std::size_t unreadable = read_batch_results(file, [&](BatchLineResult line) {
    const std::optional<domain::AnswerKey> key = key_of_line(line.custom_id);
    const auto found = key ? questions_.find(short_key(*key)) : questions_.end();
    // Not asked, or answered by an earlier line.
    if (found == questions_.end() || found->second.part != number) return;
    Question& question = found->second;
    if (!line.response) return;
    OpenAiClient::BatchReply reply =
        context_.openai.read_batch_reply(*line.response, code_of(*key), part.asked_with);
    question.part = 0;
    part.end.usage += reply.usage;
    if (reply.cost) {
      if (!part.end.cost) part.end.cost = domain::Money(0, reply.cost->currency());
      *part.end.cost += *reply.cost;
    }
    question.is_left = !reply.answer && !reply.is_adapted;
    if (reply.answer) {
      taken.answers.emplace_back(*key, *std::move(reply.answer));
    }
  });
  if (unreadable > 0) {
    log(LogLevel::warning, "batch {}: {} lines of its files cannot be read", number, unreadable);
  }
  return {};
}

// The rows of the part that have no line in its files.
void BatchClient::take_back(std::uint64_t number, const Part& part, bool was_worked_on) {
  for (const ShortKey key : part.keys) {
    Question& question = questions_[key];
    if (question.part != number) continue;
    question.part = 0;
    question.is_left = was_worked_on;
  }
}

Result<void> BatchClient::fail_part(std::uint64_t number, Part& part, const BatchStatus& status) {
  if (status.error_code != "token_limit_exceeded") {
    return fail(ErrorKind::bad_request,
                fmt::format("batch {} was not accepted: {} ({})", number,
                            status.error_message.empty() ? "no reason is given" : status.error_message,
                            status.error_code));
  }
  for (const ShortKey key : part.keys) {
    Question& question = questions_[key];
    question.part = 0;
    if (question.batches > 0) --question.batches;  // it never was in one
  }
  // Others of ours fill the queue: it has room when one of them has ended. Else this one alone is too large.
  is_queue_full_ = parts_.size() > 1;
  if (!is_queue_full_) {
    if (part.keys.size() <= 1) {
      return fail(ErrorKind::too_large,
                  "the provider's limit on enqueued tokens has no room for one row: " + status.error_message);
    }
    lines_a_part_ = part.keys.size() / 2;
  }
  log(LogLevel::info, "batch {} does not fit the limit on enqueued tokens: {}", number,
      is_queue_full_ ? "it waits for another to end"
                     : fmt::format("going on with at most {} rows a batch", lines_a_part_));
  return {};
}

Result<void> BatchClient::close(std::uint64_t number) {
  const auto found = parts_.find(number);
  if (found == parts_.end()) return {};
  Part part = std::move(found->second);
  parts_.erase(found);
  const Result<void> noted = context_.journal.note_batch(part.end);
  if (!noted) return noted;
  spent_files_.insert(spent_files_.end(), part.files.begin(), part.files.end());
  const domain::Money held = part.held.value_or(domain::Money());
  const bool was_sent = part.end.outcome != to_string(BatchProgress::failed);
  context_.spending.settle_held(held, part.end.cost.value_or(domain::Money()),
                                was_sent ? 0 : part.keys.size());
  context_.observer.on_batch_finished({.provider = part.end.provider,
                                       .rows = part.keys.size(),
                                       .answers = part.end.answers,
                                       .usage = part.end.usage,
                                       .cost = part.end.cost});
  return {};
}

}  // namespace sv::llm
