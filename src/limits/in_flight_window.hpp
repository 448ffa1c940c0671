// How many requests may be in flight when nobody has said: enough for the provider's rate, not more than it
// needs.
//
// Pure. Begins with kFirstWave requests, since all that are sent before the first reply are sent blindly.
// Then
//
//   rate known      1.5 * rate * p95 of the latency (pacing.md section 5), and what may be sent at once
//                   besides
//   nothing known   more with every answer as long as the window is used, until more in flight bring no more
//                   answers a second: the server queues them. Tried again after a minute, then later.
//   too many        the provider refuses so many at a time: as many as it took, and one more each minute
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace sv::limits {

class InFlightWindow {
 public:
  // Servers that allow a minute's quota by the second have room for so many, from 500 a minute on.
  static constexpr std::size_t kFirstWave = 8;

  // At most `most` at any time; `most` at once and always unless `is_automatic`.
  InFlightWindow(std::size_t most, bool is_automatic);

  std::size_t limit() const { return limit_; }
  std::size_t most() const { return most_; }
  bool is_automatic() const { return is_automatic_; }

  // A reply that is an answer; `is_full`: the window was, when it came. `rate`: requests a second that may be
  // sent, if that is known; `at_once`: requests that may be sent before that.
  void note_answer(TimePoint now, Duration latency, bool is_full, std::optional<double> rate,
                   double at_once = 0);
  // A request was refused for being too many at a time, besides so many others.
  void note_too_many(TimePoint now, std::size_t others);

 private:
  Duration long_latency() const;
  void grow(TimePoint now);
  void begin_round(TimePoint now);
  void end_round(TimePoint now);

  std::size_t most_;
  bool is_automatic_;
  std::size_t limit_;
  static constexpr std::size_t kSamples = 64;
  std::array<Duration, kSamples> latencies_{};  // a ring
  std::size_t seen_ = 0;

  // A round has as many answers as the window had slots at its beginning.
  TimePoint round_began_ = TimePoint::min();
  std::size_t round_limit_ = 0;
  std::size_t round_answers_ = 0;
  double last_throughput_ = 0;  // answers a second, in the round before
  std::size_t last_limit_ = 0;
  TimePoint holds_until_ = TimePoint::min();
  static constexpr Duration kHold = std::chrono::minutes(1);  // until one more is tried
  Duration hold_ = kHold;                                     // doubles with every trial in vain
  bool is_trial_due_ = false;
  bool is_by_slots_ = false;
};

}  // namespace sv::limits
