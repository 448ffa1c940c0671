#include "llm/warm_up_client.hpp"

#include <algorithm>
#include <utility>

namespace sv::llm {

namespace {

bool is_useless_for_all(ErrorKind kind) {
  return kind == ErrorKind::unauthorized || kind == ErrorKind::unknown_model ||
         kind == ErrorKind::quota_exhausted || kind == ErrorKind::tls;
}

}  // namespace

WarmUpClient::WarmUpClient(ports::LlmClient& inner, WarmUpPlan plan, Clock& clock)
    : inner_(inner), plan_(std::move(plan)), clock_(clock) {}

boost::asio::awaitable<Result<domain::Answer>> WarmUpClient::judge(ports::Ask ask) {
  if (stage_ == Stage::fresh) begin(ask);
  bool has_waited = false;
  while (!may_go()) {
    has_waited = true;
    co_await wait_for_turn();
  }
  if (has_waited && useless_) co_return std::unexpected(*useless_);
  const Stage sent_in = stage_;
  const bool leads = sent_in != Stage::open && leaders_due_ > 0;
  if (leads) {
    --leaders_due_;
    ++leading_;
  } else if (sent_in != Stage::open) {
    --followers_due_;
  }
  Result<domain::Answer> answer = co_await inner_.judge(ask);
  if (answer && !has_answered_) {
    has_answered_ = true;
    if (plan_.on_first_answer) plan_.on_first_answer();
  }
  if (leads) note_leader(sent_in, ask, answer);
  co_return answer;
}

void WarmUpClient::begin(const ports::Ask& ask) {
  if (plan_.longest_alone <= Duration::zero()) {
    begin_warming(ask);
    return;
  }
  stage_ = Stage::alone;
  stage_ends_at_ = clock_.now() + plan_.longest_alone;
  leaders_due_ = 1;
}

void WarmUpClient::begin_warming(const ports::Ask& ask) {
  leaders_due_ = plan_.leaders ? plan_.leaders(ask) : 0;
  if (leaders_due_ == 0) {
    open();
    return;
  }
  stage_ = Stage::warming;
  stage_ends_at_ = clock_.now() + plan_.longest_warming;
  wake(leaders_due_);
}

void WarmUpClient::open() {
  stage_ = Stage::open;
  wake(waiting_.waiting());
}

void WarmUpClient::note_leader(Stage sent_in, const ports::Ask& ask, const Result<domain::Answer>& answer) {
  if (sent_in != stage_) return;  // it took too long
  --leading_;
  if (stage_ == Stage::alone) {
    if (!answer && is_useless_for_all(answer.error().kind)) {
      useless_ = answer.error();
      open();
    } else {
      begin_warming(ask);
    }
    return;
  }
  if (!answer) {
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
    const Stage stage = stage_;
    const TimePoint end = stage_ends_at_;
    co_await clock_.sleep_until(end, keeper_);
    has_keeper_ = false;
    if (stage_ == stage && clock_.now() >= end) open();
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
