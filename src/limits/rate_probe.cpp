#include "limits/rate_probe.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sv::limits {

using namespace std::chrono_literals;

namespace {

// Figures without a source are found by playing tests/scenario/limiters_test.cpp.

// Where the rate is at least, of what was sent when it was refused for the first time.
constexpr double kLowest = 0.5;
// What was sent in the last two seconds is not even: the second that was refused may have had so much more.
constexpr double kUneven = 1.15;
// Where the pace begins between the bounds of the rate (0: low, 1: high), and how far below.
constexpr double kTowardsHigh = 0.25;
constexpr double kBelow = 0.98;
// Limits are told per minute, and nobody allows less than one. A provider that refuses everything for a while
// would else take the pace to nothing, from where it does not grow back.
constexpr double kLeastPace = 1.0 / 60;
// From the lower bound to the upper one; twice as long with each measurement that confirms the one before.
constexpr double kShortestCrossing = 10;  // seconds
constexpr double kLongestCrossing = 80;
constexpr double kConfirmed = 0.15;
constexpr double kSamePace = 0.05;
constexpr double kLeastGrowth = 0.0005;  // a second
constexpr double kMostGrowth = 0.1;
// Nobody refuses any more: the limit may have been raised, but the pace is not let out of sight of it. A pace
// that was never measured, or that a stretch of refusals has taken far below what was measured, is no such
// sight: it doubles in these times, the latter up to a share of what was measured.
constexpr double kMostGrown = 2;
constexpr double kDoublesIn = 60;      // seconds
constexpr double kDoublesBackIn = 20;  // likewise
constexpr double kBackTo = 0.9;
// A thousand times what the largest customers are allowed; what is above would only overflow sums.
constexpr double kMostPace = 1e6;
constexpr double kMostDoublings = 30;
// What makes a measurement: so many requests, or a few over a long time.
constexpr double kAcceptedForMeasure = 8;
constexpr double kFewAccepted = 2;
constexpr Duration kLongTime = 5s;
constexpr int kLeastSpans = 20;  // of the uncertainty of its ends
// Older refusals measure what may have changed since.
constexpr Duration kMemory = 90s;
constexpr Duration kLongMemory = 300s;
constexpr std::size_t kMostAnchors = 8;
// A refusal is a stray one when the pace is below this share of the measured rate ...
constexpr double kSurelyBelow = 0.99;
// ... and there are so many good requests for each of them.
constexpr double kRequestsPerStray = 16;
constexpr double kStraySmoothing = 0.25;
// A bucket asks for at most the time of one request; our pace may be too high by so much.
constexpr double kReckonedWait = 1.25;
// A wait of this length, in which many requests would have had room, is the end of a window.
constexpr Duration kLongWait = 10s;
constexpr double kRequestsPerLongWait = 10;
constexpr Duration kLongestWindow = 61s;
// Of a window's quota: others may use the same key, and the last request too many costs a 429.
constexpr double kOfFreshQuota = 0.95;

constexpr Duration kBetweenCheckpoints = 200ms;
constexpr Duration kRecent = 2s;

// Retry-After is whole seconds, rounded up: half a second too long in the mean.
Duration uncertainty(Duration wait) {
  const bool is_rounded = wait > Duration::zero() && wait % std::chrono::seconds(1) == Duration::zero();
  return is_rounded ? Duration(500ms) : Duration::zero();
}

}  // namespace

void RateProbe::note_sent(TimePoint now, std::uint64_t number) {
  if (started_ == TimePoint::min()) {
    started_ = now;
    first_number_ = number;
  }
  sent_ = std::max(sent_, number);
  Checkpoint& newest = checkpoints_[newest_];
  if (newest.at != TimePoint::min() && now - newest.at < kBetweenCheckpoints) return;
  newest_ = (newest_ + 1) % kCheckpoints;
  checkpoints_[newest_] = {.at = now, .sent = sent_ - 1};
}

double RateProbe::recent_rate(TimePoint now) const {
  const Checkpoint* oldest = nullptr;
  for (const Checkpoint& point : checkpoints_) {
    if (point.at == TimePoint::min() || now - point.at > kRecent) continue;
    if (oldest == nullptr || point.at < oldest->at) oldest = &point;
  }
  if (oldest == nullptr) return 1 / to_seconds(kRecent);
  const double seconds = std::max(to_seconds(now - oldest->at), to_seconds(kBetweenCheckpoints));
  return std::max(1.0, static_cast<double>(sent_ - oldest->sent)) / seconds;
}

// Of the requests behind the anchor's up to `number`; those that were refused are not among them.
double RateProbe::accepted_since(const Anchor& anchor, std::uint64_t number) const {
  const auto sent = static_cast<double>(number - std::min(number, anchor.number));
  const auto refused = static_cast<double>(refused_ - anchor.refused);
  return std::max(0.0, sent - refused);
}

// From the newest refusal that is far enough away; from an older one when both agree, since that is more
// exact. A first refusal that was a stray one measures too much; newer ones then contradict it.
std::optional<RateProbe::Estimate> RateProbe::measure(const Anchor& now) const {
  std::optional<Estimate> best;
  for (auto anchor = anchors_.rbegin(); anchor != anchors_.rend(); ++anchor) {
    const Duration span = now.free_at - anchor->free_at;
    if (best && span > kMemory) break;
    const double accepted = accepted_since(*anchor, now.number);
    const bool is_enough =
        span >= kLeastSpans * std::max(now.uncertain, anchor->uncertain) &&
        (accepted >= kAcceptedForMeasure || (accepted >= kFewAccepted && span >= kLongTime));
    if (!is_enough || span <= Duration::zero()) continue;
    const Estimate estimate{.rate = accepted / to_seconds(span), .accepted = accepted};
    if (!best) {
      best = estimate;
      continue;
    }
    const double tolerance = 2 / best->accepted;
    const double ratio = estimate.rate / best->rate;
    if (ratio < 1 - tolerance || ratio > 1 + tolerance) break;
    best = estimate;
  }
  return best;
}

// Below what is surely let through, and seldom: it has nothing to do with how fast we go. Unless it asks for
// no more than the time of a request: that is what a limit reckons.
bool RateProbe::is_stray(double pace, Duration wait) const {
  const double requests = pace * to_seconds(wait);
  if (requests > 0 && requests < kReckonedWait) return false;
  return measured_ && mean_between_ >= kRequestsPerStray && pace < kSurelyBelow * *measured_;
}

// The rate is between `low` and `most`, and `high` was refused; begins nearer to the lower one and has passed
// the upper one some seconds later.
void RateProbe::set(TimePoint from, double low, double high, double most) {
  pace_ = std::max(kLeastPace, kBelow * std::pow(low, 1 - kTowardsHigh) * std::pow(high, kTowardsHigh));
  pace_at_ = from;
  growth_ = std::clamp((most / low - 1) / crossing_seconds_, kLeastGrowth, kMostGrowth);
}

RateProbe::Finding RateProbe::note_refused(const Refusal& refusal) {
  ++refused_;
  // The requests that were on their way when the first refusal came have met the same limit.
  if (refusal.number <= episode_sent_) return {};
  const TimePoint window_began = anchors_.empty() ? started_ : anchors_.back().free_at;
  const std::uint64_t between = refusal.number - std::min(refusal.number, episode_sent_);
  episode_sent_ = sent_;
  const double more = static_cast<double>(between) - mean_between_;
  mean_between_ += (refusals_ == 0 ? 1 : kStraySmoothing) * more;
  const Duration uncertain = uncertainty(refusal.wait);
  const Anchor anchor{.free_at = refusal.at + refusal.wait - uncertain,
                      .uncertain = uncertain,
                      .number = refusal.number,
                      .refused = refused_};
  const double high = refused_pace(refusal.at);
  ++refusals_;
  if (is_stray(high, refusal.wait)) {
    pace_ = high;
    pace_at_ = anchor.free_at;
    return {.is_news = true};
  }
  const double accepted = anchors_.empty() ? static_cast<double>(refusal.number - first_number_)
                                           : accepted_since(anchors_.back(), refusal.number);
  // Nothing was let through since the last refusal, however slowly we went: it refuses everything for a
  // while, which measures no rate.
  const std::optional<Estimate> estimate = accepted >= 1 ? measure(anchor) : std::nullopt;
  anchors_.push_back(anchor);
  if (anchors_.size() > kMostAnchors) anchors_.pop_front();
  if (estimate) {
    // Not below what was let through in all: servers of short windows forget what was not used of them.
    const double before = measured_.value_or(0);
    const bool is_same_pace = std::abs(high - refused_pace_) < kSamePace * refused_pace_;
    refused_pace_ = high;
    double low = std::min(estimate->rate, high);
    // A lower bound stays one, unless so many are refused that the rate must have fallen.
    const bool holds =
        measured_ && refusal.at - measured_at_ < kLongMemory && mean_between_ >= kRequestsPerStray;
    if (holds && *measured_ > low) low = std::min(*measured_, high);
    if (!holds || low > *measured_) measured_at_ = refusal.at;
    measured_ = low;
    const bool is_confirmed = is_same_pace && std::abs(*measured_ - before) < kConfirmed * before;
    crossing_seconds_ = is_confirmed ? std::min(2 * crossing_seconds_, kLongestCrossing) : kShortestCrossing;
    // What was refused may have been sent at a higher pace than is ours by now: so many were let through.
    set(anchor.free_at, *measured_, high, std::max(high, estimate->rate));
  } else {
    // Too soon to measure again; what was measured before holds, unless it is what was refused.
    set(anchor.free_at, measured_ ? std::min(*measured_, kBelow * high) : kLowest * high, high, high);
  }
  const bool is_window =
      refusal.wait >= kLongWait && *pace_ * to_seconds(refusal.wait) >= kRequestsPerLongWait;
  const bool is_one_window = anchor.free_at - window_began <= kLongestWindow;
  return {
      .is_news = true,
      .is_window = is_window,
      .fresh_quota = is_window && is_one_window ? static_cast<std::uint64_t>(kOfFreshQuota * accepted) : 0,
      .began = window_began,
      .accepted = static_cast<std::uint64_t>(accepted)};
}

// Refused at this pace: if that was for the rate, it is not above it. A pace that has grown far while less
// was sent is none that was refused.
double RateProbe::refused_pace(TimePoint at) const {
  const double sent = kUneven * recent_rate(at);
  return pace_ ? std::min(*pace(at), std::max(kMostGrown * *pace_, sent)) : sent;
}

double RateProbe::grown(double seconds) const {
  const double doubled = std::exp2(std::min(seconds / kDoublesIn, kMostDoublings));
  const double evenly = std::min(std::max(kMostGrown, doubled), 1 + growth_ * seconds);
  if (!measured_) return std::max(evenly, doubled);
  const double doubled_back = std::exp2(std::min(seconds / kDoublesBackIn, kMostDoublings));
  return std::max(evenly, std::min(doubled_back, kBackTo * *measured_ / *pace_));
}

std::optional<double> RateProbe::pace(TimePoint now) const {
  if (!pace_) return std::nullopt;
  const double seconds = now > pace_at_ ? to_seconds(now - pace_at_) : 0;
  return std::min(kMostPace, *pace_ * grown(seconds));
}

}  // namespace sv::limits
