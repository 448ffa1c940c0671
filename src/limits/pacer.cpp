#include "limits/pacer.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace sv::limits {

namespace {

// pacing.md §4.
constexpr double kLoweredBy = 0.98;
constexpr double kLeastShare = 0.5;
constexpr double kGrowthPerSecond = 0.002;
constexpr Duration kQuietBeforeGrowth = std::chrono::seconds(5);
constexpr Duration kBetweenLowerings = std::chrono::seconds(1);
// 500 requests a second: what is unspent is sent quickly, but not in one packet.
constexpr Duration kBetweenAtOnce = std::chrono::milliseconds(2);
// Until so much has passed without a refusal, what is told to be unspent goes at a small multiple of the even
// pace only: a provider that enforces by the second refuses whatever is in the air when the word comes back.
constexpr Duration kProbation = std::chrono::seconds(2);
constexpr double kPaceOnProbation = 2.5;
constexpr double kProvingPace = 1.6;

// When a request arrives is known to some milliseconds: what overtakes others would be refused in the window
// before.
constexpr Duration kAfterWindow = std::chrono::milliseconds(20);
constexpr Duration kMinute = std::chrono::minutes(1);

// `slow_down` (pacing.md §4): so much less, and by half more in 15 minutes.
constexpr double kSlowedBy = 0.7;
constexpr double kLeastSlowed = 0.1;
constexpr double kSlowGrowth = 0.5;
constexpr Duration kSlowGrowthIn = std::chrono::minutes(15);

}  // namespace

Pacer::Pacer(PacerLimits limits, std::optional<domain::PaceShare> shared)
    : own_(shared ? nullptr : std::make_unique<domain::PaceCells>()),
      cells_(shared ? &shared->cells : own_.get()),
      member_(shared ? shared->member : 0),
      requests_(limits.requests_per_minute, limits.burst, cells_->requests),
      tokens_(limits.tokens_per_minute, limits.burst, cells_->tokens),
      is_request_limit_given_(limits.requests_per_minute.has_value()),
      is_token_limit_given_(limits.tokens_per_minute.has_value()),
      share_(limits.share),
      most_share_(std::max(limits.share, limits.most_share)) {
  SV_ASSERT(limits.requests_per_minute != 0U && limits.tokens_per_minute != 0U,
            "a quota of nothing is no quota");
  SV_ASSERT(share_ > 0 && most_share_ <= 1, "a share of a limit is within (0, 1]");
}

TimePoint Pacer::earliest(TimePoint now, std::uint64_t tokens) const {
  return std::max({now, paused_until(), at_once_from(now, tokens), turn_from(now, tokens),
                   requests_.earliest(now, 1, request_share(now)),
                   tokens_.earliest(now, tokens, token_share(now))});
}

domain::WaitReason Pacer::waits_for(TimePoint now, std::uint64_t tokens) const {
  if (paused_until() > now) return domain::WaitReason::pause;
  const bool is_by_tokens =
      tokens_.earliest(now, tokens, token_share(now)) > requests_.earliest(now, 1, request_share(now));
  return is_by_tokens ? domain::WaitReason::tokens : domain::WaitReason::requests;
}

// When the moment is over that another one has claimed who has waited longer.
std::optional<TimePoint> Pacer::turn_of_another(TimePoint now) const {
  if (cells_->claimed_by.load() == member_) return std::nullopt;
  const TimePoint turn = domain::to_time(cells_->claimed_until.load()) + kTurn;
  const bool is_in_force = turn > now && turn <= now + kLongestClaim + kTurn;
  if (!is_in_force || domain::to_time(cells_->claimant_waits_since.load()) > waits_since_.value_or(now)) {
    return std::nullopt;
  }
  return turn;
}

TimePoint Pacer::turn_from(TimePoint now, std::uint64_t tokens) const {
  const std::optional<TimePoint> turn = turn_of_another(now);
  const bool is_limited = requests_.per_minute() || tokens_.per_minute();
  return turn && is_limited && !is_at_once(tokens) ? *turn : now;
}

TimePoint Pacer::wake_at(TimePoint now, TimePoint when) {
  if (!waits_since_) waits_since_ = now;
  // Right after it, so as to claim the next moment before the other one does again.
  if (const std::optional<TimePoint> turn = turn_of_another(now)) return std::min(when, *turn);
  if (when <= now + kLongestClaim) {
    cells_->claimant_waits_since.store(waits_since_->time_since_epoch().count());
    cells_->claimed_until.store(when.time_since_epoch().count());
    cells_->claimed_by.store(member_);
  }
  return when;
}

TimePoint Pacer::at_once_from(TimePoint now, std::uint64_t tokens) const {
  if (sent_at_once_at_ == TimePoint::min()) return now;
  if (!is_at_once(tokens)) return now;
  const bool is_on_probation = !is_told_proven_ && !requests_.is_granted();
  const double pace = requests_per_second(now).value_or(0) * kPaceOnProbation;
  if (!is_on_probation || pace <= 0) return sent_at_once_at_ + kBetweenAtOnce;
  return sent_at_once_at_ + std::max(kBetweenAtOnce, from_seconds(1 / pace));
}

void Pacer::note_sent_at_once(TimePoint now) {
  sent_at_once_at_ = now;
  if (is_told_proven_) return;
  if (at_once_since_ == TimePoint::min()) at_once_since_ = now;
  ++at_once_count_;
  const Duration span = now - at_once_since_;
  if (span < kProbation) return;
  // Few slots in flight can hold back what goes at once: then nothing is proven.
  const double even = requests_per_second(now).value_or(0) * to_seconds(kProbation);
  const bool is_fast = static_cast<double>(at_once_count_) > kProvingPace * even;
  is_told_proven_ = is_fast && span < 2 * kProbation;
  at_once_since_ = now;
  at_once_count_ = 0;
}

std::optional<SentMark> Pacer::try_reserve(TimePoint now, std::uint64_t tokens) {
  requests_.begin_window(now, request_share(now));
  if (earliest(now, tokens) > now) return std::nullopt;
  grow(now);
  const bool goes_at_once = is_at_once(tokens);
  const std::optional<Quota::Taken> request = requests_.take(now, 1, request_share(now));
  if (!request) return std::nullopt;
  const std::optional<Quota::Taken> charge = tokens_.take(now, tokens, token_share(now));
  if (!charge) {
    requests_.give_back(*request);
    return std::nullopt;
  }
  if (goes_at_once) note_sent_at_once(now);
  probe_.note_sent(now, request->sent);
  request_use_.add(now, 1);
  token_use_.add(now, tokens);
  waits_since_.reset();
  return SentMark{.requests = request->sent, .tokens = charge->sent, .at = now};
}

SentMark Pacer::reserve(TimePoint now, std::uint64_t tokens) {
  const std::optional<SentMark> mark = try_reserve(now, tokens);
  SV_ASSERT(mark, "a charge is taken when its time has come");
  return *mark;
}

void Pacer::pause_until(TimePoint when) {
  const std::int64_t wanted = when.time_since_epoch().count();
  std::int64_t present = cells_->paused_until.load();
  while (present < wanted && !cells_->paused_until.compare_exchange_weak(present, wanted)) {
  }
}

void Pacer::hear(const RateHeaders& told, SentMark mark) {
  const RateHeaders headers{.requests = request_window_.per_minute(told.requests, mark.at),
                            .tokens = token_window_.per_minute(told.tokens, mark.at),
                            .refused = told.refused};
  if (headers.requests.limit && !is_request_limit_given_) {
    requests_.set_per_minute(*headers.requests.limit);
  }
  if (headers.tokens.limit && !is_token_limit_given_) tokens_.set_per_minute(*headers.tokens.limit);
  // The rest of a limit that is larger than the one in the settings is not ours to spend.
  const auto is_same = [](const Quota& quota, const ToldQuota& told) {
    return told.remaining && told.limit && quota.per_minute() == told.limit;
  };
  if (is_same(requests_, headers.requests)) {
    if (const auto window = request_window_.fixed(); window && requests_.is_trusted()) {
      requests_.expect_fresh(
          {.at = window->end + kAfterWindow, .every = window->length, .quota = window->quota});
    }
    requests_.hear(*headers.requests.remaining, mark.requests,
                   headers.requests.is_borrowed ? told.requests.limit : std::nullopt);
  }
  if (is_same(tokens_, headers.tokens)) {
    tokens_.hear(*headers.tokens.remaining, mark.tokens,
                 headers.tokens.is_borrowed ? told.tokens.limit : std::nullopt);
  }
  refused_quota_ = headers.refused;
  refused_number_ = mark.requests;
}

std::optional<double> Pacer::requests_per_second(TimePoint now) const {
  const std::optional<std::uint64_t> limit = requests_.per_minute();
  if (!limit) return std::nullopt;
  return static_cast<double>(*limit) * request_share(now) / 60;
}

// Of the limit in requests_; above 1 when that is the probe's and the pace has grown since.
double Pacer::request_share(TimePoint now) const {
  const std::optional<double> probed = probe_.pace(now);
  const std::optional<std::uint64_t> limit = requests_.per_minute();
  if (!probed || !limit) return share_ * slowed(now);
  const double share = *probed * 60 / static_cast<double>(*limit);
  if (requests_.is_probed()) return share * slowed(now);
  return (probe_.is_measured() ? std::min(share_, share) : share_) * slowed(now);
}

// Where the only limit is the pace at which we were asked to slow down, it may grow beyond that.
double Pacer::slowed(TimePoint now) const {
  if (slowed_at_ == TimePoint::min()) return 1;
  const double grown = slowed_ * (1 + kSlowGrowth * to_seconds(now - slowed_at_) / to_seconds(kSlowGrowthIn));
  const bool is_only_limit = requests_.is_probed() && !probe_.pace(now);
  return is_only_limit ? grown : std::min(1.0, grown);
}

// What was sent before the last time says the same again.
void Pacer::slow_down(TimePoint now, SentMark mark) {
  if (mark.at <= slowed_at_) return;
  if (!requests_.per_minute()) {
    const double per_minute = std::round(60 * probe_.recent_rate(now));
    requests_.set_probed(static_cast<std::uint64_t>(std::max(1.0, per_minute)));
  }
  slowed_ = std::max(kLeastSlowed, kSlowedBy * slowed(now));
  slowed_at_ = now;
  for (Quota* quota : {&requests_, &tokens_}) {
    quota->distrust();
    quota->forget_unspent();
  }
}

void Pacer::note_rate_limited(TimePoint now, Duration wait, SentMark mark) {
  const RefusedQuota about = refused_quota(mark);
  if (about == RefusedQuota::growth) {
    slow_down(now, mark);
    return;
  }
  // Too many tokens, and nobody says how many are allowed: fewer requests are fewer tokens.
  const bool is_paced_by_tokens = about == RefusedQuota::tokens && tokens_.per_minute().has_value();
  RateProbe::Finding found;
  if (!is_paced_by_tokens) {
    found = probe_.note_refused({.number = mark.requests, .at = now, .wait = wait});
    if (!found.is_news) return;
    requests_.set_probed(static_cast<std::uint64_t>(std::max(1.0, std::round(*probe_.pace(now) * 60))));
  }
  for (Quota* quota : {&requests_, &tokens_}) {
    const bool is_meant =
        about == RefusedQuota::unknown || (about == RefusedQuota::requests) == (quota == &requests_);
    if (!is_meant) continue;
    // Refused although there was something left: it enforces shorter windows than it reports.
    if (quota->can_send_at_once(0)) quota->distrust();
    quota->forget_unspent();
  }
  if (found.is_news && about != RefusedQuota::tokens) await_fresh_quota(now, wait, found);
  // What is measured needs no lowering by guess.
  if (!is_paced_by_tokens && probe_.is_measured()) return;
  const bool is_same_episode = lowered_at_ != TimePoint::min() && now - lowered_at_ < kBetweenLowerings;
  if (is_same_episode) return;
  lowered_at_ = now;
  grown_at_ = now + kQuietBeforeGrowth;
  share_ = std::max(std::min(share_, kLeastShare), share_ * kLoweredBy);
}

// The wait may be for the end of a window.
void Pacer::await_fresh_quota(TimePoint now, Duration wait, const RateProbe::Finding& found) {
  std::optional<RefusedWindow::Found> window;
  if (!requests_.is_probed() && found.accepted > 0) {
    window = refused_window_.note_refused({.began = found.began,
                                           .accepted = found.accepted,
                                           .free_at = now + wait,
                                           .wait = wait,
                                           .per_minute = *requests_.per_minute()});
  }
  // Asked to grow slowly, we send nothing at once any more.
  if (slowed_at_ != TimePoint::min()) return;
  if (window && window->length < kMinute) {
    requests_.expect_fresh(
        {.at = now + wait + kAfterWindow, .every = window->length, .quota = window->quota});
  } else if (window || found.is_window) {
    grant_fresh_quota(found.fresh_quota);
  }
}

// A limit that is told is a minute's, and so is a window that refuses for so long.
void Pacer::grant_fresh_quota(std::uint64_t measured) {
  if (measured == 0 && !requests_.is_probed()) {
    measured = static_cast<std::uint64_t>((1 - Quota::kKept) * static_cast<double>(*requests_.per_minute()));
  }
  if (measured > 0) requests_.grant(measured);
}

void Pacer::grow(TimePoint now) {
  if (grown_at_ == TimePoint::min()) grown_at_ = now + kQuietBeforeGrowth;
  if (now <= grown_at_) return;
  const double seconds = to_seconds(now - grown_at_);
  grown_at_ = now;
  share_ = std::min(most_share_, share_ + kGrowthPerSecond * seconds);
}

}  // namespace sv::limits
