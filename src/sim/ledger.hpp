// What the simulated provider was asked and what it answered: the proof that no row was lost or asked twice.
#pragma once

#include "base/time.hpp"
#include "domain/money.hpp"
#include "domain/usage.hpp"
#include "sim/fault.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sv::sim {

// What to note when a reply has left (or could not).
struct Receipt {
  bool is_chat = false;     // other requests are not in the ledger
  int status = 0;           // 0: no whole reply is meant to arrive
  bool is_verdict = false;  // a usable answer about a row
  std::optional<std::uint64_t> row;
  domain::Usage usage = {};
  bool is_flex = false;
  std::optional<domain::Money> cost = std::nullopt;  // of the usage, online; nothing: no price is known
};

// What became of the Batch API's jobs.
struct BatchCounts {
  std::uint64_t created = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t expired = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t lines = 0;        // that were answered, well or not
  std::uint64_t line_errors = 0;  // of them: in an error file
};

class Ledger {
 public:
  void note_request(WallTime at);
  // Which row a request is about; `row_text` is its line of JSON in the prompt.
  std::uint64_t note_row(std::string_view row_text);
  void note_fault(Fault fault) { ++by_fault_[static_cast<std::size_t>(fault)]; }
  void note_latency(Duration latency);
  // A request whose prefix is long enough to be cached.
  void note_prompt_cache(TimePoint at, bool is_hit);
  void note_rate_refusal() { ++rate_refusals_; }
  // A request that a limit on LLM tokens let through, and what it took of it.
  void note_charge(TimePoint at, std::uint64_t tokens);
  void note_outage() { ++outage_requests_; }
  void note_parameter_refusal() { ++parameter_refusals_; }

  // Exactly one of the two ends every noted request.
  void note_sent(const Receipt& receipt);
  void note_lost(const Receipt& receipt);  // the client went away first
  // An answer in an output file: it was no request and never in flight, and costs half.
  void note_batch_line(const Receipt& receipt);
  BatchCounts& batches() { return batches_; }
  const BatchCounts& batches() const { return batches_; }
  // Forgets everything but what is in flight.
  void reset();

  std::uint64_t requests() const { return requests_; }
  std::uint64_t verdicts() const { return verdicts_; }
  std::uint64_t in_flight() const { return in_flight_; }
  std::uint64_t max_in_flight() const { return max_in_flight_; }
  std::size_t distinct_rows() const { return rows_.size(); }
  // Requests that came while the provider was down.
  std::uint64_t outage_requests() const { return outage_requests_; }
  // When each request came, in seconds since the first, in order.
  const std::vector<float>& arrivals() const { return arrivals_; }
  struct Charges {
    std::uint64_t tokens = 0;
    TimePoint first_at{};
    TimePoint last_at{};
  };
  // What was taken of a limit on LLM tokens; nothing when there is no such limit.
  const std::optional<Charges>& charges() const { return charges_; }
  // Rows that got more than one usable answer.
  std::size_t rows_answered_again() const;
  std::uint64_t count_status(int status) const;
  // What a provider would bill: of every answer that was made, also of those that nobody received.
  const domain::Usage& billed() const { return billed_; }
  // The same in money: of chat requests, and of the lines of batches.
  const domain::Costs& online_bill() const { return online_bill_; }
  const domain::Costs& batch_bill() const { return batch_bill_; }
  struct PromptCacheCount {
    std::uint64_t requests = 0;
    std::uint64_t hits = 0;
  };
  // For each minute since the first such request, the last one for all later ones too.
  const std::vector<PromptCacheCount>& prompt_cache_by_minute() const { return prompt_cache_; }
  std::uint64_t count_fault(Fault fault) const { return by_fault_[static_cast<std::size_t>(fault)]; }

  // One JSON object; the rows and the latencies (milliseconds) and times of arrival (seconds), both in
  // order of arrival, only when asked for.
  std::string to_json(bool with_rows, bool with_latencies) const;

 private:
  void note_verdict(const Receipt& receipt);
  void note_cost(const Receipt& receipt);
  struct RowCount {
    std::string text;  // empty beyond the bound
    std::uint32_t asked = 0;
    std::uint32_t answered = 0;
  };

  std::uint64_t requests_ = 0;
  std::uint64_t verdicts_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t max_in_flight_ = 0;
  std::uint64_t rate_refusals_ = 0;
  std::uint64_t outage_requests_ = 0;
  std::uint64_t parameter_refusals_ = 0;
  std::uint64_t rows_not_kept_ = 0;
  std::optional<WallTime> first_request_;
  std::optional<TimePoint> first_cacheable_;
  std::optional<Charges> charges_;
  std::vector<PromptCacheCount> prompt_cache_;
  std::map<int, std::uint64_t> by_status_;
  std::array<std::uint64_t, kFaultCount> by_fault_{};
  domain::Usage usage_;
  domain::Usage billed_;
  domain::Costs online_bill_;
  domain::Costs batch_bill_;
  std::uint64_t flex_answers_ = 0;
  std::uint64_t unpriced_ = 0;  // answers with usage and no price
  BatchCounts batches_;
  std::unordered_map<std::uint64_t, RowCount> rows_;
  std::vector<float> latencies_;
  std::vector<float> arrivals_;
};

}  // namespace sv::sim
