// When the next request may be sent so that a provider's limits per minute are used, but not exceeded.
//
// Pure arithmetic on time passed in: the `adapt` limiter of pacing.md §4 with both its corrections (§4.1). It
// holds one Quota for requests and one for LLM tokens, the pause that all share after a 429, and the share of
// the limits that is used:
//
//   share   starts at 0.98; a 429 takes 2 % of it off, at most once a second, never below 0.5; after five
//           seconds without one it grows by 0.002 a second up to 0.995
//   limits  given, else heard from the provider's headers; without either only the pause holds back
//
// A burst of 50 ms evens out late timers. More would be refused by servers that enforce windows of a second
// (simulated with a second's burst: 2.3 429s per 100 rows against 0.9).
#pragma once

#include "base/time.hpp"
#include "domain/sent_mark.hpp"
#include "limits/quota.hpp"
#include "limits/rate_headers.hpp"

#include <cstdint>
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
  explicit Pacer(PacerLimits limits);

  // When a request that is charged `tokens` may be sent: `now`, or later. A charge above the burst waits
  // until its quota is unspent, then goes (and is paid off afterwards): it must not wait for ever.
  TimePoint earliest(TimePoint now, std::uint64_t tokens) const;

  // Takes the charge. `now` must not be before earliest(now, tokens) (asserted).
  SentMark reserve(TimePoint now, std::uint64_t tokens);

  // Nothing is sent before `when`: one pause that all share. A pause is never shortened.
  void pause_until(TimePoint when);

  // What a reply's headers say, of any status; `mark` is its request's.
  void hear(const RateHeaders& headers, SentMark mark);
  // A 429 that passes by itself, for the share; the pause is pause_until()'s.
  void note_rate_limited(TimePoint now);

  // No quota is known and no pause lasts: earliest() is `now`, whatever it is.
  bool is_open(TimePoint now) const {
    return !requests_.per_minute() && !tokens_.per_minute() && now >= paused_until_;
  }

 private:
  TimePoint at_once_from(TimePoint now, std::uint64_t tokens) const;
  void grow(TimePoint now);

  Quota requests_;
  Quota tokens_;
  // By the settings, which stand: people set less than they have on purpose.
  bool is_request_limit_given_;
  bool is_token_limit_given_;
  double share_;
  double most_share_;
  TimePoint paused_until_ = TimePoint::min();
  TimePoint lowered_at_ = TimePoint::min();  // when a 429 last took something off
  TimePoint grown_at_ = TimePoint::min();
  TimePoint sent_at_once_at_ = TimePoint::min();
};

}  // namespace sv::limits
