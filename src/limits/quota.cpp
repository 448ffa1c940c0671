#include "limits/quota.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sv::limits {

namespace {
// A charge that would take longer is a mistake of the settings; it must not overflow the arithmetic.
constexpr double kLongestCost = 1e9 * 3600 * 24 * 365;

// Rounded up, so that a million roundings do not add up to a quota exceeded.
Duration cost_of(std::uint64_t charge, std::uint64_t per_minute, double share) {
  const double nanoseconds_per_unit = 60e9 / (static_cast<double>(per_minute) * share);
  const double nanoseconds = std::ceil(nanoseconds_per_unit * static_cast<double>(charge));
  return Duration(static_cast<Duration::rep>(std::min(nanoseconds, kLongestCost)));
}

}  // namespace

std::optional<std::uint64_t> Quota::per_minute() const {
  if (given_) return given_;
  const std::uint64_t heard = cells_->per_minute.load();
  return heard == 0 ? probed_ : std::optional(heard);
}

void Quota::set_per_minute(std::uint64_t per_minute) {
  SV_ASSERT(per_minute > 0, "a quota of nothing is no quota");
  cells_->per_minute.store(per_minute);
}

TimePoint Quota::earliest(TimePoint now, std::uint64_t charge, double share) const {
  const std::optional<std::uint64_t> limit = per_minute();
  if (!limit) return now;
  const TimePoint all_spent_until = domain::to_time(cells_->all_spent_until.load());
  if (all_spent_until <= now || can_send_at_once(charge)) return now;
  const TimePoint even = even_from(all_spent_until, now, cost_of(charge, *limit, share));
  return fresh_ ? std::min(even, std::max(now, fresh_->at)) : even;
}

TimePoint Quota::even_from(TimePoint all_spent_until, TimePoint now, Duration cost) const {
  const Duration tolerance = std::max(Duration::zero(), burst_ - cost);
  return std::max(now, all_spent_until - tolerance);
}

bool Quota::can_send_at_once(std::uint64_t charge) const { return fits_at_once(cells_->sent.load(), charge); }

double Quota::at_once() const { return std::max(0.0, left_at_once(cells_->sent.load())); }

double Quota::left_at_once(std::uint64_t sent) const {
  if (!unspent_) return 0;
  // What others give back can put the sum below what was heard.
  const std::uint64_t since = sent > unspent_->sent ? sent - unspent_->sent : 0;
  return static_cast<double>(unspent_->left) - static_cast<double>(since) - unspent_->kept;
}

bool Quota::fits_at_once(std::uint64_t sent, std::uint64_t charge) const {
  return left_at_once(sent) > static_cast<double>(charge);
}

std::optional<Quota::Taken> Quota::take(TimePoint now, std::uint64_t charge, double share) {
  const std::optional<std::uint64_t> limit = per_minute();
  // What is spent at once is the provider's surplus: it does not put off what follows evenly.
  std::uint64_t sent = cells_->sent.load();
  while (fits_at_once(sent, charge)) {
    if (cells_->sent.compare_exchange_weak(sent, sent + charge)) {
      const Duration cost = unspent_->is_borrowed ? cost_of(charge, *limit, share) : Duration::zero();
      put_off(now, cost);
      seen_sent_ += charge;
      return Taken{.charge = charge, .cost = cost, .sent = sent + charge};
    }
  }
  Duration cost = Duration::zero();
  if (limit) {
    cost = cost_of(charge, *limit, share);
    std::int64_t spent = cells_->all_spent_until.load();
    std::int64_t next = 0;
    do {
      const TimePoint all_spent_until = domain::to_time(spent);
      if (all_spent_until > now && even_from(all_spent_until, now, cost) > now) return std::nullopt;
      next = (std::max(all_spent_until, now) + cost).time_since_epoch().count();
    } while (!cells_->all_spent_until.compare_exchange_weak(spent, next));
  }
  seen_sent_ += charge;
  return Taken{.charge = charge, .cost = cost, .sent = cells_->sent.fetch_add(charge) + charge};
}

// What is sent at once and still counts: the even pace goes on when it is paid off.
void Quota::put_off(TimePoint now, Duration cost) {
  if (cost == Duration::zero()) return;
  std::int64_t spent = cells_->all_spent_until.load();
  std::int64_t next = 0;
  do {
    next = (std::max(domain::to_time(spent), now) + cost).time_since_epoch().count();
  } while (!cells_->all_spent_until.compare_exchange_weak(spent, next));
}

void Quota::give_back(const Taken& taken) {
  cells_->all_spent_until.fetch_sub(taken.cost.count());
  cells_->sent.fetch_sub(taken.charge);
  seen_sent_ -= taken.charge;
}

void Quota::hear(std::uint64_t remaining, std::uint64_t sent_by_then,
                 std::optional<std::uint64_t> window_quota) {
  const std::optional<std::uint64_t> limit = per_minute();
  if (!limit || !is_trusted_) return;
  // Replies overtake each other; the word of the younger request is the newer one.
  if (unspent_ && sent_by_then < unspent_->sent) return;
  unspent_ = Unspent{.left = remaining,
                     .sent = std::min(sent_by_then, cells_->sent.load()),
                     .kept = kKept * static_cast<double>(window_quota.value_or(*limit)),
                     .is_granted = false,
                     .is_borrowed = window_quota.has_value()};
}

// A reply tells the end of the window that its request was received in, which may be over.
void Quota::expect_fresh(Fresh fresh) {
  if (fresh_ && fresh_->every == fresh.every) {
    const Duration behind = std::max(Duration::zero(), fresh_->at - fresh.at);
    fresh.at += (behind + fresh.every / 2) / fresh.every * fresh.every;
  }
  fresh_ = fresh;
}

// What has been sent since the window began, by others too, is at most what has put off the even pace beyond
// its beginning, and at most what was sent since we looked last. What is put off further is owed to a window
// that is over.
void Quota::begin_window(TimePoint now, double share) {
  // In this order: what others take in between is counted as used.
  std::int64_t spent = cells_->all_spent_until.load();
  const std::uint64_t sent = cells_->sent.load();
  const std::uint64_t seen = std::exchange(seen_sent_, sent);
  const std::optional<std::uint64_t> limit = per_minute();
  if (!fresh_ || now < fresh_->at || !limit) return;
  const TimePoint began = now - (now - fresh_->at) % fresh_->every;
  fresh_->at = began + fresh_->every;
  const Duration put_off = std::max(Duration::zero(), domain::to_time(spent) - began);
  const double cost = to_seconds(cost_of(1, *limit, share));
  const double used =
      std::min(std::ceil(to_seconds(put_off) / cost), static_cast<double>(sent - std::min(sent, seen)));
  const std::int64_t owed = (put_off - from_seconds(used * cost)).count();
  if (owed > 0) cells_->all_spent_until.compare_exchange_strong(spent, spent - owed);
  const auto quota = static_cast<double>(fresh_->quota);
  unspent_ = Unspent{.left = static_cast<std::uint64_t>(std::max(0.0, quota - used)),
                     .sent = sent,
                     .kept = kKept * quota,
                     .is_granted = false,
                     .is_borrowed = true};
}

void Quota::grant(std::uint64_t charge) {
  unspent_ = Unspent{
      .left = charge, .sent = cells_->sent.load(), .kept = 0, .is_granted = true, .is_borrowed = false};
}

}  // namespace sv::limits
