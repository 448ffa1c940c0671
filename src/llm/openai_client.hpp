// Asks one model of one OpenAI-compatible provider about one row: question → request → reply → Answer.
//
// No retries here but one: a field that the provider refuses (400 naming it) is left out, at once and for
// good, and remembered for later runs. Bounded: each refusal takes something away, and after kMaxRefusals the
// error stands.
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "cost/spending_limit.hpp"
#include "domain/sent_mark.hpp"
#include "domain/token_prices.hpp"
#include "limits/rate_headers.hpp"
#include "llm/capabilities.hpp"
#include "llm/charge_scale.hpp"
#include "llm/chat_reply.hpp"
#include "llm/flex_tier.hpp"
#include "llm/prompt_cache_keys.hpp"
#include "llm/prompt_cache_watch.hpp"
#include "llm/prompt_tokens.hpp"
#include "llm/request_body.hpp"
#include "llm/usage_history.hpp"
#include "ports/http_transport.hpp"
#include "ports/learnt_facts.hpp"
#include "ports/llm_client.hpp"
#include "ports/run_journal.hpp"
#include "ports/run_observer.hpp"
#include "prompt/question.hpp"

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace sv::llm {

struct OpenAiProvider {
  std::string name;
  std::string model;
  std::string base_url;
  Secret api_key;
  std::string organization;
  std::string http_referer;
  std::string x_title;
  std::optional<double> temperature;
  std::uint32_t max_output_tokens = 1024;
  Duration request_timeout = std::chrono::seconds(60);
  bool is_reasoning_wanted = true;
  std::optional<domain::TokenPrices> prices = std::nullopt;       // empty: not known
  bool is_flex = false;                                           // asks at the flex tier where it can
  std::optional<domain::TokenPrices> flex_prices = std::nullopt;  // likewise; empty: half of `prices`
};

// Told what each reply says about the provider's limits, and when its request was sent (Ask::sent).
using RateListener = std::function<void(const limits::RateHeaders&, domain::SentMark)>;

// Everything outlives the client.
struct OpenAiClientContext {
  ports::HttpTransport& transport;
  const prompt::QuestionBuilder& question;
  ports::LearntFacts& facts;
  ports::RunObserver& observer;
  Clock& clock;
  // Every request is written down there before it is sent. Null: nowhere (runs in virtual time).
  ports::RunJournal* journal = nullptr;
  // What the run may spend. Null: anything.
  cost::SpendingLimit* spending = nullptr;
};

class OpenAiClient final : public ports::LlmClient {
 public:
  OpenAiClient(OpenAiProvider provider, OpenAiClientContext context, RateListener on_rate_headers = {});

  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override;

  // What the provider reckons a request to cost of its LLM tokens per minute: the larger of the completion
  // cap and what the prompt is reckoned to have (openai-api.md §6.1). Fixes the cap.
  std::uint64_t token_charge(ports::Ask& ask);

  // The same before any row is known: for one of a few hundred tokens.
  std::uint64_t usual_charge() const;

  // The question as the body of a line of a Batch API file, and the most that it can cost there; nothing: its
  // price is not known.
  struct BatchLine {
    std::string body;
    std::optional<domain::Money> most;
  };
  BatchLine batch_line(const domain::Row& row, prompt::RowCode code);
  // What a line was answered, and what it cost.
  struct BatchReply {
    Result<domain::SharedAnswer> answer;
    domain::Usage usage;
    std::optional<domain::Money> cost;
    // The provider refused a field, and lines will be made without it from now on.
    bool is_adapted = false;
  };
  BatchReply read_batch_reply(const ports::HttpResponse& response, prompt::RowCode code,
                              const Capabilities& asked_with);

  // Whether the provider caches the static part of the question, as far as is known.
  bool has_cacheable_prefix() const;

  // Hands what is learnt along the way (how the provider counts tokens) to the facts; for the end of the run.
  void save_learnt();

  const Capabilities& capabilities() const { return capabilities_; }
  const OpenAiProvider& provider() const { return provider_; }

  // When the oldest of the requests in flight was sent; nothing: none is.
  std::optional<TimePoint> oldest_sent_at() const {
    return in_flight_.empty() ? std::nullopt : std::optional(in_flight_.front());
  }

 private:
  struct Attempt {
    Result<domain::SharedAnswer> answer;
    std::string refused_parameter;
    std::string refusal_text;
    domain::Usage usage = {};  // as the provider counted; zero: it did not say
    bool is_flex = false;      // billed at the flex tier
    bool is_flex_unavailable = false;
  };
  // What a request takes with it, to be accounted for at its end.
  struct Account {
    ports::RequestNumber number = 0;
    std::optional<domain::Money> reserved = std::nullopt;  // empty: money is not limited
  };
  boost::asio::awaitable<Result<Account>> open_account(const ports::Ask& ask);
  boost::asio::awaitable<Attempt> attempt(ports::Ask ask, Deadline deadline, Account account, bool is_flex);
  Attempt read(const ports::HttpResponse& response, prompt::RowCode code, const Account& account,
               bool is_flex);
  Attempt interpret(const ports::HttpResponse& response, prompt::RowCode code);
  std::optional<domain::Money> cost_of(const domain::Usage& usage, bool is_flex) const;
  // False when the refusal is about nothing that can be changed.
  bool adapt(const Attempt& refused, const Capabilities& asked_with);
  void remember(const Capabilities& learnt);
  void learn_charge(const ports::Ask& ask, const limits::RateHeaders& told, std::string_view body);
  void learn_caching(const PromptCacheKeys::Use& use, const domain::Usage& usage);
  void report(const Attempt& attempt, int http_status, Duration latency, const domain::Usage& usage,
              const Account& account);
  // The cap of the settings, or a tighter one that is learnt of this rulebook's answers; a reply that was cut
  // off is asked for with that of the settings, times `cap_factor`.
  std::uint32_t completion_cap(const domain::Row& row, std::uint32_t cap_factor);
  std::uint64_t most_completion_tokens(std::uint32_t cap_factor) const;
  std::string_view today();

  OpenAiProvider provider_;
  OpenAiClientContext context_;
  RateListener on_rate_headers_;
  std::shared_ptr<const ports::HttpEndpoint> endpoint_;
  std::string fact_name_;
  Capabilities capabilities_;
  PromptTokens tokens_;
  ChargeScale charge_scale_;
  std::string charge_name_;
  UsageHistory history_;  // with this rulebook
  std::string history_name_;
  PromptCacheKeys cache_keys_;
  PromptCacheWatch cache_watch_;
  FlexTier flex_;
  std::optional<RequestBody> body_;
  std::list<TimePoint> in_flight_;  // when each was sent, oldest first
  std::string user_text_;           // reused between requests; only used between two suspensions
  std::string today_line_;          // valid until today_ends_
  WallTime today_ends_{};
};

}  // namespace sv::llm
