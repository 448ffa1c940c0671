// The decision to send: a permit is free and the pacer's moment has come.
//
// Single-threaded: use on one io_context run by one thread. One queue for both conditions, so that rows go in
// the order in which they came, retries before them all, and nobody holds a permit while it waits for its
// moment.
//
// There is no timer object and no coroutine of its own to stop: the row at the head keeps the time for all
// behind it, sleeping in its own admit(), and whoever wakes lets through all whose turn has come. Without a
// limit on the rate nothing sleeps; a freed permit wakes the next row directly.
//
//   admit ── free and in time ──────────────────────────────────▶ permit
//     └────▶ queued ── head, not in time ──▶ keeps the time ──┬──▶ permit
//              └───── let through by another's wake ──────────┘
#pragma once

#include "base/clock.hpp"
#include "limits/in_flight_window.hpp"
#include "limits/pacer.hpp"
#include "limits/permits.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace sv::limits {

class AdmissionGate final : public PermitSource {
 public:
  // `clock` outlives the gate. `first_pause` follows a 429 that names no time; it doubles with every episode
  // in a row. Through `shared` several processes obey one limit and one pause together.
  AdmissionGate(Clock& clock, InFlightWindow window, PacerLimits limits = {},
                Duration first_pause = std::chrono::seconds(1),
                std::optional<domain::PaceShare> shared = std::nullopt);
  // As many in flight as that, always.
  AdmissionGate(Clock& clock, std::size_t in_flight_limit, PacerLimits limits = {},
                Duration first_pause = std::chrono::seconds(1),
                std::optional<domain::PaceShare> shared = std::nullopt)
      : AdmissionGate(clock, InFlightWindow(in_flight_limit, false), limits, first_pause, shared) {}
  AdmissionGate(const AdmissionGate&) = delete;
  AdmissionGate& operator=(const AdmissionGate&) = delete;
  ~AdmissionGate();  // every permit is back by then (asserted)

  struct Admission {
    Permit permit;
    SentMark mark;                // for hear(), with the reply's headers
    bool is_turned_away = false;  // it holds no permit, and nothing was charged
  };

  // Waits for the permit to send a request that is charged `token_charge` LLM tokens; `in_front` for a row
  // that has waited once (a retry). So nobody is overtaken by its like, and a new row by the retries only of
  // rows that came before it.
  boost::asio::awaitable<Admission> admit(std::uint64_t token_charge, bool in_front = false);

  // Only when it may go now and nobody waits.
  std::optional<Admission> try_admit(std::uint64_t token_charge);
  // When try_admit() may succeed if nothing else is sent: now, or later; TimePoint::max() while all permits
  // are out or rows wait.
  TimePoint next_admission(std::uint64_t token_charge) const;

  // When the last pause ended or will end; TimePoint::min() before the first 429.
  TimePoint last_pause_ends_at() const { return episode_ends_at_; }

  // Whoever waits gets no permit: its provider cannot serve it now.
  void turn_away_waiting();
  // Told when the last that waited has gone.
  void set_queue_listener(std::function<void()> on_queue_empty) {
    on_queue_empty_ = std::move(on_queue_empty);
  }

  // Nothing is sent before `when`. Requests in flight are not touched.
  void pause_until(TimePoint when) { pacer_.pause_until(when); }

  // As given or heard; empty: not known.
  std::optional<std::uint64_t> requests_per_minute() const { return pacer_.requests_per_minute(); }

  // What a reply's headers say about the limits; who may go by it goes at once.
  void hear(const RateHeaders& headers, SentMark mark);

  // A 429 that passes by itself: all wait together, as long as the provider asks (`wait`), else the first
  // pause, doubled with every episode. A wait above kLongestPause is no pause: a row that is told so goes to
  // the next provider. Gives the moment when the pause ends.
  TimePoint note_rate_limited(std::optional<Duration> wait, SentMark mark);
  // An answer, while its permit is still held: ends the row of episodes, and tells how long answers take.
  void note_answer(const Admission& admission);

  static constexpr Duration kLongestPause = std::chrono::seconds(120);  // as openai-python obeys

  std::size_t in_flight_limit() const { return window_.limit(); }
  std::size_t in_flight() const { return in_flight_; }
  std::size_t waiting() const { return queue_.size(); }
  // What all in the queue wait for, since they go in order: what its first row does. Of no meaning when
  // nobody waits.
  domain::WaitReason waits_for() const;
  // By this process alone.
  domain::LimitUse request_use() const { return pacer_.request_use(clock_.now()); }
  domain::LimitUse token_use() const { return pacer_.token_use(clock_.now()); }

  void take_back() override;

 private:
  // Lives in the frame of admit().
  struct Waiter {
    std::uint64_t token_charge = 0;
    SentMark mark;
    bool is_in_front = false;
    bool is_admitted = false;
    bool keeps_time = false;  // asked to sleep until wake_at_ on behalf of all
    bool is_asleep = false;
    bool is_turned_away = false;
    Alarm alarm;  // within sleep_until()
    boost::asio::any_io_executor executor;
    // Optional, because in Boost 1.81 the handler's own move assignment recurses without end.
    std::optional<boost::asio::any_completion_handler<void()>> resume;
  };

  static boost::asio::awaitable<void> suspend(Waiter& waiter);
  static void resume(Waiter& waiter);
  void let_through();

  Clock& clock_;
  Pacer pacer_;
  std::function<void()> on_queue_empty_;
  InFlightWindow window_;
  std::size_t in_flight_ = 0;  // includes permits on their way to a woken row
  std::deque<Waiter*> queue_;  // retries, then new rows, each as they came
  std::size_t in_front_ = 0;   // retries among them
  // When somebody who keeps the time wakes next.
  TimePoint wake_at_ = TimePoint::max();
  Duration first_pause_;
  std::uint32_t episodes_ = 0;  // of 429s since the last good answer
  TimePoint episode_ends_at_ = TimePoint::min();
};

}  // namespace sv::limits
