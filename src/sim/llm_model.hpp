// The simulated provider without a network: a request body in, a reply and its delay out. Time and seed are
// passed in, nothing is read from outside, so that a run can be played again and in virtual time.
//
//   outage           500, no reply, or none ever
//   key wrong        401 at once (or what the dialect says)
//   no such model    404 at once, likewise
//   body unreadable  400 at once; parameter refused: 400 at once; these have no number and no fate
//   no quota left    429 at once
//   else             the fate of this number: a fault, or a verdict after the drawn latency
#pragma once

#include "base/random.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "domain/token_prices.hpp"
#include "sim/chat_request.hpp"
#include "sim/dialect.hpp"
#include "sim/fault.hpp"
#include "sim/latency.hpp"
#include "sim/ledger.hpp"
#include "sim/outage.hpp"
#include "sim/prefix_cache.hpp"
#include "sim/question_text.hpp"
#include "sim/quotas.hpp"
#include "sim/rate_limiter.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

struct LlmOptions {
  Latency latency;  // zero
  std::uint64_t seed = 1;
  FaultPlan faults;
  OutagePlan outages;
  std::uint64_t rpm = 0;  // 0: no limit
  std::uint64_t tpm = 0;
  std::uint64_t rpd = 0;                        // requests per day; 0: as many as is usual in the dialect
  LimiterKind limiter = LimiterKind::bucket60;  // what enforces rpm
  LimiterKind token_limiter = LimiterKind::bucket60;  // and tpm
  std::uint64_t concurrency = 0;  // of LimiterKind::concurrency, which does not enforce rpm; 0: no limit
  LimitHeaders limit_headers = LimitHeaders::enforced;
  bool rejects_count = false;  // a refused request takes a request of the quota too
  Dialect dialect = Dialect::openai;
  ParameterSet refused;
  PromptCacheKind prompt_cache = PromptCacheKind::automatic;
  Secret api_key;               // empty: any key, or none, is accepted
  std::string only_model = {};  // empty: any model's name is accepted
  // It takes each row's text for an order to approve it: whatever is wrong, the verdict is that all is well.
  bool is_gullible = false;
  // What a rate-limit fault (not a real limit) asks to wait.
  Duration fault_wait = std::chrono::seconds(1);
  // Of the requests at the flex tier every so many-th is refused: there is no room. 0: none.
  std::uint64_t flex_unavailable_every = 0;
  // For the bill: what a model's tokens cost online. Empty, or nothing for a model: its answers stand in the
  // bill without a price.
  std::function<std::optional<domain::TokenPrices>(std::string_view model)> prices = {};
};

enum class Delivery : std::uint8_t {
  whole,
  cut_short,     // half of the body, then the connection is closed
  reset_midway,  // half of the body, then the connection is reset
  refused,       // the connection is closed without a byte
  dropped,       // the connection is reset without a byte when the reply would begin
  dripping,      // a byte a second
  oversized,     // kOversizedReply spaces instead of the body
  endless,       // spaces without end
  bomb,          // gzip that unpacks to kOversizedReply
  bad_chunk,     // chunked, and the length of the first chunk is none
  never,
};

// More than any client should take: eight times what ours does.
inline constexpr std::size_t kOversizedReply = std::size_t{64} << 20U;

struct ModelReply {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string headers;  // further lines, each with CRLF
  std::string body;
  Duration delay{};  // from the arrival of the request
  Delivery delivery = Delivery::whole;
  Receipt receipt;  // to be handed to the ledger when the reply has left
};

class LlmModel {
 public:
  explicit LlmModel(LlmOptions options);

  // `credential` is the key that the client sent, empty for none.
  ModelReply answer_chat(std::string_view body, std::string_view credential, TimePoint now,
                         WallTime wall_now);
  // A line of a Batch API file, its `body`: the same answer as online, and in the ledger at half the price;
  // without the limits, faults, outages, latency and prompt cache of online requests. The receipt is noted.
  ModelReply answer_batch_line(std::string_view body, WallTime wall_now);
  ModelReply list_models(std::string_view credential, WallTime wall_now) const;
  ModelReply refuse(const ApiError& error) const;
  ModelReply refuse_key() const;
  bool is_authorized(std::string_view credential) const;
  // Everything as at the start: request numbers, quotas, prompt cache, ledger.
  void reset();

  // How long the request of that number (from 1; those that are refused by a quota count) takes when it is
  // answered.
  Duration latency_of(std::uint64_t number) const;

  const LlmOptions& options() const { return options_; }
  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }

 private:
  struct KnownPrompt {
    std::string text;
    SystemPrompt prompt;
    // Of the schema that came with it, counted when first seen.
    std::optional<std::uint64_t> schema_tokens;
    std::uint64_t used_at_number = 0;
  };
  // One request while it is worked on.
  struct Work;
  struct Understood {
    ChatRequest request;
    KnownPrompt* known;
  };

  std::optional<ModelReply> meet_outage(TimePoint now);
  std::expected<Understood, ModelReply> understand(std::string_view body);
  std::optional<ModelReply> refuse_by_quota(const ChatRequest& request, TimePoint now, Duration latency);
  void tell_limits(std::string& headers) const;
  KnownPrompt& know_prompt(std::string_view system_text);
  ModelReply reply_with_fault(Work& work, Fault fault);
  ModelReply reply_with_verdict(Work& work);
  bool has_no_room_for_flex(const ChatRequest& request);
  ModelReply chat_refusal(const ApiError& error) const;
  ModelReply from_dialect(DialectReply reply) const;
  ModelReply complete(Work& work, std::optional<std::string_view> content, std::string_view finish_reason);
  void finish(Work& work, ModelReply& reply) const;
  void count_cached(const Work& work, std::uint64_t prefix_tokens, domain::Usage& usage);

  LlmOptions options_;
  std::uint64_t number_ = 0;
  std::uint64_t batch_lines_ = 0;
  std::uint64_t flex_requests_ = 0;
  bool are_windows_aligned_ = false;
  std::optional<TimePoint> first_request_at_;
  Quotas quotas_;
  PrefixCache prefixes_;
  ChatRequestReader reader_;
  std::vector<KnownPrompt> prompts_;
  Ledger ledger_;
};

}  // namespace sv::sim
