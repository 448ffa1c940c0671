// A run's surroundings in memory and in virtual time.
#pragma once

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "ports/answer_cache.hpp"
#include "ports/llm_client.hpp"
#include "ports/outcome_sink.hpp"
#include "ports/question_keys.hpp"
#include "ports/row_source.hpp"
#include "ports/run_journal.hpp"
#include "ports/run_observer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sv::engine::fakes {

inline domain::Row make_row(std::uint64_t index, std::string comment, std::string identifier = {}) {
  domain::Row row;
  row.index = index;
  row.number = index + 2;
  row.status = "In progress";
  row.comment = std::move(comment);
  row.identifier = std::move(identifier);
  return row;
}

// Makes the call fail that comes after so many others of all ports that share it.
struct Faults {
  long left = -1;  // negative: none fails
  int met = 0;
  bool is_due() {
    if (left < 0 || left-- > 0) return false;
    ++met;
    return true;
  }
};
inline bool is_due(Faults* faults) { return faults != nullptr && faults->is_due(); }
inline std::unexpected<Error> failure() { return fail(ErrorKind::io, "as told"); }

// "comment 0", "comment 1", …
inline std::vector<domain::Row> numbered_rows(std::size_t count) {
  std::vector<domain::Row> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(make_row(i, "comment " + std::to_string(i)));
  return rows;
}

class Source final : public ports::RowSource {
 public:
  explicit Source(std::vector<domain::Row> rows, bool has_identifiers = false) : rows_(std::move(rows)) {
    columns_.identifier = has_identifiers;
  }
  boost::asio::awaitable<Result<std::vector<domain::Row>>> read(std::size_t max) override {
    if (is_due(faults)) co_return failure();
    if (fail_at_row && next_ >= *fail_at_row) co_return fail(ErrorKind::io, "the disk went away");
    const std::size_t count = std::min(max, rows_.size() - next_);
    std::vector<domain::Row> group(rows_.begin() + static_cast<std::ptrdiff_t>(next_),
                                   rows_.begin() + static_cast<std::ptrdiff_t>(next_ + count));
    next_ += count;
    co_return group;
  }
  boost::asio::awaitable<Result<void>> rewind() override {
    if (is_due(faults)) co_return failure();
    next_ = 0;
    if (fails_after_rewind) fail_at_row = *fails_after_rewind;
    co_return Result<void>();
  }
  domain::MappedColumns columns() const override { return columns_; }
  // As opened anew.
  void reopen() { next_ = 0; }

  std::optional<std::size_t> fail_at_row;
  std::optional<std::size_t> fails_after_rewind;
  Faults* faults = nullptr;

 private:
  std::vector<domain::Row> rows_;
  domain::MappedColumns columns_;
  std::size_t next_ = 0;
};

class Sink final : public ports::OutcomeSink {
 public:
  ports::PutPace pace() const override { return put_pace; }
  boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> read_existing(std::size_t max) override {
    if (is_due(faults)) co_return failure();
    const std::size_t count = std::min(max, existing.size() - next_);
    std::vector<ports::ExistingRow> group(existing.begin() + static_cast<std::ptrdiff_t>(next_),
                                          existing.begin() + static_cast<std::ptrdiff_t>(next_ + count));
    next_ += count;
    co_return group;
  }
  bool wants_announcement() const override { return is_told_of_rows; }
  boost::asio::awaitable<Result<void>> announce(std::vector<ports::AnnouncedRow> rows) override {
    if (is_due(faults)) co_return failure();
    announced += rows.size();
    is_announcement_over = rows.empty();
    co_return Result<void>();
  }
  boost::asio::awaitable<Result<void>> begin(std::uint64_t count, bool keep) override {
    if (is_due(faults)) co_return failure();
    places = count;
    keep_existing = keep;
    co_return Result<void>();
  }
  boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome> outcomes) override {
    if (fails_put || is_due(faults)) co_return fail(ErrorKind::io, "no space left on device");
    largest_put = std::max(largest_put, outcomes.size());
    for (domain::Outcome& outcome : outcomes) {
      ++puts_at[outcome.place];
      by_place[outcome.place] = std::move(outcome);
    }
    co_return Result<void>();
  }
  boost::asio::awaitable<Result<void>> finish() override {
    if (is_due(faults)) co_return failure();
    is_finished = true;
    co_return Result<void>();
  }

  ports::PutPace put_pace;
  std::vector<ports::ExistingRow> existing;
  std::uint64_t places = 0;
  bool keep_existing = false;
  bool is_finished = false;
  bool fails_put = false;
  bool is_told_of_rows = false;
  std::size_t announced = 0;
  bool is_announcement_over = false;
  Faults* faults = nullptr;
  std::size_t largest_put = 0;
  std::map<std::uint64_t, domain::Outcome> by_place;
  std::map<std::uint64_t, int> puts_at;

 private:
  std::size_t next_ = 0;
};

// Keys are hashes of the comment; one per provider.
class Keys final : public ports::QuestionKeys {
 public:
  explicit Keys(std::vector<std::string> providers = {"primary"}) : providers_(std::move(providers)) {}
  void append_keys(const domain::Row& row, std::vector<domain::AnswerKey>& out) const override {
    for (const std::string& provider : providers_)
      out.push_back(FieldHasher().add(provider).add(row.comment).finish());
  }
  std::size_t keys_per_row() const override { return providers_.size(); }
  std::size_t index_of(std::string_view provider) const override {
    for (std::size_t i = 0; i < providers_.size(); ++i) {
      if (providers_[i] == provider) return i;
    }
    return 0;
  }

 private:
  std::vector<std::string> providers_;
};

// Commits take `commit_time` of virtual time. Outlives runs, as a file on disk does.
class Cache final : public ports::AnswerCache {
 public:
  Cache(boost::asio::io_context& io, Clock& clock) : io_(io), clock_(clock) {}

  boost::asio::awaitable<Result<std::vector<std::shared_ptr<const domain::Answer>>>> find(
      ports::AnswerLookups lookups) override {
    ++finds;
    if (is_due(faults)) co_return failure();
    std::vector<std::shared_ptr<const domain::Answer>> found;
    for (std::size_t row = 0; row < lookups.this_run_only.size(); ++row) {
      found.push_back(look_up(lookups, row));
    }
    co_return found;
  }

  void commit(const domain::AnswerKey& key, std::shared_ptr<const domain::Answer> answer,
              boost::asio::any_completion_handler<void(Result<void>)> committed) override {
    ++commits;
    boost::asio::co_spawn(
        io_, keep(key, std::move(answer)),
        [handler = std::move(committed), this](std::exception_ptr) mutable {
          std::move(handler)(fails_commits ? Result<void>(fail(ErrorKind::io, "disk full")) : Result<void>());
        });
  }

  // Commits end by themselves, in virtual time.
  boost::asio::awaitable<void> flush() override { co_return; }

  void start_new_run() { this_run.clear(); }

  std::map<domain::AnswerKey, std::shared_ptr<const domain::Answer>> answers;
  std::map<domain::AnswerKey, bool> this_run;
  Duration commit_time = std::chrono::milliseconds(20);
  bool fails_commits = false;
  Faults* faults = nullptr;
  int finds = 0;
  int commits = 0;

 private:
  std::shared_ptr<const domain::Answer> look_up(const ports::AnswerLookups& lookups, std::size_t row) const {
    for (std::size_t i = 0; i < lookups.keys_per_row; ++i) {
      const domain::AnswerKey& key = lookups.keys[row * lookups.keys_per_row + i];
      const auto found = answers.find(key);
      if (found == answers.end()) continue;
      if (lookups.this_run_only[row] && !this_run.contains(key)) continue;
      return found->second;
    }
    return nullptr;
  }

  boost::asio::awaitable<void> keep(domain::AnswerKey key, std::shared_ptr<const domain::Answer> answer) {
    const TimePoint when = clock_.now() + commit_time;
    co_await clock_.sleep_until(when);
    if (fails_commits) co_return;
    answers[key] = std::move(answer);
    this_run[key] = true;
  }

  boost::asio::io_context& io_;
  Clock& clock_;
};

// Answers after `latency`; a comment that begins with "bad" makes an invalid verdict, one of `failures` an
// error.
class Llm final : public ports::LlmClient {
 public:
  explicit Llm(Clock& clock) : clock_(clock) {}

  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override {
    ++asked[ask.row->comment];
    ++in_flight;
    max_in_flight = std::max(max_in_flight, in_flight);
    if (on_asked) on_asked();
    const TimePoint when = clock_.now() + latency(*ask.row);
    co_await clock_.sleep_until(when);
    --in_flight;
    if (const auto failure = failures.find(ask.row->comment); failure != failures.end()) {
      co_return fail(failure->second, "primary: as told");
    }
    domain::Answer answer;
    answer.verdict.is_valid = !ask.row->comment.starts_with("bad");
    answer.raw_json = "{}";
    answer.provider = provider;
    answer.model = "model";
    answer.answered_at = clock_.wall_now();
    co_return std::make_shared<const domain::Answer>(std::move(answer));
  }

  int total_asked() const {
    int total = 0;
    for (const auto& [comment, count] : asked) total += count;
    return total;
  }

  std::function<Duration(const domain::Row&)> latency = [](const domain::Row&) {
    return std::chrono::milliseconds(200);
  };
  std::function<void()> on_asked;
  std::map<std::string, ErrorKind> failures;
  std::map<std::string, int> asked;
  std::string provider = "primary";
  int in_flight = 0;
  int max_in_flight = 0;

 private:
  Clock& clock_;
};

class Journal final : public ports::RunJournal {
 public:
  Result<void> begin_run(std::uint64_t count) override {
    if (is_due(faults)) return failure();
    rows = count;
    return {};
  }
  Result<ports::RequestNumber> begin_request(const ports::RequestStart&) override { return 1; }
  void end_request(ports::RequestNumber, const ports::RequestEnd&) override {}
  void note_written(const ports::RunProgress& progress) override { written = progress.written; }
  void end_run(ports::RunEnd how, const ports::RunProgress&) override { end = how; }

  Faults* faults = nullptr;
  std::uint64_t rows = 0;
  std::uint64_t written = 0;
  std::optional<ports::RunEnd> end;
};

class Watch final : public ports::RunObserver {
 public:
  void on_run_started(std::uint64_t count) override { rows = count; }
  void on_row_finished(const domain::Outcome& outcome) override { ++finished[outcome.row.index]; }

  std::uint64_t rows = 0;
  std::map<std::uint64_t, int> finished;
};

}  // namespace sv::engine::fakes
