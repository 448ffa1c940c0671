// How many retries a provider gets: as many as are a fifth of its requests, and ten a second beside them
// (Finagle's RetryBudget: 20 %, 10/s, kept for 10 s). Retries are what turns a hiccup under load into an
// outage: each failed request would else come back as often as it has attempts.
//
// Pure arithmetic on time passed in. What exceeds the budget is not dropped but comes later.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <chrono>

namespace sv::limits {

class RetryBudget {
 public:
  static constexpr double kPerRequest = 0.2;
  static constexpr double kPerSecond = 10;
  static constexpr double kMost = kPerSecond * 10;  // what is saved up for later

  void note_request() { saved_ = std::min(kMost, saved_ + kPerRequest); }

  // Takes one retry; gives how long it has to wait.
  Duration take(TimePoint now) {
    if (now > counted_at_) {
      if (counted_at_ != TimePoint::min()) {
        saved_ = std::min(kMost, saved_ + kPerSecond * to_seconds(now - counted_at_));
      }
      counted_at_ = now;
    }
    saved_ -= 1;
    return saved_ >= 0 ? Duration::zero() : from_seconds(-saved_ / kPerSecond);
  }

 private:
  double saved_ = kMost;
  TimePoint counted_at_ = TimePoint::min();
};

}  // namespace sv::limits
