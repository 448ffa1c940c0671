// Finds out by refusals how many requests a provider allows, whatever it tells or does not tell.
//
// Pure arithmetic on time passed in. What a refusal says: at `free_at` = its moment + the wait that it names,
// the provider has room for exactly one request (a bucket), or a fresh quota (a window). Between two such
// moments it has therefore let through exactly rate * time, however the requests were spread:
//
//   rate = accepted between two refusals / (second free_at - first free_at)
//
// That is exact for a bucket that was never full in between, and too little for servers that forget what is
// not used of a short window: the rate is between it and the pace that was refused. The new pace begins near
// the lower bound and grows, the slower the closer the bounds are, until the next refusal measures again.
//
// A refusal far below a well measured rate has other reasons (the provider was short of machines). A few of
// them change nothing; when a good part of all requests meets them, the rate has really fallen.
//
// A long stretch in which everything is refused takes the pace far down, whatever the rate is. When it is
// over, the pace doubles every 20 s up to 0.9 of what was measured before; where nothing was, every minute.
//
// Windows of a minute refuse for a long time once they are used up: then the whole of the next window's quota
// may be sent as soon as it is there (see Finding::fresh_quota).
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace sv::limits {

class RateProbe {
 public:
  // A request is sent as number `number` of all, those of other processes included. `now` never goes back.
  void note_sent(TimePoint now, std::uint64_t number);

  struct Refusal {
    std::uint64_t number = 0;  // of the refused request: how many had been sent by then, itself included
    TimePoint at;              // when the refusal arrived
    Duration wait{};           // as it says; zero when it says nothing
  };
  struct Finding {
    // False for requests that were on their way when another was refused: they met the same lack of room.
    bool is_news = false;
    // The end of a long window was told: a whole quota is fresh when the wait is over.
    bool is_window = false;
    // As much of it as was let through in this window, less a little; zero when that is not known.
    std::uint64_t fresh_quota = 0;
    // Let through since `began`: since the end of the wait before this one, or the start. Zero where it is a
    // stray refusal.
    TimePoint began{};
    std::uint64_t accepted = 0;
  };
  Finding note_refused(const Refusal& refusal);

  // Requests a second that may be sent now, at least one a minute; nothing before the first refusal.
  std::optional<double> pace(TimePoint now) const;
  // The pace comes from a measurement, not from a guess.
  bool is_measured() const { return measured_.has_value(); }

  // Requests a second that were sent over the last two seconds, or since the start; never 0.
  double recent_rate(TimePoint now) const;

 private:
  // A moment when the provider had no room left.
  struct Anchor {
    TimePoint free_at;
    Duration uncertain{};
    std::uint64_t number = 0;
    std::uint64_t refused = 0;  // before it
  };
  struct Estimate {
    double rate = 0;  // requests a second
    double accepted = 0;
  };

  double refused_pace(TimePoint at) const;
  double grown(double seconds) const;
  double accepted_since(const Anchor& anchor, std::uint64_t number) const;
  std::optional<Estimate> measure(const Anchor& now) const;
  bool is_stray(double pace, Duration wait) const;
  void set(TimePoint from, double low, double high, double most);

  std::uint64_t sent_ = 0;  // the largest number
  std::uint64_t first_number_ = 0;
  std::uint64_t refused_ = 0;
  TimePoint started_ = TimePoint::min();
  std::uint64_t episode_sent_ = 0;  // requests up to this number belong to the episode that is known
  std::deque<Anchor> anchors_;      // the newest last

  // The pace: from pace_at_ on it is pace_ * grown(seconds).
  std::optional<double> pace_;
  TimePoint pace_at_ = TimePoint::min();
  double growth_ = 0;  // a second
  double crossing_seconds_ = 10;
  std::optional<double> measured_;  // requests a second, between two refusals
  TimePoint measured_at_ = TimePoint::min();
  double mean_between_ = 0;   // requests from refusal to refusal, smoothed
  std::size_t refusals_ = 0;  // episodes
  double refused_pace_ = 0;   // the last one that was measured

  struct Checkpoint {
    TimePoint at = TimePoint::min();
    std::uint64_t sent = 0;
  };
  static constexpr std::size_t kCheckpoints = 16;
  std::array<Checkpoint, kCheckpoints> checkpoints_{};  // a ring: what was sent in the last seconds
  std::size_t newest_ = 0;
};

}  // namespace sv::limits
