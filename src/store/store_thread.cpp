#include "store/store_thread.hpp"

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "store/open_database.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace sv::store {

namespace asio = boost::asio;

namespace {

constexpr int kMostReplacements = 3;

std::size_t size_in_bytes(const domain::Answer& answer) {
  std::size_t bytes = answer.raw_json.size() + answer.verdict.rewrite_suggestion.size() +
                      answer.provider.size() + answer.model.size();
  for (const domain::Issue& issue : answer.verdict.issues) {
    bytes += issue.message.size();
    if (issue.rule) bytes += issue.rule->size();
    if (issue.quote) bytes += issue.quote->size();
  }
  return bytes;
}

}  // namespace

StoreThread::StoreThread(StoreOptions options, std::unique_ptr<AnswerDatabase> database, Facts facts)
    : options_(std::move(options)),
      path_(database->path()),
      facts_(std::move(facts)),
      database_(std::move(database)),
      thread_(&StoreThread::run, this) {}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

// Under the mutex. Without it io_context::run() could return while the store still works.
void StoreThread::hold_event_loop() {
  if (!inbox_.work) inbox_.work = asio::prefer(options_.executor, asio::execution::outstanding_work.tracked);
}

// Under the mutex, before an answer or fact is added.
void StoreThread::begin_group() {
  if (inbox_.answers.empty() && inbox_.facts.empty())
    group_due_at_ = SystemClock().now() + options_.group_window;
}

void StoreThread::find(ports::AnswerLookups lookups,
                       asio::any_completion_handler<void(Result<FoundAnswers>)> found) {
  {
    const std::lock_guard lock(mutex_);
    hold_event_loop();
    if (!inbox_.keys.empty() && !is_group_wanted_) {
      for (const domain::AnswerKey& key : lookups.keys) is_group_wanted_ |= inbox_.keys.contains(key);
    }
    inbox_.lookups.push_back({std::move(lookups), std::move(found)});
  }
  changed_.notify_one();
}

void StoreThread::commit(KeyedAnswer answer, asio::any_completion_handler<void(Result<void>)> committed) {
  if (size_in_bytes(*answer.answer) > kLongestAnswerBytes) {
    ++failures_;
    asio::post(options_.executor, [committed = std::move(committed)]() mutable {
      std::move(committed)(
          fail(ErrorKind::invalid_input,
               fmt::format("an answer is too long to be kept: more than {} bytes", kLongestAnswerBytes)));
    });
    return;
  }
  bool must_wake = false;
  {
    const std::lock_guard lock(mutex_);
    hold_event_loop();
    begin_group();
    inbox_.keys.insert(answer.key);
    inbox_.answers.push_back(std::move(answer));
    inbox_.committed.push_back(std::move(committed));
    // In between the thread sleeps until the window ends by itself: a wake-up for each answer would cost more
    // than writing it.
    must_wake = inbox_.answers.size() == 1 || inbox_.answers.size() == options_.group_size;
  }
  if (must_wake) changed_.notify_one();
}

void StoreThread::flush(asio::any_completion_handler<void()> flushed) {
  {
    const std::lock_guard lock(mutex_);
    hold_event_loop();
    is_group_wanted_ = true;
    inbox_.flushed.push_back(std::move(flushed));
  }
  changed_.notify_one();
}

std::optional<std::string> StoreThread::recall(std::string_view name) const {
  const auto found = facts_.find(name);
  if (found == facts_.end()) return std::nullopt;
  return found->second;
}

void StoreThread::remember(std::string_view name, std::string_view value) {
  const auto known = facts_.find(name);
  if (known != facts_.end() && known->second == value) return;
  if (name.size() + value.size() > kLongestFactBytes ||
      (known == facts_.end() && facts_.size() >= kMostFacts)) {
    log(LogLevel::debug, "a learnt fact is not kept: too long, or {} are known", facts_.size());
    return;
  }
  facts_.insert_or_assign(std::string(name), std::string(value));
  {
    const std::lock_guard lock(mutex_);
    begin_group();
    inbox_.facts.insert_or_assign(std::string(name), std::string(value));
  }
  changed_.notify_one();
}

StoreStats StoreThread::stats() const {
  return StoreStats{.lookups = lookups_,
                    .hits = hits_,
                    .commits = commits_,
                    .transactions = transactions_,
                    .failures = failures_,
                    .damaged = damaged_};
}

bool StoreThread::is_group_due() const {
  if (is_group_wanted_ || is_stopping_) return true;
  if (inbox_.answers.empty() && inbox_.facts.empty()) return false;
  return inbox_.answers.size() >= options_.group_size || SystemClock().now() >= group_due_at_;
}

void StoreThread::wait(std::unique_lock<std::mutex>& lock) {
  while (inbox_.lookups.empty() && !is_group_due()) {
    if (inbox_.answers.empty() && inbox_.facts.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, group_due_at_);
    }
  }
}

// Takes the look-ups, and the group when it is due.
StoreThread::Inbox StoreThread::take() {
  Inbox taken;
  if (is_group_due()) {
    std::swap(taken, inbox_);
    is_group_wanted_ = false;
    return taken;
  }
  taken.lookups.swap(inbox_.lookups);
  taken.work = inbox_.work;
  // Facts alone do not keep the event loop running: nobody waits for them.
  if (inbox_.committed.empty()) inbox_.work = asio::any_io_executor();
  return taken;
}

void StoreThread::run() {
  std::unique_lock lock(mutex_);
  for (bool is_last = false; !is_last;) {
    wait(lock);
    // Nobody adds anything once the owner is in its destructor.
    is_last = is_stopping_;
    Inbox inbox = take();
    lock.unlock();
    write_group(inbox);
    answer_lookups(inbox);
    if (!inbox.flushed.empty()) {
      asio::post(options_.executor, [handlers = std::move(inbox.flushed), work = inbox.work]() mutable {
        for (auto& flushed : handlers) std::move(flushed)();
      });
    }
    lock.lock();
  }
}

void StoreThread::write_group(Inbox& inbox) {
  if (inbox.answers.empty() && inbox.facts.empty()) return;
  const int code = write_or_replace(inbox);
  Result<void> result;
  if (code == SQLITE_OK) {
    ++transactions_;
    commits_ += inbox.answers.size();
  } else {
    failures_ += inbox.answers.size();
    result =
        std::unexpected(database_ ? database_->to_error(code, "cannot keep answers in") : database_error_);
  }
  if (inbox.committed.empty()) return;
  // One message for the whole group: a post for each answer would cost more than the insertion.
  asio::post(options_.executor, [handlers = std::move(inbox.committed), result = std::move(result),
                                 work = inbox.work]() mutable {
    for (auto& committed : handlers) std::move(committed)(result);
  });
}

int StoreThread::write_or_replace(const Inbox& inbox) {
  if (!database_) return SQLITE_CORRUPT;
  const int code = database_->write(inbox.answers, inbox.facts);
  if (!is_damage(code)) return code;
  if (!replace_database()) return code;
  return database_->write(inbox.answers, inbox.facts);
}

// False when there is no database afterwards, or when the disk breaks one after the other.
bool StoreThread::replace_database() {
  if (replacements_ == kMostReplacements) return false;
  ++replacements_;
  database_.reset();
  std::vector<std::string> warnings;
  Result<std::unique_ptr<AnswerDatabase>> opened =
      replace_damaged_database(path_, options_.run_id, kBusyTimeout, warnings);
  for (const std::string& warning : warnings) log(LogLevel::warning, "{}", warning);
  if (!opened) {
    database_error_ =
        with_context("the answer cache was damaged and could not be replaced", std::move(opened).error());
    return false;
  }
  database_ = *std::move(opened);
  return true;
}

// Damage that a look-up meets is mended at once: a broken index would go on losing answers that are written
// to it.
std::expected<std::shared_ptr<const domain::Answer>, int> StoreThread::find_or_replace(
    const domain::AnswerKey& key, bool this_run_only) {
  auto found = database_->find(key, this_run_only);
  if (found || !is_damage(found.error())) return found;
  ++damaged_;
  if (!replace_database()) return nullptr;
  found = database_->find(key, this_run_only);
  // Damaged again, in a new file: this disk is beyond help, but a miss only costs a request.
  if (!found && is_damage(found.error())) return nullptr;
  return found;
}

Result<FoundAnswers> StoreThread::look_up(const ports::AnswerLookups& lookups) {
  const std::size_t rows = lookups.this_run_only.size();
  FoundAnswers answers(rows);
  std::uint64_t hits = 0;
  if (database_) database_->begin_lookups();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < lookups.keys_per_row && !answers[row] && database_; ++i) {
      const domain::AnswerKey& key = lookups.keys[row * lookups.keys_per_row + i];
      auto found = find_or_replace(key, lookups.this_run_only[row]);
      if (!found) {
        database_->end_lookups();
        return std::unexpected(database_->to_error(found.error(), "cannot read answers from"));
      }
      answers[row] = *std::move(found);
    }
    hits += answers[row] ? 1U : 0U;
  }
  if (database_) database_->end_lookups();
  lookups_ += rows;
  hits_ += hits;
  return answers;
}

void StoreThread::answer_lookups(Inbox& inbox) {
  for (Lookup& lookup : inbox.lookups) {
    Result<FoundAnswers> answers = look_up(lookup.lookups);
    asio::post(options_.executor, [found = std::move(lookup.found), answers = std::move(answers),
                                   work = inbox.work]() mutable { std::move(found)(std::move(answers)); });
  }
}

}  // namespace sv::store
