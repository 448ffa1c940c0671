// Whether a row is asked again at the same provider, and when. The only place that decides it: pure
// arithmetic, no clock, no coroutine.
//
// Three budgets per row and provider:
//
//   failures on the way  connect, timeout, protocol, server_error, overloaded    transport_attempts
//   unusable replies     invalid_reply, truncated                                reply_attempts
//   rate limits          rate_limited                                            only total_wait
//
// A 429 uses no attempt: it says nothing about the row, and with many requests in flight one row may meet
// many. How long all rows pause after one is the limiter's decision, which says so in Error::retry_after. All
// waits together stay within total_wait. An oversized reply is asked for once more. Every other kind is
// final.
#pragma once

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>

namespace sv::limits {

struct RetryLimits {
  std::uint32_t reply_attempts = 3;  // llm.max_retries: attempts to get a usable reply, the first included
  std::uint32_t transport_attempts = 6;  // likewise, for failures on the way
  Duration total_wait = std::chrono::minutes(10);
  // Back-off after failures on the way: U(0, min(cap, base * 2^n)), n = failures before. Full jitter: clients
  // that failed together come back apart (AWS architecture blog). base is that of the official SDKs; the cap
  // matters only when more than seven attempts are allowed.
  Duration base = std::chrono::milliseconds(500);
  Duration cap = std::chrono::seconds(30);
  // A provider that asks for more is left for the next one (openai-python obeys up to 120 s, too).
  Duration retry_after_cap = std::chrono::seconds(120);
};

// What happened to one row at one provider. Start with a fresh one at the next provider.
struct RetryState {
  std::uint32_t transport_failures = 0;
  std::uint32_t unusable_replies = 0;
  std::uint32_t oversized_replies = 0;
  std::uint32_t rate_limits = 0;
  Duration waited{};  // the sum of the delays given so far
};

// How long to wait before the row is asked again; nothing: give up at this provider. Counts the error in
// `state`.
std::optional<Duration> next_delay(const RetryLimits& limits, RetryState& state, const Error& error,
                                   Random& random);

// Nothing was said about the row: no connection, no answer in time, or a failure of the server.
bool is_failure_on_the_way(ErrorKind kind);

// The provider cannot serve any row of this run: wrong key, unknown model, no money left, untrusted
// certificate.
bool disables_provider(ErrorKind kind);

// Another provider must not be asked: a refusal needs a person, a run that ends asks nobody, and mistakes on
// this side follow the row everywhere.
bool is_answer_final(ErrorKind kind);

}  // namespace sv::limits
