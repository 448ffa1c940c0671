// What is known about one provider's health, and what follows from it: rows are sent, wait, or go elsewhere.
//
//   working ⇄ resting (its circuit breaker is open)          either ──▶ off (for the rest of the run)
//
// A 429 that asks for longer than a run waits (AdmissionGate::kLongestPause) makes nobody wait, so each row
// would meet one of its own: after kMostLongWaits of them without an answer between, the provider is off.
//
// Told by LimitedClient what became of each request; asked by RetryingClient and FallbackClient. When the
// provider rests or is off, those that wait in its gate's queue are turned away, so that they can wait for it
// or go to the next provider. One thread.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "limits/admission_gate.hpp"
#include "limits/circuit_breaker.hpp"
#include "llm/key_memory.hpp"
#include "ports/run_observer.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace sv::llm {

class ProviderGuard {
 public:
  // Everything outlives the guard. `memory` says whether the provider has answered in an earlier run.
  ProviderGuard(std::string name, limits::AdmissionGate& gate, KeyMemory& memory, Clock& clock,
                ports::RunObserver& observer);

  const std::string& name() const { return name_; }
  limits::AdmissionGate& gate() { return gate_; }
  const limits::CircuitBreaker& breaker() const { return breaker_; }

  bool is_off() const { return off_because_.has_value(); }
  // Why it rests or is off: its last failure.
  const Error& reason() const { return off_because_ ? *off_because_ : last_failure_; }
  // Nothing but a probe is sent to it.
  bool is_resting() const { return is_off() || breaker_.is_open(); }
  bool has_answered_in_this_run() const { return breaker_.answered_sent_at() != TimePoint::min(); }

  // A row is on its way to it. Precondition: breaker().may_send().
  void note_sent() { breaker_.note_sent(clock_.now()); }
  // What came of a request that left at `sent_at`; nothing: an answer.
  void note_result(const std::optional<Error>& error, TimePoint sent_at);
  static constexpr std::uint32_t kMostLongWaits = 3;
  // A row had all its attempts in vain while nobody got an answer.
  void trip(const Error& error);
  // It is not asked any more in this run.
  void switch_off(Error why);

  // Told when rows that wait for this provider should look again.
  void set_listener(std::function<void()> on_change) { on_change_ = std::move(on_change); }

 private:
  void begin_rest();
  void note_long_wait(const Error& error);
  void tell_change() const {
    if (on_change_) on_change_();
  }

  std::string name_;
  limits::AdmissionGate& gate_;
  KeyMemory& memory_;
  Clock& clock_;
  ports::RunObserver& observer_;
  limits::CircuitBreaker breaker_;
  Error last_failure_{.kind = ErrorKind::connect, .message = "it was not asked"};
  std::optional<Error> off_because_;
  std::uint32_t long_waits_ = 0;  // since the last answer
  std::function<void()> on_change_;
};

}  // namespace sv::llm
