// Whether a provider is asked at all: it is left alone while it is down, and only one row finds out whether
// it is back.
//
// Pure arithmetic on time passed in. A failure is one on the way (5xx, time-out, no connection); everything
// else, a 429 and a refusal too, shows that the provider is there and counts as an answer here.
//
//   untried ── first request sent: the others wait for what becomes of it, kAlone at most ──┐
//      └───────────────────── any result ───────▶ closed ◀───────────────────────────────────┘
//   closed  ── half of kFewest or more within kWindow failed, or kInARow in a row ──▶ open
//   open    ── a request that was sent while open is answered ──▶ closed
//
//   While open one request (a probe) goes every kProbeInterval; later, when the outage has lasted longer than
//   a minute, every twelfth of its length, at most kLongestInterval. So an outage of a minute is over for us
//   at most five seconds after its end, and one of an hour costs the provider a probe a minute. (Doubling
//   from 5 s to 60 s, as pacing.md §5 proposes, would find the end of a minute's outage up to 35 s late.)
//   The next probe does not wait for the result of the one before: a server that hangs would else be found
//   again only after a whole request_timeout.
//
// What was sent before the breaker opened or closed says nothing about the time after and is not counted.
#pragma once

#include "base/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace sv::limits {

class CircuitBreaker {
 public:
  // pacing.md §5: between the defaults of Polly and resilience4j.
  static constexpr Duration kWindow = std::chrono::seconds(30);
  static constexpr std::uint32_t kFewest = 10;
  // A provider that dies at 80 requests a second would else take 15 s to have half of its window failed, in
  // which rows run out of attempts. Ten in a row are no chance: 1 in 10^10 where one request in ten fails.
  static constexpr std::uint32_t kInARow = 10;
  static constexpr Duration kProbeInterval = std::chrono::seconds(5);
  static constexpr Duration kLongestInterval = std::chrono::seconds(60);
  static constexpr int kIntervalsOfOutage = 12;
  // Keys are checked before anything is worked on, so a refusal comes quickly, wherever the server is.
  static constexpr Duration kAlone = std::chrono::seconds(1);

  // `is_tried`: it has answered before, with this key and for this model.
  explicit CircuitBreaker(bool is_tried) : state_(is_tried ? State::closed : State::untried) {}

  bool is_untried() const { return state_ == State::untried; }
  bool is_open() const { return state_ == State::open; }

  // May a request be sent now?
  bool may_send(TimePoint now) const { return now >= next_chance(); }
  // When may_send() turns true if nothing else happens.
  TimePoint next_chance() const { return state_ == State::closed ? TimePoint::min() : next_chance_; }
  // It is sent. Precondition: may_send(now).
  void note_sent(TimePoint now);

  // What became of a request that was sent at `sent_at`.
  void note_answer(TimePoint now, TimePoint sent_at);
  void note_failure(TimePoint now, TimePoint sent_at);
  // Opens it whatever has been counted: a row had all its attempts in vain while nobody got an answer.
  void trip(TimePoint now);

  // When it was opened last; TimePoint::min() if never.
  TimePoint opened_at() const { return opened_at_; }
  // How often it was opened.
  std::uint32_t outages() const { return outages_; }
  // When the latest of the requests was sent that have been answered; TimePoint::min() if none has.
  TimePoint answered_sent_at() const { return answered_sent_at_; }

 private:
  enum class State : std::uint8_t { untried, closed, open };
  struct Second {
    std::int64_t number = -1;  // since the clock's epoch
    std::uint32_t answers = 0;
    std::uint32_t failures = 0;
  };

  Second& second_of(TimePoint now);
  bool has_failed_too_often(TimePoint now) const;
  void close(TimePoint now);

  State state_;
  TimePoint next_chance_ = TimePoint::min();
  TimePoint opened_at_ = TimePoint::min();
  TimePoint closed_at_ = TimePoint::min();
  TimePoint answered_sent_at_ = TimePoint::min();
  std::uint32_t outages_ = 0;
  std::uint32_t failures_in_a_row_ = 0;
  std::array<Second, kWindow / std::chrono::seconds(1)> seconds_{};
};

}  // namespace sv::limits
