#include "llm/openai_client.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "limits/rate_text.hpp"
#include "llm/error_reply.hpp"
#include "llm/provider_address.hpp"
#include "prompt/reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sv::llm {

namespace {

// Seven fields can be refused, two of them in two steps.
constexpr int kMaxRefusals = 9;
// A model that reasons spends completion tokens on it before it writes the first letter of the reply.
constexpr std::uint64_t kReasoningRoom = 4;
constexpr std::uint64_t kLargestCap = 65'536;
// Random bytes of the row's fence: 96 bits cannot be guessed by whoever wrote the row.
constexpr std::size_t kMarkBytes = 12;
constexpr std::size_t kCacheKeyCharacters = 16;

prompt::Correction to_prompt(ports::Correction correction) {
  switch (correction) {
    case ports::Correction::none:
      return prompt::Correction::none;
    case ports::Correction::invalid_reply:
      return prompt::Correction::invalid_reply;
    case ports::Correction::truncated:
      return prompt::Correction::truncated;
  }
  return prompt::Correction::none;
}

BodyParameters body_parameters(const OpenAiProvider& provider, const prompt::QuestionBuilder& question) {
  return {.model = provider.model,
          .system_text = question.system_text(),
          .prompt_cache_key = "status-validator-" + question.revision().substr(0, kCacheKeyCharacters),
          .temperature = provider.temperature};
}

// By the headers, and by the text of a refusal where they say nothing.
limits::RateHeaders told_limits(const ports::HttpResponse& response, std::string_view base_url) {
  limits::RateHeaders told =
      limits::read_rate_headers([&](std::string_view name) { return response.header(name); });
  if (response.status != 429 && response.status != 503) return told;
  const limits::RateHeaders text = limits::read_rate_text(response.body);
  told.refused = text.refused;
  if (response.status != 429) return told;
  if (told.refused == limits::RefusedQuota::unknown && limits_requests_at_a_time(vendor_of(base_url))) {
    told.refused = limits::RefusedQuota::slots;
  }
  if (!told.requests.limit) told.requests.limit = text.requests.limit;
  if (!told.tokens.limit) told.tokens.limit = text.tokens.limit;
  return told;
}

// Servers have been seen to quote the key that they refuse.
void take_out_key(std::string& text, std::string_view key) {
  if (key.size() < 4) return;
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), "[key]");
  }
}

}  // namespace

OpenAiClient::OpenAiClient(OpenAiProvider provider, OpenAiClientContext context, RateListener on_rate_headers)
    : provider_(std::move(provider)),
      context_(context),
      on_rate_headers_(std::move(on_rate_headers)),
      fact_name_(fmt::format("capabilities/{}/{}", provider_.base_url, provider_.model)),
      capabilities_(guess_capabilities(provider_.base_url, provider_.model, provider_.is_reasoning_wanted)),
      tokens_(provider_.base_url, provider_.model, context_.question, context_.facts),
      flex_(provider_.is_flex) {
  endpoint_ = std::make_shared<const ports::HttpEndpoint>(
      ports::HttpEndpoint{.url = chat_completions_url(provider_.base_url),
                          .headers = request_headers({.base_url = provider_.base_url,
                                                      .model = provider_.model,
                                                      .api_key = provider_.api_key,
                                                      .organization = provider_.organization,
                                                      .http_referer = provider_.http_referer,
                                                      .x_title = provider_.x_title})});
  if (const std::optional<std::string> fact = context_.facts.recall(fact_name_)) {
    if (std::optional<Capabilities> learnt = decode(*fact)) {
      // Whether reasoning is wanted is a setting; only its refusal was learnt.
      if (capabilities_.reasoning == ReasoningField::none) learnt->reasoning = ReasoningField::none;
      capabilities_ = *learnt;
    }
  }
  history_name_ = usage_fact_name(provider_.base_url, provider_.model, context_.question.revision());
  if (const std::optional<std::string> fact = context_.facts.recall(history_name_)) {
    history_ = UsageHistory::decode(*fact).value_or(UsageHistory{});
  }
  charge_name_ = fmt::format("charge/{}/{}", provider_.base_url, provider_.model);
  if (const std::optional<std::string> fact = context_.facts.recall(charge_name_)) {
    charge_scale_ = ChargeScale::decode(*fact).value_or(ChargeScale{});
  }
  body_.emplace(body_parameters(provider_, context_.question), capabilities_);
}

void OpenAiClient::save_learnt() {
  tokens_.save();
  if (charge_scale_ != ChargeScale{}) context_.facts.remember(charge_name_, charge_scale_.encode());
  if (history_.requests > 0) context_.facts.remember(history_name_, history_.encode());
}

boost::asio::awaitable<Result<domain::SharedAnswer>> OpenAiClient::judge(ports::Ask ask) {
  if (ask.completion_cap == 0) ask.completion_cap = completion_cap(*ask.row, ask.cap_factor);
  std::optional<Deadline> deadline;
  for (int refusals = 0;; ++refusals) {
    const Capabilities asked_with = capabilities_;
    Result<Account> account = co_await open_account(ask);
    if (!account) co_return std::unexpected(std::move(account.error()));
    if (!deadline) {
      // From here on: waiting for money is none of the provider's time.
      const Duration longest =
          std::min(ask.longest.value_or(provider_.request_timeout), provider_.request_timeout);
      deadline = Deadline::after(context_.clock.now(), longest);
    }
    const bool is_flex = flex_.is_due(context_.clock.now());
    const TimePoint sent_at = context_.clock.now();
    Attempt result = co_await attempt(ask, *deadline, *account, is_flex);
    if (is_flex && result.answer) flex_.note_answered();
    if (is_flex && result.is_flex_unavailable) {
      flex_.note_refused(sent_at, context_.clock.now());
      context_.observer.on_retry(result.answer.error().kind, Duration::zero());
      continue;
    }
    const bool is_flex_unknown = !result.answer && (result.refused_parameter == "service_tier" ||
                                                    result.refusal_text.contains("service_tier"));
    if (is_flex && is_flex_unknown) {
      log(LogLevel::warning, "{}: {} has no flex tier: it is asked at the default tier", provider_.name,
          provider_.model);
      flex_.give_up();
      continue;
    }
    if (result.answer || result.answer.error().kind != ErrorKind::bad_request)
      co_return std::move(result.answer);
    if (refusals == kMaxRefusals || !adapt(result, asked_with)) co_return std::move(result.answer);
    context_.observer.on_retry(ErrorKind::bad_request, Duration::zero());
  }
}

boost::asio::awaitable<Result<OpenAiClient::Account>> OpenAiClient::open_account(const ports::Ask& ask) {
  Account account;
  if (context_.spending != nullptr) {
    if (context_.spending->is_money_limited()) {
      account.reserved = cost::most_of(tokens_.reckon(*ask.row, to_prompt(ask.correction), today()),
                                       ask.completion_cap, *provider_.prices);
    }
    const bool is_free =
        co_await context_.spending->reserve(account.reserved.value_or(domain::Money()), !ask.is_hedge);
    if (!is_free && !context_.spending->is_reached())
      co_return fail(ErrorKind::cancelled, "no money for a second request");
    if (!is_free) co_return fail(ErrorKind::limit_reached, context_.spending->reason());
  }
  if (context_.journal == nullptr) co_return account;
  const Result<ports::RequestNumber> noted = context_.journal->begin_request({.row_number = ask.row->number,
                                                                              .key = ask.key,
                                                                              .provider = provider_.name,
                                                                              .model = provider_.model,
                                                                              .reserved = account.reserved});
  if (!noted) {
    if (context_.spending != nullptr) {
      context_.spending->settle(account.reserved.value_or(domain::Money()), domain::Money());
    }
    co_return std::unexpected(noted.error());
  }
  account.number = *noted;
  co_return account;
}

std::uint64_t OpenAiClient::token_charge(ports::Ask& ask) {
  ask.completion_cap = completion_cap(*ask.row, ask.cap_factor);
  const std::uint64_t reckoned = tokens_.reckon(*ask.row, to_prompt(ask.correction), today());
  return std::max<std::uint64_t>(ask.completion_cap, charge_scale_.scaled(reckoned));
}

std::uint64_t OpenAiClient::usual_charge() const {
  constexpr std::uint64_t kUsualRow = 300;
  return std::max(most_completion_tokens(1), tokens_.estimate_prefix() + kUsualRow);
}

boost::asio::awaitable<OpenAiClient::Attempt> OpenAiClient::attempt(ports::Ask ask, Deadline deadline,
                                                                    Account account, bool is_flex) {
  user_text_.clear();
  const prompt::RowCode code = prompt::RowCode::draw();
  context_.question.append_user_text(user_text_, *ask.row, unguessable_hex(kMarkBytes), code, today(),
                                     to_prompt(ask.correction));
  ports::HttpRequest request;
  request.endpoint = endpoint_;
  PromptCacheKeys::Use cache_use;
  if (capabilities_.takes_prompt_cache_key) cache_use = cache_keys_.take(context_.clock.now());
  request.body = body_->build(user_text_, ask.completion_cap, cache_use.key, is_flex);
  request.deadline = deadline;
  request.cancel = ask.cancel;
  request.max_response_bytes = kMaxReplyBytes;

  const TimePoint started = context_.clock.now();
  context_.observer.on_request_started(provider_.name);
  const auto sent = in_flight_.insert(in_flight_.end(), started);
  Result<ports::HttpResponse> response = co_await context_.transport.send(std::move(request));
  in_flight_.erase(sent);
  if (!response) {
    Attempt failed{
        .answer = std::unexpected(std::move(response.error())), .refused_parameter = {}, .refusal_text = {}};
    report(failed, 0, context_.clock.now() - started, {}, account);
    learn_caching(cache_use, {});
    co_return failed;
  }
  Attempt result = read(*response, code, account, is_flex);
  // That flex has no room says nothing about the limits of the default tier.
  if (on_rate_headers_ && !(is_flex && result.is_flex_unavailable)) {
    const limits::RateHeaders told = told_limits(*response, provider_.base_url);
    learn_charge(ask, told, response->body);
    on_rate_headers_(told, ask.sent);
  }
  tokens_.learn(*ask.row, to_prompt(ask.correction), today(), result.usage.input);
  learn_caching(cache_use, result.usage);
  co_return result;
}

// Before the row's tokens are learnt: as it was reckoned when it was sent, or nearly so.
void OpenAiClient::learn_charge(const ports::Ask& ask, const limits::RateHeaders& told,
                                std::string_view body) {
  const bool is_refused = told.refused == limits::RefusedQuota::tokens;
  if (!is_refused && !(told.tokens.limit && told.tokens.remaining)) return;
  const std::uint64_t reckoned = tokens_.reckon(*ask.row, to_prompt(ask.correction), today());
  if (is_refused) {
    // A charge that is the completion cap says of the prompt only that it is no more.
    const std::uint64_t requested = requested_tokens(body);
    requested > 0 && requested <= ask.completion_cap ? charge_scale_.note_used(requested, reckoned)
                                                     : charge_scale_.note_refused(requested, reckoned);
  } else {
    charge_scale_.note_used(*told.tokens.limit - *told.tokens.remaining, reckoned);
  }
}

OpenAiClient::Attempt OpenAiClient::read(const ports::HttpResponse& response, prompt::RowCode code,
                                         const Account& account, bool is_flex) {
  Attempt attempt = interpret(response, code);
  // Told or not: nothing else is billed at the flex price.
  attempt.is_flex = is_flex && attempt.is_flex;
  report(attempt, response.status, response.elapsed, attempt.usage, account);
  return attempt;
}

OpenAiClient::Attempt OpenAiClient::interpret(const ports::HttpResponse& response, prompt::RowCode code) {
  ChatResult chat = read_chat_reply(response, context_.clock.wall_now());
  Attempt attempt{.answer = fail(ErrorKind::protocol, ""),
                  .refused_parameter = std::move(chat.refused_parameter),
                  .refusal_text = std::move(chat.refusal_text)};
  if (!chat.reply) {
    attempt.answer = std::unexpected(std::move(chat.reply.error()));
    take_out_key(attempt.answer.error().message, provider_.api_key.reveal());
  } else if (Result<domain::Verdict> verdict = prompt::parse_reply(chat.reply->content, code)) {
    attempt.answer = std::make_shared<const domain::Answer>(
        domain::Answer{.verdict = std::move(*verdict),
                       .raw_json = prompt::without_row_code(std::move(chat.reply->content)),
                       .usage = chat.usage,
                       .provider = provider_.name,
                       .model = chat.reply->model.empty() ? provider_.model : std::move(chat.reply->model),
                       .answered_at = context_.clock.wall_now()});
  } else {
    attempt.answer = std::unexpected(std::move(verdict.error()));
  }
  if (chat.usage.reasoning > 0 && !capabilities_.reasons) {
    Capabilities learnt = capabilities_;
    learnt.reasons = true;
    remember(learnt);
  }
  attempt.usage = chat.usage;
  attempt.is_flex = chat.tier != BilledTier::other;
  attempt.is_flex_unavailable = chat.is_flex_unavailable;
  return attempt;
}

bool OpenAiClient::adapt(const Attempt& refused, const Capabilities& asked_with) {
  // Others were refused at the same time and have already learnt from it.
  if (capabilities_ != asked_with) return true;
  const std::optional<Capabilities> next =
      after_refusal(asked_with, {.parameter = refused.refused_parameter, .message = refused.refusal_text});
  if (!next) return false;
  log(LogLevel::debug, "{}: {} is refused by {}; asking without", provider_.name,
      refused.refused_parameter.empty() ? std::string("a field")
                                        : sanitize_for_terminal(refused.refused_parameter),
      provider_.model);
  remember(*next);
  return true;
}

void OpenAiClient::remember(const Capabilities& learnt) {
  capabilities_ = learnt;
  body_.emplace(body_parameters(provider_, context_.question), capabilities_);
  context_.facts.remember(fact_name_, encode(capabilities_));
}

bool OpenAiClient::has_cacheable_prefix() const {
  return capabilities_.takes_prompt_cache_key && !cache_keys_.is_in_vain() &&
         tokens_.estimate_prefix() >= kLeastCachedTokens;
}

void OpenAiClient::learn_caching(const PromptCacheKeys::Use& use, const domain::Usage& usage) {
  if (!capabilities_.takes_prompt_cache_key) return;
  cache_keys_.note_reply(use, usage.input > 0 ? std::optional(usage.cached_input) : std::nullopt);
  const bool must_cache = capabilities_.prompt_caching == PromptCaching::automatic ||
                          capabilities_.prompt_caching == PromptCaching::explicit_breakpoint;
  const std::optional<std::string> warning =
      cache_watch_.note(usage, tokens_.estimate_prefix(), use.is_warm, must_cache);
  if (warning) log(LogLevel::warning, "{}: {}", provider_.name, *warning);
}

void OpenAiClient::report(const Attempt& attempt, int http_status, Duration latency,
                          const domain::Usage& usage, const Account& account) {
  ports::RequestReport report;
  report.provider = provider_.name;
  report.model = provider_.model;
  if (!attempt.answer) report.error = attempt.answer.error().kind;
  report.http_status = http_status;
  report.latency = latency;
  report.usage = usage;
  report.cost = cost_of(usage, attempt.is_flex);
  report.is_flex = attempt.is_flex && usage != domain::Usage{};
  context_.observer.on_request_finished(report);
  history_.note(usage, latency, attempt.answer.has_value());
  std::optional<domain::Money> charged = report.cost;
  if (account.reserved) {
    // Providers bill what they answer; where no reply came, or one without figures, nobody knows.
    const bool is_known = http_status != 0 && (usage != domain::Usage{} || !attempt.answer);
    charged = is_known ? cost_of(usage, attempt.is_flex) : account.reserved;
  }
  if (context_.spending != nullptr) {
    context_.spending->settle(account.reserved.value_or(domain::Money()), charged.value_or(domain::Money()));
  }
  if (context_.journal != nullptr) {
    context_.journal->end_request(account.number, {.error = report.error,
                                                   .http_status = http_status,
                                                   .latency = latency,
                                                   .usage = usage,
                                                   .cost = report.cost,
                                                   .charged = charged});
  }
}

std::optional<domain::Money> OpenAiClient::cost_of(const domain::Usage& usage, bool is_flex) const {
  if (!provider_.prices) return std::nullopt;
  if (!is_flex) return domain::cost_of(usage, *provider_.prices);
  return domain::cost_of(usage,
                         provider_.flex_prices ? *provider_.flex_prices : domain::half_of(*provider_.prices));
}

std::uint32_t OpenAiClient::completion_cap(const domain::Row& row, std::uint32_t cap_factor) {
  std::uint64_t cap = most_completion_tokens(cap_factor);
  if (cap_factor == 1 && history_.answers >= UsageHistory::kAnswersForCap) {
    // A token has three bytes and more, in English and in Russian; an estimate proper would cost ten
    // microseconds a request.
    const std::uint64_t row_tokens =
        (row.status.size() + row.comment.size() + row.completion_date.size()) / 3;
    cap = std::min(cap, history_.learnt_completion_cap(row_tokens).value_or(cap));
  }
  return static_cast<std::uint32_t>(cap);
}

std::uint64_t OpenAiClient::most_completion_tokens(std::uint32_t cap_factor) const {
  const std::uint64_t room = capabilities_.reasons ? kReasoningRoom : 1;
  const std::uint64_t cap = std::uint64_t{provider_.max_output_tokens} * room * cap_factor;
  // A cap that was set larger on purpose stands.
  return std::min(cap, std::max<std::uint64_t>(kLargestCap, provider_.max_output_tokens));
}

std::string_view OpenAiClient::today() {
  const WallTime now = context_.clock.wall_now();
  if (now < today_ends_ && !today_line_.empty()) return today_line_;
  today_line_ = prompt::today_line(local_date(now));
  // Looked up again each minute: cheap, and right whatever the time zone does at midnight.
  today_ends_ = now + std::chrono::minutes(1);
  return today_line_;
}

}  // namespace sv::llm
