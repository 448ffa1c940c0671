#include "llm/hedged_client.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace sv::llm {

namespace {

// A provider that has just refused for its limits would count a hedge against the rows of the next minute.
constexpr Duration kShortAfterPause = std::chrono::minutes(1);
// A hedge for which the limiter has no room within this is not sent.
constexpr Duration kLongestWaitForRoom = std::chrono::seconds(1);

}  // namespace

boost::asio::awaitable<Result<domain::SharedAnswer>> HedgedClient::judge(ports::Ask ask) {
  Attempt attempt;
  attempt.executor = co_await boost::asio::this_coro::executor;
  attempt.sent_at = clock_.now();
  ask.longest = policy_.longest(ask.attempt);
  attempt.ask = ask;
  ask.cancel = &attempt.cancel;
  policy_.note_request();
  const auto place = attempts_.insert(attempts_.end(), &attempt);
  if (on_change_) on_change_();
  Result<domain::SharedAnswer> answer = co_await inner_.judge(ask);
  attempts_.erase(place);
  const Duration took = clock_.now() - attempt.sent_at;
  if (answer) policy_.note_answer(took);
  const bool has_timed_out = !answer && answer.error().kind == ErrorKind::timeout;
  if (has_timed_out && ask.longest && took >= *ask.longest) policy_.note_extra();
  if (attempt.hedge) {
    if (answer) attempt.cancel_hedge.ring();
    co_await attempt.hedge->join();
    if (!answer && attempt.hedge_answer) answer = std::move(attempt.hedge_answer);
  }
  if (on_change_) on_change_();
  co_return answer;
}

TimePoint HedgedClient::hedge_due() {
  const std::optional<Duration> late_after = policy_.late_after();
  if (!late_after) return TimePoint::max();
  for (Attempt* attempt : attempts_) {
    if (attempt->is_hedged) continue;
    const TimePoint now = clock_.now();
    const bool is_quota_short = gate_.waiting() > 0 || now - kShortAfterPause < gate_.last_pause_ends_at();
    if (stop_.is_requested() || !policy_.has_budget() || is_quota_short) return TimePoint::max();
    const TimePoint due = attempt->sent_at + *late_after;
    if (due > now) return due;
    const std::uint64_t charge = charge_(attempt->ask);
    const TimePoint room = gate_.next_admission(charge);
    // By a clock that is read after the gate has read it: "now" is not in the future.
    const bool is_room_later = room > clock_.now();
    if (is_room_later && room <= now + kLongestWaitForRoom) return room;
    attempt->is_hedged = true;  // or would be, had there been room
    if (std::optional<limits::AdmissionGate::Admission> admission = gate_.try_admit(charge)) {
      send_hedge(*attempt, std::move(*admission));
    }
  }
  return TimePoint::max();
}

void HedgedClient::abandon() {
  for (Attempt* attempt : attempts_) {
    attempt->cancel.ring();
    attempt->cancel_hedge.ring();
  }
}

void HedgedClient::send_hedge(Attempt& attempt, limits::AdmissionGate::Admission admission) {
  policy_.note_extra();
  observer_.on_hedge(provider_);
  attempt.hedge.emplace(attempt.executor);
  attempt.hedge->spawn(hedge(attempt, std::move(admission)));
}

boost::asio::awaitable<void> HedgedClient::hedge(Attempt& attempt,
                                                 limits::AdmissionGate::Admission admission) {
  ports::Ask ask = attempt.ask;
  ask.sent = admission.mark;
  ask.cancel = &attempt.cancel_hedge;
  ask.is_hedge = true;
  const TimePoint sent_at = clock_.now();
  Result<domain::SharedAnswer> answer = co_await inner_.judge(ask);
  if (answer) {
    policy_.note_answer(clock_.now() - sent_at);
    attempt.hedge_answer = std::move(*answer);
    attempt.cancel.ring();
  } else if (answer.error().kind == ErrorKind::rate_limited) {
    gate_.note_rate_limited(answer.error().retry_after, admission.mark);
  }
}

}  // namespace sv::llm
