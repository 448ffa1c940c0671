#include "sim/rate_limiter.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

namespace sv::sim {

using namespace std::chrono_literals;

namespace {

Duration span_of(LimiterKind kind) {
  switch (kind) {
    case LimiterKind::bucket1:
    case LimiterKind::win1:
      return 1s;
    case LimiterKind::win10:
      return 10s;
    case LimiterKind::bucket60:
    case LimiterKind::win60:
    case LimiterKind::concurrency:
      return 60s;
  }
  return 60s;
}

}  // namespace

Result<LimiterKind> parse_limiter(std::string_view name) {
  if (name == "bucket60") return LimiterKind::bucket60;
  if (name == "bucket1") return LimiterKind::bucket1;
  if (name == "win1") return LimiterKind::win1;
  if (name == "win10") return LimiterKind::win10;
  if (name == "win60") return LimiterKind::win60;
  if (name == "concurrency") return LimiterKind::concurrency;
  return fail(ErrorKind::invalid_input,
              fmt::format("limiter `{}` is unknown; use bucket60, bucket1, win1, win10, win60 or concurrency",
                          shorten(name, 60)));
}

Result<LimitHeaders> parse_limit_headers(std::string_view name) {
  if (name == "true") return LimitHeaders::enforced;
  if (name == "minute") return LimitHeaders::minute;
  if (name == "none") return LimitHeaders::none;
  return fail(ErrorKind::invalid_input,
              fmt::format("limit headers `{}` are unknown; use true, minute or none", shorten(name, 60)));
}

RateLimiter::RateLimiter(LimiterKind kind, std::uint64_t limit)
    : kind_(kind), bucket_(limit, span_of(kind)), window_(span_of(kind)), quota_(limit) {
  SV_ASSERT(limit > 0, "a limiter has a limit");
  if (kind_ == LimiterKind::concurrency) return;
  const auto seconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(window_).count());
  // Rounded half up, without a product that could overflow.
  quota_ = std::max<std::uint64_t>(1, limit / 60 * seconds + (limit % 60 * seconds + 30) / 60);
}

void RateLimiter::advance(TimePoint now) {
  now_ = std::max(now_, now);
  if (kind_ == LimiterKind::concurrency) {
    while (!in_work_.empty() && in_work_.front() <= now_) {
      std::ranges::pop_heap(in_work_, std::greater<>());
      in_work_.pop_back();
    }
    used_ = in_work_.size();
    return;
  }
  if (now_ < window_end_) return;
  window_end_ = now_ - (now_.time_since_epoch() + wall_ahead_) % window_ + window_;
  used_ = 0;
}

std::optional<Duration> RateLimiter::wait_for(TimePoint now) {
  if (is_bucket()) return bucket_.wait_for(1, now);
  advance(now);
  if (used_ < quota_) return std::nullopt;
  return (kind_ == LimiterKind::concurrency ? in_work_.front() : window_end_) - now_;
}

void RateLimiter::take(TimePoint done) {
  if (is_bucket()) {
    bucket_.take(1);
    return;
  }
  SV_ASSERT(used_ < quota_, "a limiter never gives more than its quota");
  ++used_;
  if (kind_ != LimiterKind::concurrency) return;
  in_work_.push_back(done);
  std::ranges::push_heap(in_work_, std::greater<>());
}

void RateLimiter::take_refused(TimePoint now) {
  if (is_bucket()) {
    bucket_.take_up_to(1, now);
    return;
  }
  if (kind_ == LimiterKind::concurrency) return;
  advance(now);
  used_ = std::min(quota_, used_ + 1);
}

QuotaState RateLimiter::state() const {
  if (is_bucket()) return bucket_.state();
  Duration reset{};
  if (used_ > 0) {
    reset = (kind_ == LimiterKind::concurrency ? std::ranges::max(in_work_) : window_end_) - now_;
  }
  return {.limit = quota_, .used = used_, .remaining = quota_ - used_, .reset = reset};
}

}  // namespace sv::sim
