// When all rows will be done, and what the run will have cost.
//
// Rows that are answered without a question (cached, decided by checks) pass in no time, so only rows that
// are asked about count: those that wait are known by number; of the rows that have not been read, as large
// a share will be asked as of the last kRecentRows. A long row of questions without an answer among them
// shows that the cached part of the sheet has ended.
#pragma once

#include "base/time.hpp"
#include "domain/money.hpp"
#include "domain/outcome.hpp"
#include "ports/run_observer.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace sv::report {

// At most a few thousand samples are kept. Time only moves forward.
class RunForecast final : public ports::RunObserver {
 public:
  void on_run_started(std::uint64_t rows) override { rows_ = rows; }
  void on_row_queued() override;
  void on_row_finished(const domain::Outcome& outcome) override;
  // Tokens without a price make the run's cost unknown.
  void on_request_finished(const ports::RequestReport& report) override;
  // Answers of the Batch API are paid for before their rows are counted: no cost is forecast then.
  void on_batch_finished(const ports::BatchReport& report) override;
  // Call as often as you like: a sample is kept four times a second.
  void tick(TimePoint now);

  // Nothing: nothing was answered yet, or not for a while.
  std::optional<Duration> time_left() const;
  // Nothing: no row was paid for yet, in several currencies, or with an unknown price.
  std::optional<domain::Money> cost_of_run() const;

 private:
  struct Sample {
    TimePoint when;
    std::uint64_t answered = 0;
  };
  // What has been paid for so far. A request is cold when the prompt cache gave nothing for it.
  struct Paid {
    std::uint64_t answered = 0;
    std::uint64_t requests = 0;
    std::uint64_t cold = 0;
    double spent = 0;
    double spent_cold = 0;
  };

  double cost_per_question() const;
  double asked_share() const;
  double questions_left() const;
  double answers_per_second() const;
  void note_money(const std::optional<domain::Money>& cost, bool is_cold);
  void note_in_order(bool is_question);

  static constexpr std::size_t kRecentRows = 256;
  static constexpr Duration kStep = std::chrono::milliseconds(250);
  // At least so long and so many answers, if they come within kLongestWindow.
  static constexpr Duration kWindow = std::chrono::seconds(30);
  static constexpr Duration kLongestWindow = std::chrono::minutes(10);
  static constexpr std::uint64_t kAnswersInWindow = 100;

  std::uint64_t rows_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t queued_ = 0;
  std::uint64_t answered_ = 0;

  std::bitset<kRecentRows> recent_;  // a ring, in source order: 1 is a question
  std::uint64_t seen_ = 0;
  std::uint64_t questions_in_a_row_ = 0;

  std::deque<Sample> samples_;  // oldest first
  Sample latest_;
  std::optional<TimePoint> began_at_;
  std::optional<Sample> first_answer_;

  bool is_cost_known_ = true;
  std::optional<domain::Money> spent_;
  Paid paid_;
  std::vector<Paid> marks_;  // at equal steps of answers
  std::uint64_t mark_step_ = 1;
};

}  // namespace sv::report
