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
  const auto windows = static_cast<std::uint64_t>((now_ - window_end_) / window_) + 1;
  used_ -= std::min(used_, windows > used_ / quota_ ? used_ : windows * quota_);
  window_end_ = now_ - (now_.time_since_epoch() + wall_ahead_) % window_ + window_;
}

std::optional<Duration> RateLimiter::wait_for(TimePoint now, std::uint64_t cost) {
  if (is_bucket()) return bucket_.wait_for(cost, now);
  advance(now);
  const std::uint64_t needed = std::min(cost, quota_);
  if (used_ + needed <= quota_) return std::nullopt;
  if (kind_ == LimiterKind::concurrency) return in_work_.front() - now_;
  // At the end of the nth window n quotas are taken off what is used.
  const std::uint64_t windows = (used_ + needed - 1) / quota_;
  return window_end_ - now_ + window_ * static_cast<std::int64_t>(windows - 1);
}

void RateLimiter::take(TimePoint done, std::uint64_t cost) {
  if (is_bucket()) {
    bucket_.take(cost);
    return;
  }
  SV_ASSERT(used_ + std::min(cost, quota_) <= quota_, "a limiter never gives more than its quota");
  used_ += cost;
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
  used_ = std::max(used_, std::min(quota_, used_ + 1));
}

QuotaState RateLimiter::state() const {
  if (is_bucket()) return bucket_.state();
  Duration reset{};
  if (used_ > 0) {
    reset = (kind_ == LimiterKind::concurrency ? std::ranges::max(in_work_) : window_end_) - now_;
  }
  return {.limit = quota_, .used = used_, .remaining = quota_ - std::min(quota_, used_), .reset = reset};
}

}  // namespace sv::sim
