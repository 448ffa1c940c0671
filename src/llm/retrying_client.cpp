#include "llm/retrying_client.hpp"

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

boost::asio::awaitable<Result<domain::Answer>> RetryingClient::judge(ports::Ask ask) {
  limits::RetryState state;
  for (;;) {
    Result<domain::Answer> answer = co_await inner_.judge(ask);
    if (answer || stop_.is_requested()) co_return answer;
    const std::optional<Duration> delay = limits::next_delay(limits_, state, answer.error(), random_);
    if (!delay) co_return answer;
    observer_.on_retry(answer.error().kind, *delay);
    learn_from(ask, answer.error().kind);
    // The limiter inside makes all rows wait after a 429; this one keeps its turn at the head of its queue.
    const bool waits_inside = answer.error().kind == ErrorKind::rate_limited;
    if (*delay > Duration::zero() && !waits_inside) {
      const TimePoint when = clock_.now() + *delay;
      co_await clock_.sleep_until(when);
      if (stop_.is_requested()) co_return answer;
    }
  }
}

}  // namespace sv::llm
