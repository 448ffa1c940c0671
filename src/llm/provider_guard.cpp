#include "llm/provider_guard.hpp"

#include "limits/retry_policy.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace sv::llm {

ProviderGuard::ProviderGuard(std::string name, limits::AdmissionGate& gate, KeyMemory& memory, Clock& clock,
                             ports::RunObserver& observer)
    : name_(std::move(name)),
      gate_(gate),
      memory_(memory),
      clock_(clock),
      observer_(observer),
      breaker_(memory.has_worked()) {}

void ProviderGuard::note_result(const std::optional<Error>& error, TimePoint sent_at) {
  // Nothing was sent, or nothing is known.
  if (is_off()) return;
  if (error && (error->kind == ErrorKind::cancelled || error->kind == ErrorKind::limit_reached)) return;
  if (error && limits::disables_provider(error->kind)) {
    switch_off(*error);
    return;
  }
  if (error && error->kind == ErrorKind::rate_limited &&
      error->retry_after.value_or(Duration::zero()) > limits::AdmissionGate::kLongestPause) {
    note_long_wait(*error);
    return;
  }
  if (!error) long_waits_ = 0;
  const bool was_untried = breaker_.is_untried();
  const bool was_open = breaker_.is_open();
  const TimePoint now = clock_.now();
  if (error && limits::is_failure_on_the_way(error->kind)) {
    last_failure_ = *error;
    breaker_.note_failure(now, sent_at);
  } else {
    breaker_.note_answer(now, sent_at);
    if (!error) memory_.note_worked();
  }
  if (!was_open && breaker_.is_open()) begin_rest();
  if (was_open && !breaker_.is_open()) observer_.on_provider_back(name_, now - breaker_.opened_at());
  if (was_untried || (was_open && !breaker_.is_open())) tell_change();
}

void ProviderGuard::note_long_wait(const Error& error) {
  if (++long_waits_ < kMostLongWaits) return;
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(*error.retry_after).count();
  switch_off(
      {ErrorKind::rate_limited,
       fmt::format("{} (it asks to wait {} minutes, longer than a run waits: run again then, what is judged "
                   "is kept; or name a second provider)",
                   error.message, minutes),
       error.retry_after});
}

void ProviderGuard::trip(const Error& error) {
  if (is_resting()) return;
  last_failure_ = error;
  breaker_.trip(clock_.now());
  begin_rest();
}

void ProviderGuard::begin_rest() {
  observer_.on_provider_resting(name_, last_failure_);
  gate_.turn_away_waiting();
  tell_change();
}

void ProviderGuard::switch_off(Error why) {
  if (is_off()) return;
  off_because_ = std::move(why);
  observer_.on_provider_disabled(name_, *off_because_);
  gate_.turn_away_waiting();
  tell_change();
}

}  // namespace sv::llm
