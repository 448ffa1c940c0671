// When the next request may be sent so that a provider's limits per minute are used, but not exceeded.
//
// Pure arithmetic on time passed in: the `adapt` limiter of pacing.md §4 with both its corrections (§4.1). It
// holds one Quota for requests and one for LLM tokens, the pause that all share after a 429, and the share of
// the limits that is used:
//
//   share   starts at 0.98; a 429 takes 2 % of it off, at most once a second, never below 0.5; after five
//           seconds without one it grows by 0.002 a second up to 0.995
//   limits  given, else heard from the provider's headers or the texts of its refusals
//   probe   what is really let through, found out by refusals (RateProbe): the only limit when nobody tells
//           one, and the lower one when a provider enforces less than it tells
//   slow    `slow_down` (the provider wants us to grow more slowly) takes 30 % of the pace off; half of what
//   is
//           left comes back in 15 minutes, and nothing is sent at once any more in this run
//
// Several processes can pace themselves as one: what is spent and the pause stand in cells that may be shared
// (domain/pace_cells), the share is each one's own.
//
// A burst of 50 ms evens out late timers. More would be refused by servers that enforce windows of a second
// (simulated with a second's burst: 2.3 429s per 100 rows against 0.9).
#pragma once

#include "base/time.hpp"
#include "domain/limits_now.hpp"
#include "domain/sent_mark.hpp"
#include "limits/minute_use.hpp"
#include "limits/quota.hpp"
#include "limits/rate_headers.hpp"
#include "limits/rate_probe.hpp"
#include "limits/refused_window.hpp"
#include "limits/told_window.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace sv::limits {

struct PacerLimits {
  std::optional<std::uint64_t> requests_per_minute = std::nullopt;  // empty: not known; never 0
  std::optional<std::uint64_t> tokens_per_minute = std::nullopt;    // LLM tokens; likewise
  Duration burst = std::chrono::milliseconds(50);  // this much quota may be spent at once after a silence
  double share = 0.98;                             // of the limits that is used at the start
  double most_share = 0.995;                       // and what it may grow to
};

using domain::SentMark;

class Pacer {
 public:
  // Without `shared` what is spent is known here only.
  explicit Pacer(PacerLimits limits, std::optional<domain::PaceShare> shared = std::nullopt);

  // When a request that is charged `tokens` may be sent: `now`, or later. A charge above the burst waits
  // until its quota is unspent, then goes (and is paid off afterwards): it must not wait for ever.
  TimePoint earliest(TimePoint now, std::uint64_t tokens) const;

  // When to look again for who may send from `when` on, in the future. Processes take turns: who has waited
  // longest claims the moment at which it may send, and the others look kTurn later. Otherwise all would wake
  // at one moment, where who went to sleep first wins each time; and small charges, which may go a little
  // earlier, would keep large ones waiting for ever. A claim is at most kLongestClaim ahead: so much a
  // process costs the others that dies with one.
  TimePoint wake_at(TimePoint now, TimePoint when);
  static constexpr Duration kTurn = std::chrono::milliseconds(1);
  static constexpr Duration kLongestClaim = std::chrono::milliseconds(100);

  // Takes the charge. Empty when `now` is before earliest(now, tokens), also because another process was
  // quicker.
  std::optional<SentMark> try_reserve(TimePoint now, std::uint64_t tokens);
  // The same where cells are not shared (asserted).
  SentMark reserve(TimePoint now, std::uint64_t tokens);

  // Nothing is sent before `when`: one pause that all share. A pause is never shortened.
  void pause_until(TimePoint when);

  // What a reply's headers say, of any status; `mark` is its request's.
  void hear(const RateHeaders& told, SentMark mark);
  // A 429 that passes by itself and asks for this wait (zero: names none), for share and probe; the pause is
  // pause_until()'s.
  void note_rate_limited(TimePoint now, Duration wait, SentMark mark);
  // Which quota the 429 of that request was about, as far as its reply said.
  RefusedQuota refused_quota(SentMark mark) const {
    return refused_number_ == mark.requests ? refused_quota_ : RefusedQuota::unknown;
  }
  // Requests a second that may be sent, as far as is known.
  std::optional<double> requests_per_second(TimePoint now) const;

  // So many may be sent at once now, as far as is known.
  double requests_at_once() const { return requests_.at_once(); }

  // The limit as given or heard; empty: not known.
  std::optional<std::uint64_t> requests_per_minute() const { return requests_.per_minute(); }

  // What a request that is charged `tokens` waits for, if it has to wait.
  domain::WaitReason waits_for(TimePoint now, std::uint64_t tokens) const;
  // By this process alone.
  domain::LimitUse request_use(TimePoint now) const { return request_use_.use(now, requests_.per_minute()); }
  domain::LimitUse token_use(TimePoint now) const { return token_use_.use(now, tokens_.per_minute()); }

 private:
  TimePoint at_once_from(TimePoint now, std::uint64_t tokens) const;
  std::optional<TimePoint> turn_of_another(TimePoint now) const;
  TimePoint turn_from(TimePoint now, std::uint64_t tokens) const;
  bool is_at_once(std::uint64_t tokens) const {
    return requests_.can_send_at_once(1) || tokens_.can_send_at_once(tokens);
  }
  double request_share(TimePoint now) const;
  double token_share(TimePoint now) const { return share_ * slowed(now); }
  double slowed(TimePoint now) const;
  void slow_down(TimePoint now, SentMark mark);
  void note_sent_at_once(TimePoint now);
  void await_fresh_quota(TimePoint now, Duration wait, const RateProbe::Finding& found);
  void grant_fresh_quota(std::uint64_t measured);
  TimePoint paused_until() const { return TimePoint(Duration(cells_->paused_until.load())); }
  void grow(TimePoint now);

  std::unique_ptr<domain::PaceCells> own_;
  domain::PaceCells* cells_;
  std::uint64_t member_;
  std::optional<TimePoint> waits_since_;

  Quota requests_;
  Quota tokens_;
  MinuteUse request_use_;
  MinuteUse token_use_;
  // By the settings, which stand: people set less than they have on purpose.
  bool is_request_limit_given_;
  bool is_token_limit_given_;
  ToldWindow request_window_;
  ToldWindow token_window_;
  RateProbe probe_;
  RefusedWindow refused_window_;
  // Which quota the last 429 was about, and the request that met it.
  RefusedQuota refused_quota_ = RefusedQuota::unknown;
  std::uint64_t refused_number_ = 0;
  double share_;
  double most_share_;
  TimePoint lowered_at_ = TimePoint::min();  // when a 429 last took something off
  TimePoint grown_at_ = TimePoint::min();
  double slowed_ = 1;  // this part of the pace was left when a `slow_down` last came
  TimePoint slowed_at_ = TimePoint::min();
  TimePoint sent_at_once_at_ = TimePoint::min();
  // What was told to be unspent was, as was found out by sending it.
  bool is_told_proven_ = false;
  TimePoint at_once_since_ = TimePoint::min();
  std::uint64_t at_once_count_ = 0;
};

}  // namespace sv::limits
