// A run from its first row to its last: read, place, judge, write. Knows its surroundings only by their
// ports.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/stop_signal.hpp"
#include "domain/rulebook.hpp"
#include "engine/answered_now.hpp"
#include "engine/outcome_writer.hpp"
#include "ports/answer_cache.hpp"
#include "ports/llm_client.hpp"
#include "ports/outcome_sink.hpp"
#include "ports/question_claims.hpp"
#include "ports/question_keys.hpp"
#include "ports/row_source.hpp"
#include "ports/run_journal.hpp"
#include "ports/run_observer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>

namespace sv::engine {

struct RunOptions {
  std::size_t workers = 5;        // rows in flight, 1..5000
  bool must_ask_all = false;      // --force
  bool must_ask_overdue = false;  // --checkdate
};

// Everything outlives the run. One thread runs the executor.
struct RunContext {
  boost::asio::any_io_executor executor;
  ports::RowSource& source;
  ports::OutcomeSink& sink;
  ports::AnswerCache& cache;
  ports::LlmClient& llm;
  const ports::QuestionKeys& keys;
  const domain::Rulebook& rulebook;
  ports::RunObserver& observer;
  Clock& clock;
  StopSignal& stop;
  ports::RunJournal* journal = nullptr;  // null: nothing is written down
  // Null: nothing was. Else the run has been announced already.
  const AnsweredNow* answered_now = nullptr;
  ports::QuestionClaims* claims = nullptr;  // null: no other process asks anything
};

struct RunResult {
  std::uint64_t rows = 0;
  ports::RunProgress counts;
  // The target has all outcomes that there are. False when it failed, and where an earlier review is worth
  // more than what there is: when not one row could be judged, or when the run was stopped and rows without
  // identifiers would have to replace it.
  bool is_written = false;
  // Batches that go on at the provider without this process, and their rows: nothing has been written yet.
  std::uint64_t batches_under_way = 0;
  std::uint64_t rows_under_way = 0;
  // By when the run must be gone on with to be over at its deadline; nothing: it has none.
  std::optional<WallTime> come_again_by;
  // Rows that were asked one by one because their batch did not end in time: that it has answered all the
  // same, and those of which nobody knows. They are paid twice.
  std::uint64_t answered_twice = 0;
  std::uint64_t perhaps_twice = 0;
  // Every row has its outcome.
  bool is_complete() const { return counts.finished() == rows; }
  // A limit of the run (money, requests) that ended it early; it can go on with a higher one.
  std::optional<Error> limit;
  // What ended the run early: source, cache or target failed.
  std::optional<Error> error;
};

// Writes it down and tells the observer: before anything is paid.
Result<void> announce_run(const RunContext& context, std::uint64_t rows);

// After context.stop has been requested what is in flight is finished and the rest is not begun. The target
// gets what there is: rows that were not reached keep the place that they will have, with the reason, unless
// the target has an earlier row there. Things to say once are logged as warnings before the first request.
boost::asio::awaitable<RunResult> run(RunContext context, RunOptions options);

}  // namespace sv::engine
