#include "limits/in_flight_window.hpp"

#include <algorithm>
#include <cmath>

namespace sv::limits {

namespace {

// Three times as many after each latency. Twice would be safer, but a provider that allows 5,000 a minute and
// says nothing would be half used for a quarter of a minute.
constexpr std::size_t kGrowth = 2;
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

void InFlightWindow::note_answer(Duration latency, bool is_full, std::optional<double> rate) {
  if (!is_automatic_) return;
  latencies_[seen_++ % kSamples] = latency;
  if (rate) {
    const double needed = std::ceil(kSpare * *rate * to_seconds(long_latency()));
    limit_ = std::clamp(static_cast<std::size_t>(std::min(needed, static_cast<double>(most_))),
                        std::min(kFirstWave, most_), most_);
  } else if (is_full) {
    limit_ = std::min(limit_ + kGrowth, most_);
  }
}

}  // namespace sv::limits
