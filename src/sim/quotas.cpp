#include "sim/quotas.hpp"

namespace sv::sim {

Quotas::Quotas(const QuotaSettings& settings) : settings_(settings) {
  const std::uint64_t requests =
      settings_.limiter == LimiterKind::concurrency ? settings_.concurrency : settings_.requests_per_minute;
  if (requests > 0) requests_.emplace(settings_.limiter, requests);
  if (settings_.tokens_per_minute > 0) tokens_.emplace(settings_.token_limiter, settings_.tokens_per_minute);
  if (settings_.requests_per_day > 0) day_ = QuotaBucket::of_a_day(settings_.requests_per_day);
  if (settings_.told != LimitHeaders::minute) return;
  if (settings_.requests_per_minute > 0) told_requests_.emplace(settings_.requests_per_minute);
  if (settings_.tokens_per_minute > 0) told_tokens_.emplace(settings_.tokens_per_minute);
}

void Quotas::align_windows(Duration wall_ahead) {
  if (requests_) requests_->align_windows(wall_ahead);
  if (tokens_) tokens_->align_windows(wall_ahead);
}

void Quotas::count_refusal(TimePoint now) {
  if (requests_) requests_->take_refused(now);
  if (told_requests_) told_requests_->take_up_to(1, now);
  if (day_) day_->take_up_to(1, now);
}

std::optional<Quotas::Refusal> Quotas::refuse(std::uint64_t tokens, TimePoint now) {
  if (day_) {
    if (const auto wait = day_->wait_for(1, now)) {
      return Refusal{
          .told = {
              .of_day = true, .limit = day_->limit(), .used = day_->used(), .requested = 1, .wait = *wait}};
    }
  }
  if (requests_) {
    if (const auto wait = requests_->wait_for(now)) {
      if (settings_.limiter == LimiterKind::concurrency) {
        return Refusal{.kind = Kind::at_a_time, .told = {.limit = settings_.concurrency, .requested = 1}};
      }
      // The limit as it is sold, whatever enforces it.
      const std::uint64_t sold = settings_.requests_per_minute;
      return Refusal{.told = {.limit = sold, .used = sold, .requested = 1, .wait = *wait}};
    }
  }
  if (!tokens_) return std::nullopt;
  const auto wait = tokens_->wait_for(now, tokens);
  if (!wait) return std::nullopt;
  const std::uint64_t sold = settings_.tokens_per_minute;
  // Of a bucket of a minute the figures agree with the wait; see QuotaBucket.
  const std::uint64_t used = settings_.token_limiter == LimiterKind::bucket60 ? tokens_->state().used : sold;
  return Refusal{
      .told = {.of_tokens = true, .limit = sold, .used = used, .requested = tokens, .wait = *wait}};
}

std::optional<Quotas::Refusal> Quotas::admit(std::uint64_t tokens, TimePoint now, TimePoint done) {
  if (tokens_ && tokens > settings_.tokens_per_minute) {
    return Refusal{.kind = Kind::never_fits,
                   .told = {.of_tokens = true, .limit = settings_.tokens_per_minute, .requested = tokens}};
  }
  // What is told is of now.
  if (told_requests_) told_requests_->take_up_to(0, now);
  if (told_tokens_) told_tokens_->take_up_to(0, now);
  std::optional<Refusal> refusal = refuse(tokens, now);
  if (refusal) {
    if (refusal->kind != Kind::rate || !settings_.rejects_count) return refusal;
    count_refusal(now);
    // The refusal itself may have made the wait longer, or the day's last request may have gone on it.
    return refuse(tokens, now).value_or(*refusal);
  }
  if (tokens_) tokens_->take(done, tokens);
  if (requests_) requests_->take(done);
  if (day_) day_->take(1);
  if (told_requests_) told_requests_->take_up_to(1, now);
  if (told_tokens_) told_tokens_->take_up_to(tokens, now);
  return std::nullopt;
}

ToldQuotas Quotas::told() const {
  if (settings_.told == LimitHeaders::none) return {};
  ToldQuotas told;
  if (day_) told.day = day_->state();
  if (settings_.told == LimitHeaders::minute) {
    if (told_requests_) told.requests = told_requests_->state();
    if (told_tokens_) told.tokens = told_tokens_->state();
    return told;
  }
  if (requests_ && settings_.limiter != LimiterKind::concurrency) told.requests = requests_->state();
  if (tokens_) told.tokens = tokens_->state();
  return told;
}

}  // namespace sv::sim
