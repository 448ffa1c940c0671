// Rows judged by OpenAI's Batch API: the lines of OpenAiClient, the calls of BatchApi, every step in the
// journal before it is taken, and money held back for each batch.
//
//   add() ─▶ send():  planned ▸ upload ▸ uploaded ▸ creating ▸ create ▸ created
//                                                       │ no reply: find by label, three times, then again
//   collect(): look, wait, look, … ─▶ output and error file ─▶ answers by custom_id (the answer key)
//   close():  ended, and its files are deleted
//   cancel(), release(), settle(): for a run that has no time left (batch_client_deadline.cpp)
//
// A row comes into two batches at most, and into the second only when the first did not work on it (expired,
// cancelled, too many tokens enqueued, a field that the provider refuses): then nothing was paid for it.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/stop_signal.hpp"
#include "cost/spending_limit.hpp"
#include "llm/batch_api.hpp"
#include "llm/batch_file.hpp"
#include "llm/openai_client.hpp"
#include "ports/batch_journal.hpp"
#include "ports/batch_judge.hpp"
#include "ports/run_observer.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sv::llm {

struct BatchClientOptions {
  std::string run_id;
  BatchFile::Limits file = {};
  limits::RetryLimits retries = {};
  // Between the looks for a batch of which nobody knows whether it was created: its request may still be on
  // its way, and lists may lag.
  std::array<Duration, 2> doubts = {std::chrono::seconds(2), std::chrono::seconds(6)};
  // A batch that has not ended by then is cancelled, and given up an hour later. OpenAI's window is 24 hours.
  Duration longest = std::chrono::hours(26);
};

// Everything outlives it.
struct BatchClientContext {
  OpenAiClient& openai;
  BatchApi& api;
  ports::BatchJournal& journal;
  ports::RunObserver& observer;
  cost::SpendingLimit& spending;
  Clock& clock;
  Random& random;
  StopSignal& stop;
};

class BatchClient final : public ports::BatchJudge {
 public:
  BatchClient(BatchClientContext context, BatchClientOptions options);

  boost::asio::awaitable<Result<void>> resume() override;
  bool add(const domain::Row& row, const domain::AnswerKey& key) override;
  boost::asio::awaitable<Result<Sent>> send() override;
  boost::asio::awaitable<Result<std::optional<ports::BatchAnswers>>> collect(bool may_wait,
                                                                             TimePoint until) override;
  Result<void> close(std::uint64_t part) override;
  std::size_t batches_under_way() const override { return parts_.size(); }
  std::uint64_t rows_under_way() const override;
  boost::asio::awaitable<void> cancel() override;
  std::uint64_t release() override;
  boost::asio::awaitable<Result<Released>> settle() override;

 private:
  // The first eight bytes of an answer key: what the journal keeps of it.
  using ShortKey = std::uint64_t;
  struct Question {
    std::uint64_t part = 0;  // that it is in; 0: none
    std::uint32_t batches = 0;
    bool is_left = false;  // to be asked one by one
  };
  struct Part {
    std::string batch_id;
    std::vector<std::string> files;  // that have served when it has ended
    std::vector<ShortKey> keys;
    std::optional<domain::Money> held;
    Capabilities asked_with;
    TimePoint since{};
    TimePoint next_look{};
    std::uint32_t looks = 0;
    bool is_cancelled = false;
    // Of a part that has been collected, for its close().
    ports::BatchNote end = {};
  };
  using Parts = std::map<std::uint64_t, Part>;

  boost::asio::awaitable<Result<BatchStatus>> create_once(std::string file_id, BatchLabel label,
                                                          WallTime since);
  boost::asio::awaitable<Result<std::optional<BatchStatus>>> look_for(BatchLabel label, WallTime since);
  boost::asio::awaitable<void> wait_until(TimePoint when);
  boost::asio::awaitable<void> remove_files();
  std::string file_name_start() const;
  boost::asio::awaitable<void> remove_lost_files();
  boost::asio::awaitable<void> cancel_part(std::uint64_t number, Part& part);
  boost::asio::awaitable<Result<void>> settle_part(std::uint64_t number, Part& part, Released& released);
  boost::asio::awaitable<Result<bool>> look_at(std::uint64_t number, Part& part, BatchStatus& status);
  boost::asio::awaitable<Result<ports::BatchAnswers>> take(std::uint64_t number, Part& part,
                                                           BatchStatus status);
  prompt::RowCode code_of(const domain::AnswerKey& key) const;
  Result<void> read_file(std::string_view file, std::uint64_t number, Part& part, ports::BatchAnswers& taken);
  void take_back(std::uint64_t number, const Part& part, bool was_worked_on);
  Result<void> give_up(std::uint64_t number, Part part);
  Result<void> fail_part(std::uint64_t number, Part& part, const BatchStatus& status);
  Result<void> note(std::uint64_t part, ports::BatchStage stage, std::string id = {});

  BatchClientContext context_;
  BatchClientOptions options_;
  std::uint64_t last_part_;
  std::size_t lines_a_part_;  // halved when too many tokens are enqueued
  bool is_queue_full_ = false;
  limits::RetryState sending_;
  std::unordered_map<ShortKey, Question> questions_;
  Parts parts_;              // under way
  bool is_closing_ = false;  // cancel() has been called
  Parts released_;
  // Of parts that are done with: the rows of a sheet need not lie there for a week.
  std::vector<std::string> spent_files_;
  // The one that is being made.
  std::optional<BatchFile> file_;
  Part next_;
};

}  // namespace sv::llm
