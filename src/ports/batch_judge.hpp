// Judges rows in bulk: slower than an LlmClient, for less money, and on beyond the end of the process.
//
//   resume() ─▶ { add() … send() } ─▶ collect() ─▶ (answers made durable) ─▶ close() ─▶ …
//                                        │ no time left: cancel() ─▶ collect() … ─▶ release() ─▶ settle()
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/answer.hpp"
#include "domain/row.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sv::ports {

struct BatchAnswers {
  std::uint64_t part = 0;
  std::vector<std::pair<domain::AnswerKey, std::shared_ptr<const domain::Answer>>> answers;
};

// One thread. An error ends the batches of this process; what is under way stays so and is taken up by the
// next one.
class BatchJudge {
 public:
  enum class Sent : std::uint8_t {
    nothing,   // nothing was added, or nothing can be sent before a batch has ended
    sent,      // the batch is under way
    not_sent,  // it failed in a way that passes: its rows can be added again
  };

  virtual ~BatchJudge() = default;
  // Takes up what earlier processes of this run have left. Once, before anything else.
  virtual boost::asio::awaitable<Result<void>> resume() = 0;
  // Adds the question to the batch that is being made. False: it is full (of lines, bytes or money). A
  // question that is under way, or that a batch has failed to answer, is passed over.
  virtual bool add(const domain::Row& row, const domain::AnswerKey& key) = 0;
  virtual boost::asio::awaitable<Result<Sent>> send() = 0;
  // The answers of one batch that has ended. Nothing: none is under way, the run is to stop, `until` has come
  // or, without `may_wait`, none has ended yet.
  virtual boost::asio::awaitable<Result<std::optional<BatchAnswers>>> collect(bool may_wait,
                                                                              TimePoint until) = 0;
  // The answers are durable: the part is done with.
  virtual Result<void> close(std::uint64_t part) = 0;
  // Batches that are under way, and their rows.
  virtual std::size_t batches_under_way() const = 0;
  virtual std::uint64_t rows_under_way() const = 0;

  // For a run that has no time left. Asks the provider to end every batch as soon as it can, with what it has
  // done; again at each look of collect() if that fails. Nothing is to be sent after it.
  virtual boost::asio::awaitable<void> cancel() = 0;
  // Batches that still have not ended are left to themselves, and their rows may be asked about otherwise:
  // they may be paid for twice. Gives their number.
  virtual std::uint64_t release() = 0;
  struct Released {
    std::uint64_t answered = 0;  // rows that the provider has answered after all
    std::uint64_t unknown = 0;   // rows of batches that have not ended yet
  };
  // Looks at the released batches once more, and closes them: what they have cost, or may cost, is counted.
  virtual boost::asio::awaitable<Result<Released>> settle() = 0;
};

}  // namespace sv::ports
