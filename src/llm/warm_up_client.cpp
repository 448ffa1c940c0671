#include "llm/warm_up_client.hpp"

#include <algorithm>
#include <utility>

namespace sv::llm {

WarmUpClient::WarmUpClient(ports::LlmClient& inner, WarmUpPlan plan, Clock& clock)
    : inner_(inner), plan_(std::move(plan)), clock_(clock) {}

boost::asio::awaitable<Result<domain::SharedAnswer>> WarmUpClient::judge(ports::Ask ask) {
  if (stage_ == Stage::fresh) begin(ask);
  if (ask.is_probe) {
    Result<domain::SharedAnswer> found = co_await inner_.judge(ask);
    co_return found;
  }
  while (!may_go()) co_await wait_for_turn();
  const bool leads = stage_ == Stage::warming && leaders_due_ > 0;
  if (leads) {
    --leaders_due_;
    ++leading_;
  } else if (stage_ == Stage::warming) {
    --followers_due_;
  }
  Result<domain::SharedAnswer> answer = co_await inner_.judge(ask);
  if (leads && stage_ == Stage::warming) note_leader(answer.has_value());
  co_return answer;
}

void WarmUpClient::begin(const ports::Ask& ask) {
  leaders_due_ = plan_.leaders ? plan_.leaders(ask) : 0;
  if (leaders_due_ == 0) {
    stage_ = Stage::open;
    return;
  }
  stage_ = Stage::warming;
  warming_ends_at_ = clock_.now() + plan_.longest_warming;
}

void WarmUpClient::open() {
  stage_ = Stage::open;
  wake(waiting_.waiting());
}

void WarmUpClient::note_leader(bool is_answered) {
  --leading_;
  warming_ends_at_ = std::max(warming_ends_at_, clock_.now() + plan_.longest_silence);
  if (!is_answered) {
    ++leaders_due_;  // another takes its place
    wake(1);
  } else if (leading_ + leaders_due_ == 0) {
    open();
  } else {
    followers_due_ += plan_.followers;
    wake(plan_.followers);
  }
}

boost::asio::awaitable<void> WarmUpClient::wait_for_turn() {
  if (has_keeper_) {
    co_await waiting_.wait();
  } else {
    has_keeper_ = true;
    const TimePoint end = warming_ends_at_;
    co_await clock_.sleep_until(end, keeper_);
    has_keeper_ = false;
    if (stage_ == Stage::warming && clock_.now() >= warming_ends_at_) open();
  }
  // Whoever leaves sees to it that one of those that stay keeps the time.
  if (stage_ != Stage::open && !has_keeper_) waiting_.notify_one();
}

// As many as may go, and the keeper, who waits outside the queue.
void WarmUpClient::wake(std::size_t rows) {
  if (has_keeper_) keeper_.ring();
  for (std::size_t i = std::min(rows, waiting_.waiting()); i > 0; --i) waiting_.notify_one();
}

}  // namespace sv::llm
