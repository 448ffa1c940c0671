#include "llm/limited_client.hpp"

namespace sv::llm {

boost::asio::awaitable<Result<domain::SharedAnswer>> LimitedClient::judge(ports::Ask ask) {
  if (guard_.is_off() || (guard_.is_resting() && !ask.is_probe)) co_return std::unexpected(guard_.reason());
  const std::uint64_t charge = charge_(ask);
  const limits::AdmissionGate::Admission admission = co_await gate_.admit(charge, ask.attempt > 1);
  if (stop_.is_requested()) co_return fail(ErrorKind::cancelled, "the run was stopped");
  if (admission.is_turned_away) co_return std::unexpected(guard_.reason());
  ask.sent = admission.mark;
  const TimePoint sent_at = clock_.now();
  Result<domain::SharedAnswer> answer = co_await inner_.judge(ask);
  guard_.note_result(answer ? std::nullopt : std::optional(answer.error()), sent_at);
  if (answer) {
    gate_.note_answer(admission);
  } else if (answer.error().kind == ErrorKind::rate_limited) {
    const TimePoint end = gate_.note_rate_limited(answer.error().retry_after, admission.mark);
    const TimePoint now = clock_.now();
    if (end > now) answer.error().retry_after = end - now;
  }
  co_return answer;
}

}  // namespace sv::llm
