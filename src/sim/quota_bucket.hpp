// A rate limit as OpenAI's servers keep it: a bucket that holds one minute's worth and refills continuously.
//
//   wait on refusal = (used + requested - limit) / limit * 60 s
//   header reset    = (limit - remaining) / limit * 60 s      (the time until the bucket is full)
//
// Both fit every captured sample (reference/openai-api.md §6.1). Time is passed in.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sv::sim {

class QuotaBucket {
 public:
  explicit QuotaBucket(std::uint64_t per_minute) : limit_(static_cast<double>(per_minute)) {}

  // How long a request of this cost must wait; nothing when it fits now. A cost above the limit never fits.
  std::optional<Duration> wait_for(std::uint64_t cost, TimePoint now);
  // Precondition: wait_for() gave nothing at the same `now`.
  void take(std::uint64_t cost);

  std::uint64_t limit() const { return static_cast<std::uint64_t>(limit_); }
  std::uint64_t used() const;
  std::uint64_t remaining() const;
  Duration until_full() const;

 private:
  void refill(TimePoint now);

  double limit_;
  double used_ = 0;
  std::optional<TimePoint> refilled_at_;
};

// As Go prints durations, the form of x-ratelimit-reset-*: "6ms", "8.64s", "2m59.56s", "1h0m5s".
std::string format_go_duration(Duration duration);

}  // namespace sv::sim
