#include "limits/in_flight_window.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sv::limits {

namespace {

// Three times as many after each latency. Twice would be safer, but a provider that allows 5,000 a minute and
// says nothing would be half used for a quarter of a minute.
constexpr std::size_t kGrowth = 2;
// Of what more slots could bring: fewer answers a second than that, and the server only queues.
constexpr double kLeastGain = 0.3;
constexpr Duration kLongestHold = std::chrono::minutes(10);
constexpr std::size_t kMostGrowthInRound = 3;
constexpr double kSpare = 1.5;  // pacing.md section 5
constexpr double kPercentile = 0.95;
// The largest of fewer latencies is no 95th percentile: lognormal ones of sigma 0.5 have it at 2.3 medians.
constexpr std::size_t kSamplesForPercentile = 20;
constexpr double kFewSamplesFactor = 2;

}  // namespace

InFlightWindow::InFlightWindow(std::size_t most, bool is_automatic)
    : most_(most), is_automatic_(is_automatic), limit_(is_automatic ? std::min(most, kFirstWave) : most) {}

Duration InFlightWindow::long_latency() const {
  const std::size_t count = std::min(seen_, kSamples);
  std::array<Duration, kSamples> sorted = latencies_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(count);
  if (count < kSamplesForPercentile) {
    return from_seconds(kFewSamplesFactor * to_seconds(*std::max_element(sorted.begin(), end)));
  }
  const auto rank = static_cast<std::ptrdiff_t>(kPercentile * static_cast<double>(count));
  std::nth_element(sorted.begin(), sorted.begin() + rank, end);
  return sorted[static_cast<std::size_t>(rank)];
}

void InFlightWindow::note_answer(TimePoint now, Duration latency, bool is_full, std::optional<double> rate,
                                 double at_once) {
  if (is_by_slots_) {
    if (now < holds_until_ || !is_full) return;
    limit_ = std::min(limit_ + 1, most_);
    holds_until_ = now + kHold;
    return;
  }
  if (!is_automatic_) return;
  latencies_[seen_++ % kSamples] = latency;
  if (rate) {
    const double needed = std::ceil(kSpare * *rate * to_seconds(long_latency()) + at_once);
    limit_ = std::clamp(static_cast<std::size_t>(std::min(needed, static_cast<double>(most_))),
                        std::min(kFirstWave, most_), most_);
  } else if (is_full) {
    grow(now);
  }
}

void InFlightWindow::grow(TimePoint now) {
  if (round_began_ == TimePoint::min()) begin_round(now - latencies_[0]);
  if (now < holds_until_) return;
  if (is_trial_due_) {
    is_trial_due_ = false;
    limit_ = std::min(limit_ + (limit_ + 1) / 2, most_);
    begin_round(now);
    return;
  }
  ++round_answers_;
  // Once it has been found out that a server queues, only trials go further.
  if (hold_ == kHold) limit_ = std::min({limit_ + kGrowth, kMostGrowthInRound * round_limit_, most_});
  if (round_answers_ >= round_limit_) end_round(now);
}

void InFlightWindow::end_round(TimePoint now) {
  const double seconds = std::max(to_seconds(now - round_began_), 1e-3);
  const double throughput = static_cast<double>(round_answers_) / seconds;
  const double wider =
      static_cast<double>(round_limit_) / static_cast<double>(std::max<std::size_t>(1, last_limit_));
  const bool is_more = throughput > last_throughput_ * (1 + kLeastGain * (wider - 1));
  if (last_limit_ > 0 && !is_more) {
    limit_ = last_limit_;
    holds_until_ = now + hold_;
    hold_ = std::min(2 * hold_, kLongestHold);
    is_trial_due_ = true;
  } else {
    last_limit_ = round_limit_;
    last_throughput_ = throughput;
  }
  begin_round(now);
}

void InFlightWindow::begin_round(TimePoint now) {
  round_began_ = now;
  round_limit_ = limit_;
  round_answers_ = 0;
}

void InFlightWindow::note_too_many(TimePoint now, std::size_t others) {
  is_by_slots_ = true;
  limit_ = std::clamp<std::size_t>(others, 1, limit_);
  holds_until_ = now + kHold;
}

}  // namespace sv::limits
