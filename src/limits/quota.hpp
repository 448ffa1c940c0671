// One quota of a provider, in requests or in LLM tokens per minute: when may a charge be sent?
//
// Pure arithmetic on time passed in, two ways at once (pacing.md §4):
//
//   evenly   the generic cell rate algorithm (virtual scheduling of ITU-T I.371), weighted by the charge:
//            in any window of length W at most share * rate * (W + burst), plus what one charge exceeds it
//   at once  what the provider has said is unspent, as long as more than kKept of the limit is left of it
//
// A provider's word arrives with the reply, seconds after it was given; what was sent after the request that
// brought it is therefore taken off. Providers that report a minute's rest but enforce shorter windows refuse
// what is sent at once: distrust() then leaves the even pace alone for good.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>

namespace sv::limits {

class Quota {
 public:
  // Of the limit that is not sent at once: others may use the same key, and the last request too many costs a
  // 429.
  static constexpr double kKept = 0.05;

  // `per_minute` empty: not limited, as far as is known.
  Quota(std::optional<std::uint64_t> per_minute, Duration burst) : per_minute_(per_minute), burst_(burst) {}

  std::optional<std::uint64_t> per_minute() const { return per_minute_; }
  void set_per_minute(std::uint64_t per_minute);

  // When a charge may be sent that takes `share` of the limit, 0 < share <= 1: `now`, or later.
  TimePoint earliest(TimePoint now, std::uint64_t charge, double share) const;
  bool can_send_at_once(std::uint64_t charge) const;
  // Takes the charge, from what is unspent if it fits.
  void reserve(TimePoint now, std::uint64_t charge, double share);

  // The sum of all charges so far: a reply's word is told with the sum right after its request was reserved.
  std::uint64_t sent() const { return sent_; }
  // `remaining` of the minute was left when the request was received that brought `sent_by_then` to be sent.
  void hear(std::uint64_t remaining, std::uint64_t sent_by_then);
  // After a 429: nothing is known to be unspent.
  void forget_unspent() { unspent_.reset(); }
  void distrust() { is_trusted_ = false; }

 private:
  Duration cost(std::uint64_t charge, double share) const;

  std::optional<std::uint64_t> per_minute_;
  Duration burst_;
  // "Theoretical arrival time": the quota is unspent from here on.
  TimePoint all_spent_until_ = TimePoint::min();
  std::uint64_t sent_ = 0;
  std::optional<std::uint64_t> unspent_;  // as told, when sent_ was heard_at_
  std::uint64_t heard_at_ = 0;
  bool is_trusted_ = true;
};

}  // namespace sv::limits
