#include "llm/retrying_client.hpp"

#include "base/fault_point.hpp"

#include <algorithm>

namespace sv::llm {

namespace {

// 1 → 2 → 4 → 8 times the completion cap; more would pay for a model that goes round in circles.
constexpr std::uint32_t kMaxCapFactor = 8;

void learn_from(ports::Ask& ask, ErrorKind error) {
  ++ask.attempt;
  if (error == ErrorKind::invalid_reply) ask.correction = ports::Correction::invalid_reply;
  if (error == ErrorKind::truncated) {
    ask.correction = ports::Correction::truncated;
    ask.cap_factor = std::min(ask.cap_factor * 2, kMaxCapFactor);
  }
}

}  // namespace

boost::asio::awaitable<Result<domain::SharedAnswer>> RetryingClient::judge(ports::Ask ask) {
  limits::RetryState state;
  std::optional<TimePoint> first_failed_at;
  const std::uint32_t outages = guard_.breaker().outages();
  const auto has_gone_down = [&] { return guard_.is_resting() || guard_.breaker().outages() != outages; };
  for (;;) {
    budget_.note_request();
    Result<domain::SharedAnswer> answer = co_await inner_.judge(ask);
    if (answer || stop_.is_requested() || has_gone_down()) co_return answer;
    std::optional<Duration> delay = limits::next_delay(limits_, state, answer.error(), random_);
    if (limits::is_failure_on_the_way(answer.error().kind)) {
      if (delay) delay = std::max(*delay, budget_.take(clock_.now()));
      if (!first_failed_at) first_failed_at = clock_.now();
      if (!delay && guard_.breaker().answered_sent_at() <= *first_failed_at) guard_.trip(answer.error());
    }
    if (!delay) co_return answer;
    if (fires(FaultPoint::back_off_is_long)) delay = *delay * 4;
    if (fires(FaultPoint::back_off_is_none)) delay = Duration::zero();
    observer_.on_retry(answer.error().kind, *delay);
    learn_from(ask, answer.error().kind);
    // The limiter inside makes all rows wait after a 429; this one keeps its turn at the head of its queue.
    const bool waits_inside = answer.error().kind == ErrorKind::rate_limited;
    if (*delay > Duration::zero() && !waits_inside) {
      const TimePoint when = clock_.now() + *delay;
      const auto sleeper = sleepers_.emplace(sleepers_.end());
      co_await clock_.sleep_until(when, *sleeper);
      sleepers_.erase(sleeper);
      if (stop_.is_requested() || has_gone_down()) co_return answer;
    }
  }
}

void RetryingClient::wake_waiting() {
  for (Alarm& sleeper : sleepers_) sleeper.ring();
}

}  // namespace sv::llm
