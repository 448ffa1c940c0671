// A rate limit as OpenAI's servers keep it: a bucket that holds one minute's worth and refills continuously.
//
// A server that enforces shorter spans has a smaller bucket of the same refill; a day's limit has the same
// shape with 86,400 s.
//
//   wait on refusal = (used + requested - limit) / limit * 60 s
//   header reset    = (limit - remaining) / limit * 60 s      (the time until the bucket is full)
//
// Both fit every captured sample (reference/openai-api.md §6.1). Time is passed in.
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sv::sim {

// What headers and error texts tell about a quota.
struct QuotaState {
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
  std::uint64_t remaining = 0;
  Duration reset{};  // until all of the limit is there again
};

class QuotaBucket {
 public:
  // Holds `span` of the minute's limit, at least one ticket.
  explicit QuotaBucket(std::uint64_t per_minute, Duration span = std::chrono::minutes(1));
  static QuotaBucket of_a_day(std::uint64_t per_day);

  // How long a request of this cost must wait; nothing when it fits now. A cost above what the bucket holds
  // fits when it is full, and the rest is owed: whoever asks refuses what must never fit.
  std::optional<Duration> wait_for(std::uint64_t cost, TimePoint now);
  // Precondition: wait_for() gave nothing at the same `now`.
  void take(std::uint64_t cost);
  // Takes the cost, or all that is left.
  void take_up_to(std::uint64_t cost, TimePoint now);

  std::uint64_t limit() const { return static_cast<std::uint64_t>(limit_); }
  std::uint64_t used() const;
  std::uint64_t remaining() const;
  Duration until_full() const;
  QuotaState state() const;

 private:
  QuotaBucket(double per_minute, double limit) : per_minute_(per_minute), limit_(limit) {}
  void refill(TimePoint now);

  double per_minute_;
  double limit_;     // what the bucket holds
  double used_ = 0;  // above the limit: owed
  std::optional<TimePoint> refilled_at_;
};

// As Go prints durations, the form of x-ratelimit-reset-*: "6ms", "8.64s", "2m59.56s", "1h0m5s".
std::string format_go_duration(Duration duration);

}  // namespace sv::sim
