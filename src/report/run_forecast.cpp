#include "report/run_forecast.hpp"

#include <algorithm>
#include <cmath>

namespace sv::report {

namespace {

constexpr std::size_t kMostMarks = 256;
// Less likely than this is not by chance.
constexpr double kBeyondChance = 1e-6;

}  // namespace

void RunForecast::note_in_order(bool is_question) {
  recent_.set(seen_ % kRecentRows, is_question);
  ++seen_;
  questions_in_a_row_ = is_question ? questions_in_a_row_ + 1 : 0;
}

void RunForecast::on_row_queued() {
  ++queued_;
  note_in_order(true);
}

void RunForecast::on_row_finished(const domain::Outcome& outcome) {
  ++done_;
  if (outcome.kind != domain::OutcomeKind::judged && outcome.kind != domain::OutcomeKind::unjudged) {
    note_in_order(false);
    return;
  }
  ++answered_;
  if (!spent_ || answered_ % mark_step_ != 0) return;
  if (marks_.size() == kMostMarks) {
    for (std::size_t i = 0; i < kMostMarks / 2; ++i) marks_[i] = marks_[2 * i + 1];
    marks_.resize(kMostMarks / 2);
    mark_step_ *= 2;
    if (answered_ % mark_step_ != 0) return;
  }
  paid_.answered = answered_;
  marks_.push_back(paid_);
}

void RunForecast::on_request_finished(const ports::RequestReport& report) {
  if (report.usage.input + report.usage.output > 0) note_money(report.cost, report.usage.cached_input == 0);
}

void RunForecast::on_batch_finished(const ports::BatchReport& /*report*/) { is_cost_known_ = false; }

void RunForecast::note_money(const std::optional<domain::Money>& cost, bool is_cold) {
  if (!cost || (spent_ && spent_->currency() != cost->currency())) {
    is_cost_known_ = false;
    return;
  }
  if (spent_) {
    *spent_ += *cost;
  } else {
    spent_ = cost;
  }
  const auto amount = static_cast<double>(cost->trillionths());
  ++paid_.requests;
  paid_.spent += amount;
  if (!is_cold) return;
  ++paid_.cold;
  paid_.spent_cold += amount;
}

void RunForecast::tick(TimePoint now) {
  if (!began_at_) began_at_ = now;
  latest_ = {now, answered_};
  if (!first_answer_ && answered_ > 0) first_answer_ = latest_;
  if (samples_.empty() || now - samples_.back().when >= kStep) samples_.push_back(latest_);
  // The window begins with the latest sample that makes it long enough.
  const auto is_long_enough = [&](const Sample& sample) {
    const Duration age = now - sample.when;
    return age >= kLongestWindow || (age >= kWindow && answered_ - sample.answered >= kAnswersInWindow);
  };
  while (samples_.size() > 1 && is_long_enough(samples_[1])) samples_.pop_front();
}

// Until the first answer nothing can have come: where the wait for it is a large part of what has been
// watched, the pace is measured from it on.
double RunForecast::answers_per_second() const {
  if (samples_.empty() || !first_answer_) return 0;
  Sample from = samples_.front();
  if (from.when < first_answer_->when &&
      latest_.when - first_answer_->when >= first_answer_->when - *began_at_) {
    from = *first_answer_;
  }
  if (latest_.when <= from.when || latest_.answered <= from.answered) return 0;
  return static_cast<double>(latest_.answered - from.answered) / to_seconds(latest_.when - from.when);
}

double RunForecast::asked_share() const {
  if (seen_ == 0) return 1;
  const auto rows = static_cast<double>(std::min<std::uint64_t>(seen_, kRecentRows));
  const double share = static_cast<double>(recent_.count()) / rows;
  const bool is_by_chance = std::pow(share, static_cast<double>(questions_in_a_row_)) > kBeyondChance;
  return is_by_chance ? share : 1;
}

double RunForecast::questions_left() const {
  const std::uint64_t waiting = queued_ > answered_ ? queued_ - answered_ : 0;
  const std::uint64_t known = done_ + waiting;
  const auto unread = static_cast<double>(rows_ > known ? rows_ - known : 0);
  return static_cast<double>(waiting) + unread * asked_share();
}

std::optional<Duration> RunForecast::time_left() const {
  if (done_ >= rows_) return Duration::zero();
  const double pace = answers_per_second();
  if (pace <= 0) return std::nullopt;
  constexpr double kLongest = 100.0 * 24 * 3600;  // beyond it nobody waits, and nanoseconds stay in range
  return from_seconds(std::min(questions_left() / pace, kLongest));
}

// By the later half of what was paid for. Cold requests come most at the start, each key of the prompt cache
// being cold once: as their share has fallen from the first half to the later, it will go on falling, over
// the rows that are left by two such steps in the mean.
double RunForecast::cost_per_question() const {
  Paid first;
  for (const Paid& mark : marks_) {
    if (mark.answered * 2 <= answered_) first = mark;
  }
  const auto answers = static_cast<double>(answered_ - first.answered);
  const auto requests = static_cast<double>(paid_.requests - first.requests);
  const auto cold = static_cast<double>(paid_.cold - first.cold);
  const double spent = paid_.spent - first.spent;
  if (cold == 0 || cold == requests || first.cold == 0) return spent / answers;
  const double share = cold / requests;
  const double share_before = static_cast<double>(first.cold) / static_cast<double>(first.requests);
  const double fall = std::min(1.0, share / share_before);
  const double share_to_come = share * fall * fall;
  const double spent_cold = paid_.spent_cold - first.spent_cold;
  const double price =
      (spent - spent_cold) / (requests - cold) * (1 - share_to_come) + spent_cold / cold * share_to_come;
  return price * requests / answers;
}

std::optional<domain::Money> RunForecast::cost_of_run() const {
  if (!is_cost_known_ || !spent_ || answered_ == 0) return std::nullopt;
  const double rest = cost_per_question() * questions_left();
  return domain::Money(spent_->trillionths() + std::llround(rest), spent_->currency());
}

}  // namespace sv::report
