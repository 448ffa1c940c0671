// Judges rows in bulk: slower than an LlmClient, for less money, and on beyond the end of the process.
//
//   resume() ─▶ { add() … send() } ─▶ collect() ─▶ (answers made durable) ─▶ close() ─▶ …
#pragma once

#include "base/error.hpp"
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
  // The answers of one batch that has ended. Nothing: none is under way, the run is to stop, or, without
  // `may_wait`, none has ended yet.
  virtual boost::asio::awaitable<Result<std::optional<BatchAnswers>>> collect(bool may_wait) = 0;
  // The answers are durable: the part is done with.
  virtual Result<void> close(std::uint64_t part) = 0;
  // Batches that are under way, and their rows.
  virtual std::size_t batches_under_way() const = 0;
  virtual std::uint64_t rows_under_way() const = 0;
};

}  // namespace sv::ports
