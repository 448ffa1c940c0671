// Judges rows with a model. The whole LLM stack (retries, limits, fallback, wire format) is wrappers of this
// interface.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "domain/answer.hpp"
#include "domain/row.hpp"
#include "domain/sent_mark.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>

namespace sv::ports {

// What was wrong with the reply before: the next attempt says so to the model.
enum class Correction : std::uint8_t { none, invalid_reply, truncated };

struct Ask {
  const domain::Row* row = nullptr;  // outlives the call
  // Of the question at the first provider, for the run's journal; outlives the call. Null: not known.
  const domain::AnswerKey* key = nullptr;
  Correction correction = Correction::none;
  // The completion cap of the settings is multiplied by this (a truncated reply is asked again with a larger
  // cap).
  std::uint32_t cap_factor = 1;
  // Fixed by the limiter when it reckons what the attempt takes of the token limit: the attempt is sent with
  // it, whatever has been learnt since. 0: not fixed.
  std::uint32_t completion_cap = 0;
  // 1 for the first attempt of this row at this provider.
  std::uint32_t attempt = 1;
  // It finds out whether a provider that was down is back: it is sent although nothing else is.
  bool is_probe = false;
  // A second request about a row that is late: it never waits.
  bool is_hedge = false;
  // Rows of the run that have not been asked about yet, at most.
  std::uint64_t rows_after = 0;
  // Set by the limiter when it lets the attempt go.
  domain::SentMark sent;
  // The attempt is given up after this at the latest; nothing: as the provider's settings say.
  std::optional<Duration> longest;
  // Ends the attempt with ErrorKind::cancelled when it rings. Outlives the attempt.
  Alarm* cancel = nullptr;
};

// One client serves many coroutines on one thread; it is not thread-safe. judge() may be called again for the
// same row after an error: implementations keep no state per row.
class LlmClient {
 public:
  virtual ~LlmClient() = default;
  virtual boost::asio::awaitable<Result<domain::SharedAnswer>> judge(Ask ask) = 0;
  // To be called once, when no further row will be asked about: those in flight are the last, and there is
  // room to ask about late ones a second time. Ends when none is in flight.
  virtual boost::asio::awaitable<void> watch_last_rows() { co_return; }
};

}  // namespace sv::ports
