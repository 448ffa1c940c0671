// Judges rows: each is looked up in the answer cache, asked if need be, and handed to the writer once its
// answer is committed.
//
//   feed(): groups of rows ─▶ one look-up per group ─┬─ hit ───────────────────────────────▶ writer
//                                                    └─ miss ─▶ channel ─▶ work() × workers
//   work(): one row at a time ─▶ LLM ─┬─ error ─▶ unjudged ────────────────────────────────▶ writer
//                                     └─ answer ─▶ commit (a worker does not wait for it) ─▶ writer
//
// After a stop nothing is asked any more, but the feed goes on: rows that have an answer get their outcome,
// the others are handed on as not reached, so that a target that is written all the same has every row at its
// place.
//
// A question that another process with the same answer cache is asking is waited for, looked up again, and
// asked only if that process has got no answer: work() claims it first.
//
// A look-up comes before a worker is taken: cached rows need no permit and cost one hop to the store's thread
// per group. Commits are grouped over 20 ms by the store; a worker that waited for them would lose that time
// with every row, a tenth of a fast model's latency. What a crash can lose is thereby at most the commits
// that are pending, which are bounded.
#pragma once

#include "base/channel.hpp"
#include "base/error.hpp"
#include "base/stop_signal.hpp"
#include "base/wait_queue.hpp"
#include "checks/row_checks.hpp"
#include "domain/outcome.hpp"
#include "domain/rulebook.hpp"
#include "engine/answered_now.hpp"
#include "engine/outcome_writer.hpp"
#include "engine/placement.hpp"
#include "engine/shared_questions.hpp"
#include "ports/answer_cache.hpp"
#include "ports/llm_client.hpp"
#include "ports/question_claims.hpp"
#include "ports/question_keys.hpp"
#include "ports/row_source.hpp"
#include "ports/run_observer.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace sv::engine {

// Everything outlives the judge. One thread.
struct RowJudgeContext {
  ports::RowSource& source;
  ports::AnswerCache& cache;
  ports::LlmClient& llm;
  const ports::QuestionKeys& keys;
  const domain::Rulebook& rulebook;
  ports::RunObserver& observer;
  OutcomeWriter& writer;
  StopSignal& stop;
  Clock& clock;
  const AnsweredNow* answered_now = nullptr;
  ports::QuestionClaims* claims = nullptr;  // null: no other process asks anything
};

class RowJudge {
 public:
  // `rows`: of the whole run. `must_ask_all`: answers of earlier runs do not count (--force).
  RowJudge(RowJudgeContext context, Placement placement, std::uint64_t rows, bool must_ask_all);

  // Reads the source to its end. Ends when every row has been handed on.
  boost::asio::awaitable<void> feed();
  // One row in flight at a time; ends when the feed has ended and nothing is left.
  boost::asio::awaitable<void> work();
  // Until every answer is committed (or could not be).
  boost::asio::awaitable<void> settle();

  // What ended the run early, if anything but the stop did: the source or the answer cache failed.
  const std::optional<Error>& error() const { return error_; }
  // The limit of the run that was reached, if any.
  const std::optional<Error>& limit() const { return limit_; }
  // Not every row of the source has been seen.
  bool is_source_lost() const { return is_source_lost_; }

 private:
  struct Question {
    QuestionId id;
    PlacedRow row;
    std::uint64_t others_answered = 0;  // when it was looked up
    bool is_claimed = false;
  };
  // By the settings' checks alone: a row that must not be asked about has its outcome now, and is gone.
  bool decide(domain::Row& row);
  checks::CheckDay check_day(const domain::Answer& answer) const;
  struct Group {
    std::vector<Question> questions;
    ports::AnswerLookups lookups;
  };

  boost::asio::awaitable<void> feed_group(std::vector<domain::Row> rows);
  Group gather(std::vector<domain::Row> rows);
  // Waits while another process asks it. Its answer, if there is one by now.
  boost::asio::awaitable<Result<domain::SharedAnswer>> claim(Question& question);
  bool is_free(Question& question);
  std::vector<PlacedRow> close(const Question& question, bool is_answered);
  // Leaves `question` empty-handed: it has gone to the writer, or to the commit of its answer.
  boost::asio::awaitable<void> ask(Question& question);
  void conclude(Question& question, Result<domain::SharedAnswer>& answer);
  void commit(Question question, const domain::SharedAnswer& answer);
  void finish(Question question, domain::OutcomeKind kind, const domain::SharedAnswer& answer);
  void give_up(Question question, const Error& error);
  void pass_over(Question question);
  domain::Outcome outcome_of(PlacedRow row, domain::OutcomeKind kind,
                             const domain::SharedAnswer& answer) const;
  void stop_by(Error error);

  RowJudgeContext context_;
  Placement placement_;
  std::uint64_t rows_after_;  // not yet read or asked about, at most
  bool must_ask_all_;
  std::chrono::sys_days today_;  // when the run began: a run over midnight has one rulebook
  Channel<Question> questions_;
  SharedQuestions shared_;
  bool are_last_rows_watched_ = false;
  std::size_t pending_commits_ = 0;
  WaitQueue commit_ended_;
  std::optional<Error> error_;
  std::optional<Error> limit_;
  bool is_source_lost_ = false;
};

}  // namespace sv::engine
