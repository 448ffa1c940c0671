// One quota of a provider, in requests or in LLM tokens per minute: when may a charge be sent?
//
// Pure arithmetic on time passed in, two ways at once (pacing.md §4):
//
//   evenly   the generic cell rate algorithm (virtual scheduling of ITU-T I.371), weighted by the charge:
//            in any window of length W at most share * rate * (W + burst), plus what one charge exceeds it
//   at once  what the provider has said is unspent, as long as more than kKept of the limit is left of it.
//            Where it counts by windows that are shorter than a minute, also the whole of the next one as
//            soon as it has begun; that puts off what follows evenly
//
// A provider's word arrives with the reply, seconds after it was given; what was sent after the request that
// brought it is therefore taken off. Providers that report a minute's rest but enforce shorter windows refuse
// what is sent at once: distrust() then leaves the even pace alone for good.
//
// What is spent stands in cells that other processes may change at any time (domain/pace_cells). All of them
// together keep the bound above, as long as they take the same limit to be theirs; who has been told less
// takes the larger part of the time for each charge.
#pragma once

#include "base/time.hpp"
#include "domain/pace_cells.hpp"

#include <cstdint>
#include <optional>

namespace sv::limits {

class Quota {
 public:
  // Of the limit that is not sent at once: others may use the same key, and the last request too many costs a
  // 429.
  static constexpr double kKept = 0.05;

  // `given`: by the settings; empty: as any process has heard it, else not limited, as far as is known.
  // `cells` outlive the quota.
  Quota(std::optional<std::uint64_t> given, Duration burst, domain::QuotaCells& cells)
      : given_(given), burst_(burst), cells_(&cells) {}

  std::optional<std::uint64_t> per_minute() const;
  // As heard, for all who share the cells.
  void set_per_minute(std::uint64_t per_minute);
  // As found out by this process; what is given or heard wins.
  void set_probed(std::uint64_t per_minute) { probed_ = per_minute; }
  // The limit is only what was found out.
  bool is_probed() const { return probed_ && !given_ && cells_->per_minute.load() == 0; }

  // When a charge may be sent that takes `share` of the limit, 0 < share <= 1: `now`, or later.
  TimePoint earliest(TimePoint now, std::uint64_t charge, double share) const;
  bool can_send_at_once(std::uint64_t charge) const;
  // So much may be sent at once now; 0 when nothing is known to be unspent.
  double at_once() const;

  struct Taken {
    std::uint64_t charge = 0;
    Duration cost{};         // zero for what is sent at once
    std::uint64_t sent = 0;  // the sum of all charges, this one included: for hear()
  };
  // Takes the charge if it may be sent by now, from what is unspent if it fits. Empty when it may not, which
  // can be so a moment after earliest(): others were quicker.
  std::optional<Taken> take(TimePoint now, std::uint64_t charge, double share);
  // For a charge that is not sent after all.
  void give_back(const Taken& taken);

  // `remaining` of the minute was left when the request was received that brought `sent_by_then` to be sent;
  // or of a shorter window of so many: what is sent of that at once puts off what follows evenly.
  void hear(std::uint64_t remaining, std::uint64_t sent_by_then,
            std::optional<std::uint64_t> window_quota = std::nullopt);
  bool is_trusted() const { return is_trusted_; }
  // Windows that follow each other: from `at` on, and then every so often, the provider has a fresh quota.
  struct Fresh {
    TimePoint at;
    Duration every{};
    std::uint64_t quota = 0;
  };
  void expect_fresh(Fresh fresh);
  // Before a charge is taken that takes `share` of the limit: has a window begun?
  void begin_window(TimePoint now, double share);
  // So many may be sent at once from now on, whatever is trusted: found out, not told.
  void grant(std::uint64_t charge);
  bool is_granted() const { return unspent_ && unspent_->is_granted; }
  // After a 429: nothing is known to be unspent until a window begins.
  void forget_unspent() { unspent_.reset(); }
  void distrust() {
    is_trusted_ = false;
    fresh_.reset();
  }

 private:
  void put_off(TimePoint now, Duration cost);
  double left_at_once(std::uint64_t sent) const;
  bool fits_at_once(std::uint64_t sent, std::uint64_t charge) const;
  TimePoint even_from(TimePoint all_spent_until, TimePoint now, Duration cost) const;

  std::optional<std::uint64_t> given_;
  Duration burst_;
  domain::QuotaCells* cells_;
  std::optional<std::uint64_t> probed_;
  struct Unspent {
    std::uint64_t left = 0;  // when `sent` had been sent in all
    std::uint64_t sent = 0;
    double kept = 0;  // of `left`: not to be sent at once
    bool is_granted = false;
    bool is_borrowed = false;
  };
  std::optional<Fresh> fresh_;
  std::uint64_t seen_sent_ = 0;  // the sum of all charges when last looked at, and what was taken here since
  std::optional<Unspent> unspent_;  // as told to this process
  bool is_trusted_ = true;
};

}  // namespace sv::limits
