// Keeps answers for good and finds them again by the exact question.
#pragma once

#include "base/error.hpp"
#include "domain/answer.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace sv::ports {

// A group of look-ups, answered in one go: one hop to the store's thread serves them all.
struct AnswerLookups {
  // `keys_per_row` keys for each row, providers in priority order: the first that has an answer wins.
  std::vector<domain::AnswerKey> keys;
  std::size_t keys_per_row = 1;
  // One entry per row: only answers that were committed by this very run count (--force, --checkdate).
  std::vector<bool> this_run_only;
};

// Called from the event-loop thread; results come back on it.
class AnswerCache {
 public:
  virtual ~AnswerCache() = default;

  // One entry per row, empty for a miss. A damaged entry is a miss.
  virtual boost::asio::awaitable<Result<std::vector<std::shared_ptr<const domain::Answer>>>> find(
      AnswerLookups lookups) = 0;

  // Makes the answer durable; `committed` is called on the event-loop thread when it is (or cannot be).
  // Commits are grouped over at most 20 ms, so callers must not hold a permit while they wait.
  virtual void commit(const domain::AnswerKey& key, std::shared_ptr<const domain::Answer> answer,
                      boost::asio::any_completion_handler<void(Result<void>)> committed) = 0;

  // Does not wait for more to group: ends when all that was given to commit() before is durable, or has
  // failed.
  virtual boost::asio::awaitable<void> flush() = 0;
};

}  // namespace sv::ports
