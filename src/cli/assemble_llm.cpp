#include "cli/assemble_llm.hpp"

#include "cost/price_book.hpp"
#include "prompt/answer_key.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace sv::cli {

namespace {

// 5,000 requests a minute at 8 s, and half as many again; 28 MB when all are in use.
constexpr std::uint32_t kMostAutomaticWorkers = 1000;
// What is reckoned with when the provider decides: most take as many.
constexpr std::uint32_t kUsualWorkers = 100;

// What of the settings can change an answer. The completion cap cannot: a truncated reply is no answer.
prompt::ModelIdentity identity_of(const config::ProviderSettings& provider) {
  return {
      .base_url = provider.base_url,
      .model = provider.model,
      .parameters = fmt::format("temperature={} reasoning={}",
                                provider.temperature ? fmt::format("{}", *provider.temperature) : "default",
                                provider.reasoning_enabled)};
}

llm::OpenAiProvider provider_of(const config::ProviderSettings& provider, const config::LlmSettings& llm) {
  const std::optional<domain::ModelPrices> known =
      cost::PriceBook(llm.prices).find(provider.base_url, provider.model);
  return {.name = provider.name,
          .model = provider.model,
          .base_url = provider.base_url,
          .api_key = provider.api_key,
          .organization = provider.organization,
          .http_referer = llm.http_referer,
          .x_title = llm.x_title,
          .temperature = provider.temperature,
          .max_output_tokens = provider.max_output_tokens,
          .request_timeout = provider.request_timeout,
          .is_reasoning_wanted = provider.reasoning_enabled,
          .prices = known ? std::optional(known->prices) : std::nullopt,
          .is_flex = provider.is_flex,
          .flex_prices = known ? known->flex : std::nullopt};
}

limits::RetryLimits retry_limits_of(const config::LlmSettings& llm) {
  limits::RetryLimits limits;
  limits.reply_attempts = llm.max_retries;
  return limits;
}

// Whose limits these are: the account is known by what the key shows of itself, so that no secret gets into
// a file.
std::optional<domain::PaceShare> share_of(const config::ProviderSettings& provider,
                                          ports::TicketLedger* ledger) {
  if (ledger == nullptr) return std::nullopt;
  return ledger->join(fmt::format("{}\n{}\n{}\n{}", provider.base_url, provider.model, provider.organization,
                                  provider.api_key.redacted()));
}

limits::InFlightWindow window_of(const config::ProviderSettings& provider,
                                 const config::LlmSettings& settings) {
  const bool is_automatic = !provider.max_workers && !settings.max_workers;
  return {provider.max_workers.value_or(worker_count(settings)), is_automatic};
}

// One key's worth of requests every four seconds is what any limit allows, so this much waiting leaves a
// minute's unspent quota unspent but loses none of it (ADR 12).
constexpr Duration kLongestWarming = std::chrono::seconds(5);
// While leaders are answered there is enough to send.
constexpr Duration kLongestSilence = std::chrono::seconds(1);

llm::WarmUpPlan warm_up_plan_of(ProviderStack& stack) {
  llm::WarmUpPlan plan;
  plan.leaders = [&stack](const ports::Ask& ask) {
    return stack.openai.has_cacheable_prefix()
               ? llm::PromptCacheKeys::leaders_for(stack.gate.requests_per_minute(), ask.rows_after)
               : std::size_t{0};
  };
  plan.followers = llm::PromptCacheKeys::kRequestsPerMinute - 1;
  plan.longest_warming = kLongestWarming;
  plan.longest_silence = kLongestSilence;
  return plan;
}

std::vector<std::unique_ptr<ProviderStack>> make_stacks(const config::LlmSettings& settings,
                                                        const llm::OpenAiClientContext& context,
                                                        Random& random, StopSignal& stop,
                                                        ports::TicketLedger* ledger) {
  std::vector<std::unique_ptr<ProviderStack>> stacks;
  stacks.reserve(settings.providers.size());
  for (const config::ProviderSettings& provider : settings.providers) {
    stacks.push_back(std::make_unique<ProviderStack>(provider, settings, context, random, stop, ledger));
  }
  return stacks;
}

std::vector<llm::FallbackClient::Provider> in_priority_order(
    const std::vector<std::unique_ptr<ProviderStack>>& stacks) {
  std::vector<llm::FallbackClient::Provider> providers;
  providers.reserve(stacks.size());
  for (const auto& stack : stacks) {
    providers.push_back({.client = &stack->retrying, .guard = &stack->guard, .hedged = &stack->hedged});
  }
  return providers;
}

domain::ProviderState state_of(const llm::ProviderGuard& guard) {
  if (guard.is_off()) return domain::ProviderState::off;
  if (guard.is_resting()) return domain::ProviderState::down;
  return guard.breaker().is_untried() ? domain::ProviderState::untried : domain::ProviderState::working;
}

domain::ProviderLimits limits_of(const ProviderStack& stack, TimePoint at) {
  using domain::WaitReason;
  domain::ProviderLimits now;
  now.provider = stack.guard.name();
  now.requests = stack.gate.request_use();
  now.tokens = stack.gate.token_use();
  now.is_full = stack.gate.in_flight() >= stack.gate.in_flight_limit();
  now.in_flight = stack.gate.in_flight();
  now.in_flight_limit = stack.gate.in_flight_limit();
  now.state = state_of(stack.guard);
  if (const TimePoint end = stack.gate.last_pause_ends_at(); end > at) now.pause = end - at;
  if (const std::optional<TimePoint> sent = stack.openai.oldest_sent_at()) now.oldest_request = at - *sent;
  now.waiting_for(stack.gate.waits_for()) += stack.gate.waiting();
  now.waiting_for(WaitReason::first_answers) += stack.warm_up.waiting();
  now.waiting_for(WaitReason::back_off) += stack.retrying.waiting();
  return now;
}

// What rows in the room above the providers wait for, of this one.
domain::WaitReason room_reason(const ProviderStack& stack) {
  if (stack.guard.breaker().is_untried()) return domain::WaitReason::first_answers;
  return stack.guard.is_resting() ? domain::WaitReason::outage : stack.gate.waits_for();
}

}  // namespace

llm::AddressDetails address_of(const config::ProviderSettings& provider, const config::LlmSettings& llm) {
  return {.base_url = provider.base_url,
          .model = provider.model,
          .api_key = provider.api_key,
          .organization = provider.organization,
          .http_referer = llm.http_referer,
          .x_title = llm.x_title};
}

ProviderStack::ProviderStack(const config::ProviderSettings& provider, const config::LlmSettings& settings,
                             const llm::OpenAiClientContext& context, Random& random, StopSignal& stop,
                             ports::TicketLedger* ledger)
    : openai(provider_of(provider, settings), context,
             [this](const limits::RateHeaders& told, domain::SentMark sent) { gate.hear(told, sent); }),
      gate(context.clock, window_of(provider, settings),
           {.requests_per_minute = provider.rpm, .tokens_per_minute = provider.tpm},
           settings.rate_limit_retry_delay, share_of(provider, ledger)),
      memory(context.facts, provider.base_url, provider.model, provider.api_key),
      guard(provider.name, gate, memory, context.clock, context.observer),
      hedged(
          openai, provider.name, settings.hedge_budget, gate,
          [this](ports::Ask& ask) { return openai.token_charge(ask); }, stop, context.clock,
          context.observer),
      limited(
          hedged, gate, guard, [this](ports::Ask& ask) { return openai.token_charge(ask); }, stop,
          context.clock),
      warm_up(limited, warm_up_plan_of(*this), context.clock),
      retrying(warm_up, retry_limits_of(settings), guard, context.clock, random, stop, context.observer) {}

LlmStack::LlmStack(const config::LlmSettings& settings, const llm::OpenAiClientContext& context,
                   Random& random, StopSignal& stop, ports::TicketLedger* ledger)
    : clock_(context.clock),
      stop_(stop),
      facts_(context.facts),
      stacks_(make_stacks(settings, context, random, stop, ledger)),
      fallback_(in_priority_order(stacks_), settings.spill, context.clock, stop) {
  stop_.set_listener([this] { obey_stop(); });
}

LlmStack::~LlmStack() { stop_.set_listener(nullptr); }

// Outermost first, so that who is woken meets nobody who still waits inside.
void LlmStack::obey_stop() {
  fallback_.wake_waiting();
  for (const auto& stack : stacks_) {
    stack->retrying.wake_waiting();
    stack->warm_up.open();
    stack->gate.turn_away_waiting();
    if (stop_.is_abandoned()) stack->hedged.abandon();
  }
}

void LlmStack::save_learnt() {
  for (const auto& stack : stacks_) {
    stack->openai.save_learnt();
    const llm::OpenAiProvider& provider = stack->openai.provider();
    llm::remember_limits(
        facts_, provider.base_url, provider.model,
        {.rpm = stack->gate.request_use().per_minute, .tpm = stack->gate.token_use().per_minute});
  }
}

domain::OnlinePace LlmStack::cautious_pace(const config::ProviderSettings& first, std::string_view revision) {
  return llm::cautious_pace(
      facts_, {.base_url = first.base_url,
               .model = first.model,
               .revision = revision,
               .given = {.rpm = first.rpm, .tpm = first.tpm},
               .charge_per_request = static_cast<double>(stacks_.front()->openai.usual_charge())});
}

std::uint32_t reckoned_workers(const config::LlmSettings& settings) {
  return settings.max_workers.value_or(kUsualWorkers);
}

std::vector<domain::ProviderLimits> LlmStack::limits_now() const {
  std::vector<domain::ProviderLimits> all;
  const TimePoint at = clock_.now();
  std::uint64_t in_room = fallback_.waiting();
  for (const auto& stack : stacks_) {
    domain::ProviderLimits now = limits_of(*stack, at);
    if (!stack->guard.is_off()) {
      now.waiting_for(room_reason(*stack)) += in_room;
      in_room = 0;
    }
    all.push_back(std::move(now));
  }
  return all;
}

std::uint32_t worker_count(const config::LlmSettings& settings) {
  return settings.max_workers.value_or(kMostAutomaticWorkers);
}

domain::Rulebook rulebook_of(const config::Settings& settings) {
  return {.rules_text = settings.rules_text,
          .allowed_statuses = settings.allowed_statuses,
          .language = settings.language,
          .checks = settings.checks,
          .redaction = settings.redaction};
}

ProviderKeys keys_of(const prompt::QuestionBuilder& question,
                     const std::vector<config::ProviderSettings>& providers) {
  std::vector<prompt::ModelIdentity> models;
  std::vector<std::string> names;
  for (const config::ProviderSettings& provider : providers) {
    models.push_back(identity_of(provider));
    names.push_back(provider.name);
  }
  return {prompt::AnswerKeys(question, models), std::move(names)};
}

}  // namespace sv::cli
