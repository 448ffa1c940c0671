#include "llm/fallback_client.hpp"

#include "base/assert.hpp"
#include "limits/retry_policy.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sv::llm {

namespace {

constexpr Duration kProbeInterval = limits::CircuitBreaker::kProbeInterval;

}  // namespace

FallbackClient::FallbackClient(std::vector<Provider> providers, bool spill, Clock& clock,
                               const StopSignal& stop)
    : providers_(std::move(providers)),
      spill_(spill && providers_.size() > 1),
      clock_(clock),
      stop_(stop),
      room_(clock) {
  SV_ASSERT(!providers_.empty(), "a run has at least one provider");
  for (const Provider& provider : providers_) {
    provider.guard->set_listener([this] { room_.call_first(); });
    if (provider.hedged != nullptr) provider.hedged->set_listener([this] { watch_.ring(); });
    if (providers_.size() > 1) provider.guard->gate().set_queue_listener([this] { room_.call_first(); });
  }
}

boost::asio::awaitable<void> FallbackClient::watch_last_rows() {
  while (rows_in_work_ > 0) {
    TimePoint due = TimePoint::max();
    for (const Provider& provider : providers_) {
      if (provider.hedged != nullptr && !provider.guard->is_resting()) {
        due = std::min(due, provider.hedged->hedge_due());
      }
    }
    co_await clock_.sleep_until(due, watch_);
  }
}

boost::asio::awaitable<Result<domain::SharedAnswer>> FallbackClient::judge(ports::Ask ask) {
  ++rows_in_work_;
  RowTrail trail;
  std::optional<WaitingRoom::Place> place;
  std::optional<Result<domain::SharedAnswer>> final_answer;
  while (!final_answer) {
    Choice choice = choose(trail);
    if (choice.must_wait) {
      give_up_on_the_gone(trail);
      choice = choose(trail);
    }
    if (choice.must_wait) {
      if (!place) place.emplace(room_);
      if (!trail.gave_up.empty()) room_.call_behind(*place);
      co_await room_.wait(*place, choice.until);
      if (stop_.is_requested()) final_answer = fail(ErrorKind::cancelled, "the run was stopped");
      continue;
    }
    place.reset();
    if (choice.provider == nullptr) {
      final_answer = std::unexpected(why_none(trail));
      continue;
    }
    ProviderGuard& guard = *choice.provider->guard;
    ask.is_probe = guard.is_resting();
    const TimePoint began = clock_.now();
    const std::uint32_t outages = guard.breaker().outages();
    guard.note_sent();
    Result<domain::SharedAnswer> answer = co_await choice.provider->client->judge(ask);
    if (answer || limits::is_answer_final(answer.error().kind) || stop_.is_requested()) {
      final_answer = std::move(answer);
      continue;
    }
    if (ask.is_probe) note_probe(trail, clock_.now() - began);
    note_failure(trail, *choice.provider, std::move(answer.error()), outages);
  }
  --rows_in_work_;
  if (rows_in_work_ == 0) watch_.ring();
  co_return *std::move(final_answer);
}

Error FallbackClient::why_none(RowTrail& trail) const {
  if (trail.first_error) return std::move(*trail.first_error);
  const ProviderGuard& last = *providers_.back().guard;
  return with_context(last.name(), last.reason());
}

// With several down the row probes each of them in one interval.
void FallbackClient::note_probe(RowTrail& trail, Duration took) const {
  const auto down = std::ranges::count_if(
      providers_, [](const Provider& p) { return !p.guard->is_off() && p.guard->is_resting(); });
  trail.probing += took + kProbeInterval / std::max<std::ptrdiff_t>(down, 1);
}

FallbackClient::Choice FallbackClient::choose(const RowTrail& trail) {
  const TimePoint now = clock_.now();
  Choice choice;
  // Whether a provider of a higher priority may take the row soon.
  bool is_another_better = false;
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    ProviderGuard& guard = *providers_[i].guard;
    if (guard.is_off() || (!trail.gave_up.empty() && trail.gave_up[i])) continue;
    const limits::CircuitBreaker& breaker = guard.breaker();
    if (!breaker.may_send(now)) {
      choice.must_wait = true;
      choice.until = std::min(choice.until, breaker.next_chance());
      if (breaker.is_untried()) return choice;
    } else {
      const bool may_queue = !is_another_better && !spill_;
      if (may_queue || guard.gate().waiting() == 0) return {.provider = &providers_[i]};
      choice.must_wait = true;
    }
    is_another_better = true;
  }
  return choice;
}

void FallbackClient::note_failure(RowTrail& trail, const Provider& provider, Error error,
                                  std::uint32_t outages_before) {
  const ProviderGuard& guard = *provider.guard;
  // The provider went down under the row; once it has come back, or elsewhere, the row begins anew.
  const bool is_outage = guard.is_resting() || guard.breaker().outages() != outages_before;
  if (is_outage && !guard.is_off() && trail.probing < kRowPatience) return;
  give_up(trail, static_cast<std::size_t>(&provider - providers_.data()), std::move(error));
}

void FallbackClient::give_up(RowTrail& trail, std::size_t provider, Error error) {
  if (!trail.first_error) {
    trail.first_error = with_context(providers_[provider].guard->name(), std::move(error));
  }
  if (trail.gave_up.empty()) trail.gave_up.resize(providers_.size());
  trail.gave_up[provider] = true;
}

bool FallbackClient::is_patience_over(const ProviderGuard& guard) const {
  const Duration patience = guard.has_answered_in_this_run() ? kPatience : kPatienceAtFirst;
  return guard.breaker().is_open() && clock_.now() - guard.breaker().opened_at() >= patience;
}

// A row has to wait. Nobody at all may be well; or others are, but busy, or have given up on this row.
void FallbackClient::give_up_on_the_gone(RowTrail& trail) {
  const bool is_anyone_well =
      std::ranges::any_of(providers_, [](const Provider& provider) { return !provider.guard->is_resting(); });
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    ProviderGuard& guard = *providers_[i].guard;
    if (!is_patience_over(guard)) continue;
    if (is_anyone_well) {
      give_up(trail, i, guard.reason());
      continue;
    }
    const std::string_view how_long = guard.has_answered_in_this_run() ? "ten minutes" : "half a minute";
    guard.switch_off(
        with_context(std::string("nothing was answered for ") + std::string(how_long), guard.reason()));
  }
}

}  // namespace sv::llm
