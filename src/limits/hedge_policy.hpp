// What a provider's latencies so far say about a request that is still in flight: since when it is late, and
// when it is given up.
//
// Pure arithmetic on time passed in; one for each provider. Two measures against the long tail of models:
//
//   hedge     at the end of a run, a request that takes longer than 95 of 100 did is sent a second time (99
//   of
//             100 as the budget is spent, so that it lasts for the worst), within a budget of 2 % of all
//             requests (pacing.md §5: 3,000 rows at 80/s, 1 % of them ten times slower, end after 48.7 s
//             instead of 104.5 s, with 1.7 % more requests; hedging throughout costs 5 % and gains nothing
//             more, since before the end other rows use the time)
//   deadline  any request is given up after eight times what 95 of 100 took, at least kShortestDeadline, and
//             twice that with each further attempt of its row, so that a row that really takes so long gets
//             there; never after request_timeout. It is for what hangs: what is only slow is cheaper to wait
//             for
//
// Until kFewest requests have been answered neither is known: no hedge, and request_timeout alone.
#pragma once

#include "base/time.hpp"
#include "limits/latency_quantiles.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace sv::limits {

class HedgePolicy {
 public:
  static constexpr std::uint64_t kFewest = 20;
  static constexpr double kLate = 0.95;
  static constexpr double kLatest = 0.99;
  // Sooner it is the machine that is busy, not the provider, and there is nothing to be gained.
  static constexpr Duration kSoonest = std::chrono::seconds(1);
  static constexpr int kDeadlineFactor = 8;
  static constexpr Duration kShortestDeadline = std::chrono::seconds(15);

  // `budget`: hedges as a share of the requests; 0 for none.
  explicit HedgePolicy(double budget) : budget_(budget) {}

  // Of a row; hedges are none.
  void note_request() { ++requests_; }
  // Of a usable answer.
  void note_answer(Duration latency) { latencies_.add(latency); }
  // What is sent beside: a hedge, or again after longest() was over.
  void note_extra() { ++extra_; }

  bool has_budget() const {
    return static_cast<double>(extra_ + 1) <= budget_ * static_cast<double>(requests_);
  }
  // How long a request takes before it is late; nothing: not known yet.
  std::optional<Duration> late_after() const;
  // How long the `attempt`-th request about a row may take; nothing: not known yet.
  std::optional<Duration> longest(std::uint32_t attempt) const;

 private:
  double budget_;
  std::uint64_t requests_ = 0;
  std::uint64_t extra_ = 0;
  LatencyQuantiles latencies_;
};

}  // namespace sv::limits
