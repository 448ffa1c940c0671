// All limits of the simulated provider together: who is let through, who is refused and for how long, and
// what is told of them.
//
// Time is passed in and never goes back. A request is checked against the day's requests, then those of the
// minute (or the requests in work), then the tokens; only what passes all of them takes of any.
#pragma once

#include "base/time.hpp"
#include "sim/dialect.hpp"
#include "sim/quota_bucket.hpp"
#include "sim/rate_limiter.hpp"

#include <cstdint>
#include <optional>

namespace sv::sim {

struct QuotaSettings {
  std::uint64_t requests_per_minute = 0;  // 0: no limit, as everywhere here
  std::uint64_t requests_per_day = 0;
  std::uint64_t tokens_per_minute = 0;
  LimiterKind limiter = LimiterKind::bucket60;  // of the requests
  std::uint64_t concurrency = 0;                // of LimiterKind::concurrency, instead of requests a minute
  LimiterKind token_limiter = LimiterKind::bucket60;
  LimitHeaders told = LimitHeaders::enforced;
  bool rejects_count = false;  // a refused request takes a request of the quotas too
};

class Quotas {
 public:
  explicit Quotas(const QuotaSettings& settings);

  // Of all windows; see RateLimiter.
  void align_windows(Duration wall_ahead);

  enum class Kind : std::uint8_t { never_fits, at_a_time, rate };
  struct Refusal {
    Kind kind = Kind::rate;
    RateRefusal told;  // of `rate`; else `limit` and `requested` alone
  };
  // Takes the request, which costs so many tokens and is in work until `done`; or says why not.
  std::optional<Refusal> admit(std::uint64_t tokens, TimePoint now, TimePoint done);

  // What the headers have to say, as of the last call with a time.
  ToldQuotas told() const;

 private:
  std::optional<Refusal> refuse(std::uint64_t tokens, TimePoint now);
  void count_refusal(TimePoint now);

  QuotaSettings settings_;
  std::optional<RateLimiter> requests_;
  std::optional<RateLimiter> tokens_;
  std::optional<QuotaBucket> day_;
  // What LimitHeaders::minute tells.
  std::optional<QuotaBucket> told_requests_;
  std::optional<QuotaBucket> told_tokens_;
};

}  // namespace sv::sim
