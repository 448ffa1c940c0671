// Brings outcomes to the sink in groups, in the order in which they come (each knows its place).
//
//   add() ──▶ queue ──▶ write(): everything that is there, in one put, as the sink's pace has it
//
// One thread. Nothing is lost by being slow: whoever makes outcomes waits for room().
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/stop_signal.hpp"
#include "base/wait_queue.hpp"
#include "domain/outcome.hpp"
#include "ports/outcome_sink.hpp"
#include "ports/run_journal.hpp"
#include "ports/run_observer.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace sv::engine {

class OutcomeWriter {
 public:
  // The references outlive the writer; `journal` may be null.
  OutcomeWriter(ports::OutcomeSink& sink, ports::RunObserver& observer, StopSignal& stop, Clock& clock,
                ports::RunJournal* journal)
      : sink_(sink), observer_(observer), stop_(stop), clock_(clock), pace_(sink.pace()), journal_(journal) {}

  // Rows that were not reached are written but neither counted nor observed.
  void add(domain::Outcome outcome);
  // No more will be added; write() ends when all is written.
  void close();
  // Until the queue is short enough for another group.
  boost::asio::awaitable<void> room();
  // Runs until close(). An error of the sink stops the run (nothing more is bought that cannot be written);
  // the rest is counted but not put.
  boost::asio::awaitable<void> write();

  const ports::RunProgress& counts() const { return counts_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  void count(const domain::Outcome& outcome);
  // Until the sink's pace allows a group and there is one, or nothing more will come.
  boost::asio::awaitable<void> group();

  ports::OutcomeSink& sink_;
  ports::RunObserver& observer_;
  StopSignal& stop_;
  Clock& clock_;
  ports::PutPace pace_;
  ports::RunJournal* journal_;
  Alarm is_enough_;
  std::optional<TimePoint> last_put_;
  std::deque<domain::Outcome> queue_;
  WaitQueue not_empty_;
  WaitQueue not_full_;
  ports::RunProgress counts_;
  std::optional<Error> error_;
  bool is_closed_ = false;
};

}  // namespace sv::engine
