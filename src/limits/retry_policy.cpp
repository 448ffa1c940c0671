#include "limits/retry_policy.hpp"

#include <algorithm>

namespace sv::limits {

namespace {

// Two clients that were told the same moment must not come back in the same millisecond.
constexpr Duration kSpread = std::chrono::milliseconds(20);
// What a 429 is reckoned to cost when nobody said how long the pause is: the limiter does, as a rule.
constexpr Duration kUntoldRateLimitWait = std::chrono::milliseconds(100);
// A hint that proves too short again and again is trusted less: at least 10 ms * 2^n, up to a second. It
// bounds the requests that a row can waste within total_wait, since 429s use no attempts.
constexpr Duration kHintFloor = std::chrono::milliseconds(10);
constexpr Duration kHintFloorCap = std::chrono::seconds(1);

Duration doubled(Duration base, std::uint32_t times, Duration cap) {
  Duration delay = std::min(base, cap);
  for (; times > 0 && delay < cap; --times) delay = delay > cap / 2 ? cap : delay * 2;
  return delay;
}

Duration scaled(Duration delay, double factor) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(delay.count()) * factor));
}

Duration spread(Random& random) { return scaled(kSpread, random.uniform()); }

std::optional<Duration> charge_wait(const RetryLimits& limits, RetryState& state, Duration delay) {
  if (delay > limits.total_wait - state.waited) return std::nullopt;
  state.waited += delay;
  return delay;
}

std::optional<Duration> after_transport_failure(const RetryLimits& limits, RetryState& state,
                                                const Error& error, Random& random) {
  const std::uint32_t before = state.transport_failures++;
  if (state.transport_failures >= limits.transport_attempts) return std::nullopt;
  const Duration back_off = scaled(doubled(limits.base, before, limits.cap), random.uniform());
  const Duration hint = error.retry_after.value_or(Duration::zero());
  if (hint > limits.retry_after_cap) return std::nullopt;
  if (hint <= Duration::zero()) return charge_wait(limits, state, back_off);
  return charge_wait(limits, state, hint + spread(random));
}

std::optional<Duration> after_rate_limit(const RetryLimits& limits, RetryState& state, const Error& error,
                                         Random& random) {
  const std::uint32_t before = state.rate_limits++;
  const Duration hint = error.retry_after.value_or(Duration::zero());
  if (hint > limits.retry_after_cap) return std::nullopt;
  // `Retry-After: 0` beside a 429 contradicts itself; it is no hint.
  if (hint <= Duration::zero()) {
    return charge_wait(limits, state, doubled(kUntoldRateLimitWait, before, kHintFloorCap) + spread(random));
  }
  const Duration floor = scaled(doubled(kHintFloor, before, kHintFloorCap), random.uniform(0.5, 1.0));
  return charge_wait(limits, state, std::max(hint, floor) + spread(random));
}

// The provider is well, only its answer was not: asking again at once costs nothing but the request.
std::optional<Duration> after_bad_reply(std::uint32_t& replies, std::uint32_t allowed) {
  ++replies;
  if (replies >= allowed) return std::nullopt;
  return Duration::zero();
}

}  // namespace

std::optional<Duration> next_delay(const RetryLimits& limits, RetryState& state, const Error& error,
                                   Random& random) {
  switch (error.kind) {
    case ErrorKind::connect:
    case ErrorKind::timeout:
    case ErrorKind::protocol:
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
      return after_transport_failure(limits, state, error, random);
    case ErrorKind::rate_limited:
      return after_rate_limit(limits, state, error, random);
    case ErrorKind::truncated:
    case ErrorKind::invalid_reply:
      return after_bad_reply(state.unusable_replies, limits.reply_attempts);
    case ErrorKind::oversized:
      return after_bad_reply(state.oversized_replies, 2);
    case ErrorKind::cancelled:
    case ErrorKind::tls:
    case ErrorKind::too_large:
    case ErrorKind::bad_request:
    case ErrorKind::unauthorized:
    case ErrorKind::unknown_model:
    case ErrorKind::quota_exhausted:
    case ErrorKind::refused:
    case ErrorKind::invalid_input:
    case ErrorKind::not_found:
    case ErrorKind::permission_denied:
    case ErrorKind::already_locked:
    case ErrorKind::limit_reached:
    case ErrorKind::io:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_failure_on_the_way(ErrorKind kind) {
  return kind == ErrorKind::connect || kind == ErrorKind::timeout || kind == ErrorKind::protocol ||
         kind == ErrorKind::overloaded || kind == ErrorKind::server_error;
}

bool disables_provider(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::tls:
    case ErrorKind::unauthorized:
    case ErrorKind::unknown_model:
    case ErrorKind::quota_exhausted:
      return true;
    case ErrorKind::cancelled:
    case ErrorKind::connect:
    case ErrorKind::timeout:
    case ErrorKind::protocol:
    case ErrorKind::oversized:
    case ErrorKind::rate_limited:
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
    case ErrorKind::too_large:
    case ErrorKind::bad_request:
    case ErrorKind::refused:
    case ErrorKind::truncated:
    case ErrorKind::invalid_reply:
    case ErrorKind::invalid_input:
    case ErrorKind::not_found:
    case ErrorKind::permission_denied:
    case ErrorKind::already_locked:
    case ErrorKind::limit_reached:
    case ErrorKind::io:
      return false;
  }
  return false;
}

bool is_answer_final(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::cancelled:
    case ErrorKind::refused:
    case ErrorKind::invalid_input:
    case ErrorKind::not_found:
    case ErrorKind::permission_denied:
    case ErrorKind::already_locked:
    case ErrorKind::limit_reached:
    case ErrorKind::io:
      return true;
    case ErrorKind::connect:
    case ErrorKind::tls:
    case ErrorKind::timeout:
    case ErrorKind::protocol:
    case ErrorKind::oversized:
    case ErrorKind::rate_limited:
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
    case ErrorKind::too_large:
    case ErrorKind::bad_request:
    case ErrorKind::unauthorized:
    case ErrorKind::unknown_model:
    case ErrorKind::quota_exhausted:
    case ErrorKind::truncated:
    case ErrorKind::invalid_reply:
      return false;
  }
  return false;
}

}  // namespace sv::limits
