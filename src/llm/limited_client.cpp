#include "llm/limited_client.hpp"

namespace sv::llm {

boost::asio::awaitable<Result<domain::Answer>> LimitedClient::judge(ports::Ask ask) {
  const std::uint64_t charge = charge_(ask);
  const limits::Permit permit = co_await gate_.admit(charge, ask.attempt > 1);
  if (stop_.is_requested()) co_return fail(ErrorKind::cancelled, "the run was stopped");
  Result<domain::Answer> answer = co_await inner_.judge(ask);
  co_return answer;
}

}  // namespace sv::llm
