// When the next request may be sent so that a provider's requests and LLM tokens per minute are not exceeded.
//
// Pure arithmetic on time passed in: the generic cell rate algorithm (virtual scheduling of ITU-T I.371), one
// per quota, weighted by the charge. Two points in time are all its state. In any window of length W the
// charges admitted are at most share * rate * (W + burst), plus what one charge exceeds the burst.
//
// GCRA with a burst of a second instead of the whole minute's quota at once: servers that enforce shorter
// windows than a minute would refuse the burst (simulated: 16 429s per 100 rows against 0).
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>

namespace sv::limits {

struct PacerLimits {
  std::optional<std::uint64_t> requests_per_minute = std::nullopt;  // empty: not limited; never 0
  std::optional<std::uint64_t> tokens_per_minute = std::nullopt;    // LLM tokens; likewise
  Duration burst = std::chrono::seconds(1);  // this much quota may be spent at once after a silence
  double share = 0.98;                       // of the limits that is used: clocks and windows differ
};

class Pacer {
 public:
  explicit Pacer(PacerLimits limits);

  // When a request that is charged `tokens` may be sent: `now`, or later. A charge above the burst waits
  // until its quota is unspent, then goes (and is paid off afterwards): it must not wait for ever.
  TimePoint earliest(TimePoint now, std::uint64_t tokens) const;

  // Takes the charge. `now` must not be before earliest(now, tokens) (asserted).
  void reserve(TimePoint now, std::uint64_t tokens);

  // Nothing is sent before `when`: one pause that all share. A pause is never shortened.
  void pause_until(TimePoint when);

  // No quota is set and no pause lasts: earliest() is `now`, whatever it is.
  bool is_open(TimePoint now) const { return !requests_ && !tokens_ && now >= paused_until_; }

 private:
  class Quota {
   public:
    Quota(std::uint64_t per_minute, Duration burst, double share);
    TimePoint earliest(TimePoint now, std::uint64_t charge) const;
    void reserve(TimePoint now, std::uint64_t charge);

   private:
    Duration cost(std::uint64_t charge) const;

    double nanoseconds_per_unit_;
    Duration burst_;
    // "Theoretical arrival time": the quota is unspent from here on.
    TimePoint all_spent_until_ = TimePoint::min();
  };

  std::optional<Quota> requests_;
  std::optional<Quota> tokens_;
  TimePoint paused_until_ = TimePoint::min();
};

}  // namespace sv::limits
