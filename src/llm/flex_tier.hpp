// When to ask at the flex tier: it is half the price, slower, and refuses when the provider is busy. A
// request that it refuses is asked at the default tier at once; the next ones too, for a while, longer each
// time.
//
//   asks flex ──refused──▶ rests a minute, 2, 4, … up to 16 ──over──▶ asks flex ──answered──▶ (rests
//   forgotten)
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <chrono>

namespace sv::llm {

// Pure; one per provider and model.
class FlexTier {
 public:
  explicit FlexTier(bool is_wanted) : is_wanted_(is_wanted) {}

  bool is_due(TimePoint now) const { return is_wanted_ && now >= rests_until_; }
  // `sent_at`: requests that were under way when it was refused first do not make its rest longer.
  void note_refused(TimePoint sent_at, TimePoint now) {
    if (sent_at < refused_at_) return;
    refused_at_ = now;
    rest_ = std::min<Duration>(rest_ == Duration::zero() ? kFirstRest : rest_ * 2, kLongestRest);
    rests_until_ = now + rest_;
  }
  void note_answered() { rest_ = Duration::zero(); }
  // The model has no such tier.
  void give_up() { is_wanted_ = false; }

  static constexpr Duration kFirstRest = std::chrono::minutes(1);
  static constexpr Duration kLongestRest = std::chrono::minutes(16);

 private:
  bool is_wanted_;
  TimePoint rests_until_ = TimePoint::min();
  TimePoint refused_at_ = TimePoint::min();
  Duration rest_{};
};

}  // namespace sv::llm
