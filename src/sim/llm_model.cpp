#include "sim/llm_model.hpp"

#include "sim/dialect_errors.hpp"
#include "sim/judge.hpp"
#include "sim/letters.hpp"
#include "sim/llm_work.hpp"
#include "sim/parameter_policy.hpp"
#include "sim/reply_body.hpp"
#include "sim/tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sv::sim {

namespace {

// System prompts that are kept parsed; a run has one or two.
constexpr std::size_t kMaxKnownPrompts = 8;
// The chat format's own tokens (OpenAI cookbook, how to count tokens: 3 a message and 3 for the reply).
constexpr std::uint64_t kTokensPerMessage = 3;
// Separates the streams of random numbers of consecutive requests (the golden ratio, as in splitmix64).
constexpr std::uint64_t kStreamStep = 0x9e3779b97f4a7c15U;
// Of an answer's latency, how much goes by until the prompt has been read and its cache entry can be hit.
// Ours: with it one key at 500 RPM comes to the 90-93 % of pacing.md §6.
constexpr int kPrefillShare = 4;

QuotaSettings quota_settings(const LlmOptions& options) {
  const std::uint64_t usual_per_day = usual_requests_per_day(options.dialect).value_or(0);
  return {.requests_per_minute = options.rpm,
          .requests_per_day = options.rpd > 0 ? options.rpd : usual_per_day,
          .tokens_per_minute = options.tpm,
          .limiter = options.limiter,
          .concurrency = options.concurrency,
          .token_limiter = options.token_limiter,
          .told = options.limit_headers,
          .rejects_count = options.rejects_count};
}

}  // namespace

LlmModel::LlmModel(LlmOptions options) : options_(std::move(options)), quotas_(quota_settings(options_)) {
  prompts_.reserve(kMaxKnownPrompts);
  reset();
}

void LlmModel::reset() {
  number_ = 0;
  batch_lines_ = 0;
  flex_requests_ = 0;
  are_windows_aligned_ = false;
  first_request_at_.reset();
  quotas_ = Quotas(quota_settings(options_));
  prefixes_ = PrefixCache(options_.prompt_cache);
  ledger_.reset();
}

ModelReply LlmModel::refuse(const ApiError& error) const {
  ModelReply reply;
  reply.status = error.status;
  reply.body = error_body(options_.dialect, error);
  return reply;
}

ModelReply LlmModel::chat_refusal(const ApiError& error) const {
  ModelReply reply = refuse(error);
  reply.receipt = {
      .is_chat = true, .status = error.status, .is_verdict = false, .row = std::nullopt, .usage = {}};
  return reply;
}

ModelReply LlmModel::from_dialect(DialectReply dialect_reply) const {
  ModelReply reply;
  reply.status = dialect_reply.status;
  reply.headers = std::move(dialect_reply.headers);
  reply.body = std::move(dialect_reply.body);
  reply.receipt = {
      .is_chat = true, .status = reply.status, .is_verdict = false, .row = std::nullopt, .usage = {}};
  return reply;
}

ModelReply LlmModel::refuse_key() const { return refuse(wrong_key(options_.dialect)); }

bool LlmModel::is_authorized(std::string_view credential) const {
  return options_.api_key.is_empty() || options_.api_key.reveal() == credential;
}

ModelReply LlmModel::list_models(std::string_view credential, WallTime wall_now) const {
  if (!is_authorized(credential)) return refuse_key();
  ModelReply reply;
  reply.body = models_body(std::chrono::floor<std::chrono::seconds>(wall_now).time_since_epoch().count(),
                           options_.only_model.empty() ? kModelId : std::string_view(options_.only_model));
  return reply;
}

LlmModel::KnownPrompt& LlmModel::know_prompt(std::string_view system_text) {
  // Compared whole: a memcmp of 8 KB costs less than any hash of it.
  const auto found = std::ranges::find(prompts_, system_text, &KnownPrompt::text);
  if (found != prompts_.end()) {
    found->used_at_number = number_;
    return *found;
  }
  KnownPrompt known{std::string(system_text), read_system_prompt(system_text), std::nullopt, number_};
  if (prompts_.size() < kMaxKnownPrompts) return prompts_.emplace_back(std::move(known));
  KnownPrompt& oldest = *std::ranges::min_element(prompts_, {}, &KnownPrompt::used_at_number);
  oldest = std::move(known);
  return oldest;
}

void LlmModel::tell_limits(std::string& headers) const {
  append_limit_headers(headers, options_.dialect, quotas_.told());
}

std::optional<ModelReply> LlmModel::refuse_by_quota(const ChatRequest& request, TimePoint now,
                                                    Duration latency) {
  // OpenAI charges the larger of the completion cap and the characters / 4, whatever the real tokens are.
  const std::uint64_t charge =
      std::max<std::uint64_t>(request.max_output_tokens.value_or(0), request.content_characters / 4 + 1);
  const std::optional<Quotas::Refusal> refusal = quotas_.admit(charge, now, now + latency);
  if (!refusal) {
    if (options_.tpm > 0) ledger_.note_charge(now, charge);
    return std::nullopt;
  }
  ledger_.note_rate_refusal();
  switch (refusal->kind) {
    case Quotas::Kind::never_fits:
      return from_dialect(too_large_reply(options_.dialect, request.model, refusal->told.limit, charge));
    case Quotas::Kind::at_a_time:
      return chat_refusal(too_many_at_once(options_.dialect, refusal->told.limit));
    case Quotas::Kind::rate:
      break;
  }
  ModelReply reply = from_dialect(rate_limit_reply(options_.dialect, request.model, refusal->told));
  tell_limits(reply.headers);
  return reply;
}

std::optional<ModelReply> LlmModel::meet_outage(TimePoint now) {
  if (!first_request_at_) first_request_at_ = now;
  const std::optional<OutageKind> outage = options_.outages.at(now - *first_request_at_);
  if (!outage) return std::nullopt;
  ledger_.note_outage();
  if (*outage == OutageKind::server_error) {
    return chat_refusal(
        {.status = 500,
         .message = "The server had an error while processing your request. Sorry about that!",
         .type = "server_error"});
  }
  ModelReply reply;
  reply.delivery = *outage == OutageKind::hang ? Delivery::never : Delivery::refused;
  reply.receipt.is_chat = true;
  reply.receipt.status = 0;
  return reply;
}

Duration LlmModel::latency_of(std::uint64_t number) const {
  Random random(options_.seed + number * kStreamStep);
  random.uniform(), random.next();  // its fate
  return options_.latency.draw(random);
}

// What is refused here has no number and no fate.
std::expected<LlmModel::Understood, ModelReply> LlmModel::understand(std::string_view body) {
  Result<ChatRequest> request = reader_.read(body);
  if (!request) return std::unexpected(chat_refusal({.message = request.error().message}));
  if (!options_.only_model.empty() && request->model != options_.only_model) {
    return std::unexpected(chat_refusal(unknown_model(options_.dialect, request->model)));
  }
  const ParameterPolicy policy{
      .dialect = options_.dialect, .prompt_cache = options_.prompt_cache, .refused = options_.refused};
  if (const auto refused = refused_parameter(*request, policy)) {
    ledger_.note_parameter_refusal();
    return std::unexpected(chat_refusal(*refused));
  }
  ignore_parameters(*request, options_.dialect);
  KnownPrompt& known = know_prompt(request->system_text);
  if (request->parameters.has(Parameter::json_object) && !known.prompt.mentions_json &&
      !fold_letters(request->user_text).contains("json")) {
    return std::unexpected(chat_refusal(
        {.message = "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
                    "'json_object'.",
         .param = "messages"}));
  }
  return Understood{*request, &known};
}

ModelReply LlmModel::answer_chat(std::string_view body, std::string_view credential, TimePoint now,
                                 WallTime wall_now) {
  ledger_.note_request(wall_now);
  if (!are_windows_aligned_) {
    quotas_.align_windows(Duration(wall_now.time_since_epoch()) - now.time_since_epoch());
  }
  are_windows_aligned_ = true;
  if (auto down = meet_outage(now)) return *std::move(down);
  if (!is_authorized(credential)) return chat_refusal(wrong_key(options_.dialect));
  const std::expected<Understood, ModelReply> understood = understand(body);
  if (!understood) return understood.error();
  const ChatRequest& request = understood->request;
  const std::uint64_t number = ++number_;
  Random random(options_.seed + number * kStreamStep);
  const Fault fault = options_.faults.fate(random.uniform());
  const std::uint64_t chance = random.next();
  const Duration latency = options_.latency.draw(random);

  const std::optional<RowQuestion> question = read_row_question(request.user_text);
  Receipt receipt{.is_chat = true, .status = 200, .is_verdict = false, .row = std::nullopt, .usage = {}};
  if (question) receipt.row = ledger_.note_row(question->row_text);
  if (auto refused = refuse_by_quota(request, now, latency)) {
    refused->receipt.row = receipt.row;
    return *std::move(refused);
  }
  if (has_no_room_for_flex(request)) {
    ModelReply reply = chat_refusal({.status = 429,
                                     .message = "Resource unavailable: there is not enough capacity for "
                                                "service tier flex. Please try again later, or use the "
                                                "default tier.",
                                     .type = "resource_unavailable",
                                     .code = "resource_unavailable"});
    reply.receipt.row = receipt.row;
    return reply;
  }
  ledger_.note_latency(latency);
  if (fault != Fault::none) ledger_.note_fault(fault);
  const std::int64_t created = std::chrono::floor<std::chrono::seconds>(wall_now).time_since_epoch().count();
  Work work{request, *understood->known, question, now, created, number, chance, latency, receipt};
  ModelReply reply = fault == Fault::none ? reply_with_verdict(work) : reply_with_fault(work, fault);
  finish(work, reply);
  return reply;
}

bool LlmModel::has_no_room_for_flex(const ChatRequest& request) {
  if (!request.is_flex) return false;
  ++flex_requests_;
  return options_.flex_unavailable_every > 0 && flex_requests_ % options_.flex_unavailable_every == 0;
}

void LlmModel::finish(Work& work, ModelReply& reply) const {
  fmt::format_to(std::back_inserter(reply.headers),
                 "x-request-id: req_sim_{}\r\nopenai-processing-ms: {}\r\n", work.number,
                 std::chrono::duration_cast<std::chrono::milliseconds>(reply.delay).count());
  tell_limits(reply.headers);
}

ModelReply LlmModel::complete(Work& work, std::optional<std::string_view> content,
                              std::string_view finish_reason) {
  const ChatRequest& request = work.request;
  // An answer never has more tokens than its cap: it is cut, as a model's would be.
  if (content && request.max_output_tokens && count_tokens(*content) > *request.max_output_tokens) {
    content = cut_to_tokens(*content, *request.max_output_tokens);
    finish_reason = "length";
  }
  if (!work.known.schema_tokens) work.known.schema_tokens = reader_.count_schema_tokens();
  const bool has_schema = request.parameters.has(Parameter::json_schema);
  // The schema stands before the system message and is part of the cached prefix.
  const std::uint64_t prefix_tokens =
      work.known.prompt.tokens + (has_schema ? *work.known.schema_tokens : 0) + kTokensPerMessage;
  domain::Usage& usage = work.receipt.usage;
  usage.input = prefix_tokens + count_tokens(request.user_text) + kTokensPerMessage * request.messages;
  if (!work.is_batch_line) count_cached(work, prefix_tokens, usage);
  usage.output = content ? count_tokens(*content) : 0;
  if (options_.prices) {
    const std::optional<domain::TokenPrices> prices = options_.prices(request.model);
    if (prices && request.is_flex) work.receipt.cost = domain::cost_of(usage, domain::half_of(*prices));
    if (prices && !request.is_flex) work.receipt.cost = domain::cost_of(usage, *prices);
    work.receipt.is_flex = request.is_flex;
  }

  ModelReply reply;
  reply.delay = work.latency;
  reply.body = completion_body({.number = work.number,
                                .created = work.created,
                                .content = content,
                                .refusal = std::nullopt,
                                .finish_reason = finish_reason,
                                .has_choices = true,
                                .usage = usage,
                                .is_flex = request.is_flex});
  work.receipt.is_verdict = finish_reason == "stop" && work.question.has_value();
  reply.receipt = work.receipt;
  return reply;
}

void LlmModel::count_cached(const Work& work, std::uint64_t prefix_tokens, domain::Usage& usage) {
  const ChatRequest& request = work.request;
  if (!PrefixCache::is_cacheable(prefix_tokens)) return;
  const bool has_schema = request.parameters.has(Parameter::json_schema);
  usage.cached_input = prefixes_.look_up({.cache_key = request.prompt_cache_key,
                                          .prefix = work.known.prompt.fingerprint + (has_schema ? 1U : 0U),
                                          .prefix_tokens = prefix_tokens,
                                          .now = work.now,
                                          .prefilled_at = work.now + work.latency / kPrefillShare});
  ledger_.note_prompt_cache(work.now, usage.cached_input > 0);
  if (options_.prompt_cache != PromptCacheKind::explicit_breakpoint) return;
  // Writing costs: the marked prefix once, and without "explicit" each row's own end as well.
  if (request.has_cache_breakpoint && usage.cached_input == 0) usage.cache_write = prefix_tokens;
  if (!request.caches_explicitly_only) usage.cache_write = usage.input - usage.cached_input;
}

std::string make_content(const SystemPrompt& prompt, const ChatRequest& request,
                         const std::optional<RowQuestion>& question, bool is_gullible) {
  const bool with_objects = request.parameters.has(Parameter::json_schema) ? !request.wants_string_issues
                                                                           : prompt.asks_for_issue_objects;
  if (question && is_gullible)
    return verdict_json({.is_valid = true, .issues = {}, .rewrite_suggestion = {}}, with_objects,
                        question->code);
  if (question) return verdict_json(judge(prompt, *question), with_objects, question->code);
  const bool wants_json =
      request.parameters.has(Parameter::json_schema) || request.parameters.has(Parameter::json_object);
  static constexpr std::string_view kNoRow =
      "This is a simulation, not a model: it judges rows of a status sheet only, and found none in this "
      "request.";
  if (!wants_json) return std::string(kNoRow);
  domain::Verdict verdict;
  verdict.issues.push_back({std::string(kNoRow), std::nullopt, domain::Severity::critical, std::nullopt});
  return verdict_json(verdict, with_objects, {});
}

ModelReply LlmModel::reply_with_verdict(Work& work) {
  return complete(work, make_content(work.known.prompt, work.request, work.question, options_.is_gullible),
                  "stop");
}

}  // namespace sv::sim
