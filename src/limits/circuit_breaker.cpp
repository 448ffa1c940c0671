#include "limits/circuit_breaker.hpp"

#include "base/assert.hpp"

#include <algorithm>

namespace sv::limits {

namespace {

std::int64_t second_number(TimePoint now) {
  return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
}

}  // namespace

void CircuitBreaker::note_sent(TimePoint now) {
  SV_ASSERT(may_send(now), "nothing is sent to a provider that is left alone");
  switch (state_) {
    case State::untried:
      // Once: those after the first second all go.
      if (next_chance_ == TimePoint::min()) next_chance_ = now + kAlone;
      return;
    case State::closed:
      return;
    case State::open:
      next_chance_ = now + std::clamp<Duration>((now - opened_at_) / kIntervalsOfOutage, kProbeInterval,
                                                kLongestInterval);
      return;
  }
}

void CircuitBreaker::note_answer(TimePoint now, TimePoint sent_at) {
  answered_sent_at_ = std::max(answered_sent_at_, sent_at);
  if (state_ == State::open && sent_at < opened_at_) return;
  if (state_ != State::closed) close(now);
  failures_in_a_row_ = 0;
  ++second_of(now).answers;
}

void CircuitBreaker::note_failure(TimePoint now, TimePoint sent_at) {
  if (state_ == State::open) return;
  if (state_ == State::untried)
    close(now);
  else if (sent_at < closed_at_)
    return;
  ++failures_in_a_row_;
  ++second_of(now).failures;
  if (failures_in_a_row_ >= kInARow || has_failed_too_often(now)) trip(now);
}

void CircuitBreaker::trip(TimePoint now) {
  if (state_ == State::open) return;
  state_ = State::open;
  opened_at_ = now;
  next_chance_ = now + kProbeInterval;
  ++outages_;
}

void CircuitBreaker::close(TimePoint now) {
  state_ = State::closed;
  closed_at_ = now;
  failures_in_a_row_ = 0;
  seconds_ = {};
}

CircuitBreaker::Second& CircuitBreaker::second_of(TimePoint now) {
  const std::int64_t number = second_number(now);
  Second& second = seconds_.at(static_cast<std::size_t>(number) % seconds_.size());
  if (second.number != number) second = {.number = number};
  return second;
}

bool CircuitBreaker::has_failed_too_often(TimePoint now) const {
  const std::int64_t oldest = second_number(now) - static_cast<std::int64_t>(seconds_.size());
  std::uint64_t answers = 0;
  std::uint64_t failures = 0;
  for (const Second& second : seconds_) {
    if (second.number <= oldest) continue;
    answers += second.answers;
    failures += second.failures;
  }
  return answers + failures >= kFewest && failures >= answers;
}

}  // namespace sv::limits
