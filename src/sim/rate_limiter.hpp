// How the simulated provider limits requests, or LLM tokens: the kinds that real servers enforce behind one
// "N per minute".
//
//   bucket60      OpenAI: a bucket of a minute's worth, refilled at limit/60 per second
//   bucket1       the same with one second's worth, at least one request
//   win1, win10   fixed windows of 1 s (Azure) and 10 s; a window's quota is its rounded share, at least one
//   win60         a fixed minute (Azure's tokens)
//   concurrency   no rate: at most N requests in work, from acceptance until the end of their latency
//
// A cost above a window's quota, or above what a bucket holds, is let through when nothing is used, and what
// exceeds it is taken from the windows that follow: one row may cost more tokens than a second's share.
//
// A refused request that counts takes what came back to a bucket, and of a window what is left there. A
// window is a counter that starts again at its end, so a full one forgets its refusals.
//
// Windows are aligned to the epoch of the time that is passed in, unless align_windows() says otherwise.
// Memory is constant; `concurrency` keeps one time point a request in work, at most N.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "sim/quota_bucket.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sv::sim {

enum class LimiterKind : std::uint8_t { bucket60, bucket1, win1, win10, win60, concurrency };
// Error: invalid_input with the known names.
Result<LimiterKind> parse_limiter(std::string_view name);

// What the x-ratelimit-* headers tell about requests.
enum class LimitHeaders : std::uint8_t {
  enforced,  // "true": what is enforced; nothing for `concurrency`
  minute,    // "minute": a bucket of a minute, whatever is enforced
  none,
};
// Error: invalid_input with the known names.
Result<LimitHeaders> parse_limit_headers(std::string_view name);

class RateLimiter {
 public:
  // `limit`: a minute's, or N of `concurrency`. Precondition: limit > 0.
  RateLimiter(LimiterKind kind, std::uint64_t limit);

  // Wall time is this much ahead of the time that is passed in: windows begin on the wall clock's seconds and
  // minutes. Before the first request.
  void align_windows(Duration wall_ahead) { wall_ahead_ = wall_ahead; }

  // How long a request must wait; nothing when it fits now. Time never goes back.
  std::optional<Duration> wait_for(TimePoint now, std::uint64_t cost = 1);
  // Accepts a request that is in work until `done`. Precondition: wait_for() gave nothing at the same `now`.
  void take(TimePoint done, std::uint64_t cost = 1);
  // A refused request that counts; see above. Does nothing to `concurrency`: what is refused is not in work.
  void take_refused(TimePoint now);

  // As of the last call with a time.
  QuotaState state() const;

 private:
  bool is_bucket() const { return kind_ == LimiterKind::bucket60 || kind_ == LimiterKind::bucket1; }
  void advance(TimePoint now);

  LimiterKind kind_;
  QuotaBucket bucket_;  // of the bucket kinds
  Duration window_{};   // of the window kinds
  std::uint64_t quota_ = 0;
  std::uint64_t used_ = 0;  // above the quota: of the windows that follow
  TimePoint now_{};
  TimePoint window_end_{};
  Duration wall_ahead_{};
  std::vector<TimePoint> in_work_;  // of `concurrency`: a min-heap of when each is done
};

}  // namespace sv::sim
