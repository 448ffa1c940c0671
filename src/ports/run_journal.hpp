// What a run does, written down as it happens: it outlives the process, so that after any death the next run
// knows what was under way, and `status` and `explain` can tell.
//
//   begin_run ─▶ begin_request … end_request, note_written … ─▶ end_run
//
// Every call comes from the event-loop thread. What was noted before a call returns survives a killed
// process; a power cut may take the last seconds of it (the answers themselves are safe in the answer cache).
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/answer.hpp"
#include "domain/money.hpp"
#include "domain/usage.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sv::ports {

// Counted from 1 within a run, on over its interruptions.
using RequestNumber = std::uint64_t;

struct RequestStart {
  std::uint64_t row_number = 0;            // as people call it (Row::number)
  const domain::AnswerKey* key = nullptr;  // of the question at the first provider; null: not known
  std::string_view provider;
  std::string_view model;
  // The most that it can cost; empty: the run's money is not limited.
  std::optional<domain::Money> reserved = std::nullopt;
};

struct RequestEnd {
  std::optional<ErrorKind> error = std::nullopt;  // empty: a usable answer
  int http_status = 0;                            // 0: no HTTP reply
  Duration latency{};
  domain::Usage usage = {};
  std::optional<domain::Money> cost = std::nullopt;  // empty: the model's price is not known
  // What the run's limit counts for it: the cost, or all that was reserved when nobody knows what became of
  // it.
  std::optional<domain::Money> charged = std::nullopt;
};

// How far a run has come since its begin_run().
struct RunProgress {
  std::uint64_t judged = 0;
  std::uint64_t cached = 0;
  std::uint64_t decided = 0;
  std::uint64_t unjudged = 0;
  std::uint64_t skipped = 0;
  std::uint64_t written = 0;  // outcomes that the target has taken

  std::uint64_t finished() const { return judged + cached + decided + unjudged + skipped; }
  bool operator==(const RunProgress&) const = default;
};

enum class RunEnd : std::uint8_t {
  finished,     // every row has its outcome and the target has them all
  interrupted,  // by a signal; what was done is kept
  failed,       // source, target or store failed, or not one row could be judged
};

// As in journals and in `status`.
constexpr std::string_view to_string(RunEnd end) {
  switch (end) {
    case RunEnd::finished:
      return "finished";
    case RunEnd::interrupted:
      return "interrupted";
    case RunEnd::failed:
      return "failed";
  }
  return "unknown";
}

class RunJournal {
 public:
  virtual ~RunJournal() = default;

  // Before anything is paid. An error (io: the disk has no room for so many rows) means that the run must not
  // begin.
  virtual Result<void> begin_run(std::uint64_t rows) = 0;
  // Before the request is sent. An error (io: the disk is full, …) means that it must not be sent.
  virtual Result<RequestNumber> begin_request(const RequestStart& start) = 0;
  virtual void end_request(RequestNumber number, const RequestEnd& end) = 0;
  // The target has taken a group of outcomes.
  virtual void note_written(const RunProgress& progress) = 0;
  // Durable when it returns.
  virtual void end_run(RunEnd end, const RunProgress& progress) = 0;
};

}  // namespace sv::ports
