#include "sim/ledger.hpp"

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "sim/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace sv::sim {

namespace {

// Bounds of memory: about 150 MB when all are reached.
constexpr std::size_t kMaxRows = 2'000'000;
constexpr std::size_t kMaxRowTexts = 20'000;
constexpr std::size_t kMaxLatencies = 1'000'000;
constexpr std::size_t kMaxMinutes = 1'440;

// The first 8 bytes of SHA-256: others can compute it from the row's text, and two of a million rows share it
// with a chance of 3 in 10^8.
std::uint64_t row_key(std::string_view row_text) {
  const Sha256Digest digest = sha256(row_text);
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key = key << 8U | digest[i];
  return key;
}

}  // namespace

void Ledger::note_request(WallTime at) {
  ++requests_;
  max_in_flight_ = std::max(max_in_flight_, ++in_flight_);
  if (!first_request_) first_request_ = at;
  if (arrivals_.size() < kMaxLatencies) {
    arrivals_.push_back(static_cast<float>(to_seconds(Duration(at - *first_request_))));
  }
}

std::uint64_t Ledger::note_row(std::string_view row_text) {
  const std::uint64_t key = row_key(row_text);
  auto found = rows_.find(key);
  if (found == rows_.end()) {
    if (rows_.size() >= kMaxRows) {
      ++rows_not_kept_;
      return key;
    }
    found = rows_.try_emplace(key).first;
    if (rows_.size() <= kMaxRowTexts) found->second.text = row_text;
  }
  ++found->second.asked;
  return key;
}

void Ledger::note_latency(Duration latency) {
  if (latencies_.size() < kMaxLatencies) latencies_.push_back(static_cast<float>(to_seconds(latency) * 1000));
}

void Ledger::note_prompt_cache(TimePoint at, bool is_hit) {
  if (!first_cacheable_) first_cacheable_ = at;
  const auto minute = static_cast<std::size_t>((at - *first_cacheable_) / std::chrono::minutes(1));
  const std::size_t which = std::min(minute, kMaxMinutes - 1);
  if (which >= prompt_cache_.size()) prompt_cache_.resize(which + 1);
  ++prompt_cache_[which].requests;
  if (is_hit) ++prompt_cache_[which].hits;
}

void Ledger::note_charge(TimePoint at, std::uint64_t tokens) {
  if (!charges_) charges_ = Charges{.tokens = 0, .first_at = at, .last_at = at};
  charges_->tokens += tokens;
  charges_->last_at = at;
}

void Ledger::note_sent(const Receipt& receipt) {
  if (!receipt.is_chat) return;
  SV_ASSERT(in_flight_ > 0, "a request ends once");
  --in_flight_;
  if (receipt.status != 0) ++by_status_[receipt.status];
  usage_ += receipt.usage;
  note_cost(receipt);
  note_verdict(receipt);
}

void Ledger::note_cost(const Receipt& receipt) {
  billed_ += receipt.usage;
  if (receipt.is_flex) ++flex_answers_;
  if (receipt.cost) {
    online_bill_.add(*receipt.cost);
  } else if (receipt.usage.input > 0) {
    ++unpriced_;
  }
}

void Ledger::note_batch_line(const Receipt& receipt) {
  usage_ += receipt.usage;
  billed_ += receipt.usage;
  if (receipt.cost) {
    // Half of the sum and not of each price: prices per token need not be even.
    batch_bill_.add(domain::Money((receipt.cost->trillionths() + 1) / 2, receipt.cost->currency()));
  } else {
    ++unpriced_;
  }
  note_verdict(receipt);
}

void Ledger::note_verdict(const Receipt& receipt) {
  if (!receipt.is_verdict) return;
  ++verdicts_;
  if (!receipt.row) return;
  const auto found = rows_.find(*receipt.row);
  if (found != rows_.end()) ++found->second.answered;
}

void Ledger::note_lost(const Receipt& receipt) {
  if (!receipt.is_chat) return;
  SV_ASSERT(in_flight_ > 0, "a request ends once");
  --in_flight_;
  ++lost_;
  note_cost(receipt);
}

void Ledger::reset() {
  const std::uint64_t still_in_flight = in_flight_;
  *this = Ledger();
  in_flight_ = still_in_flight;
  max_in_flight_ = still_in_flight;
}

std::size_t Ledger::rows_answered_again() const {
  return static_cast<std::size_t>(
      std::count_if(rows_.begin(), rows_.end(), [](const auto& entry) { return entry.second.answered > 1; }));
}

std::uint64_t Ledger::count_status(int status) const {
  const auto found = by_status_.find(status);
  return found == by_status_.end() ? 0 : found->second;
}

namespace {

std::string costs_json(const domain::Costs& costs) {
  std::string out = "{";
  for (const domain::Money& amount : costs.amounts()) {
    fmt::format_to(std::back_inserter(out), R"({}"{}":{})", out.size() == 1 ? "" : ",",
                   amount.currency().code(), domain::to_decimal(amount));
  }
  return out + "}";
}

}  // namespace

std::string Ledger::to_json(bool with_rows, bool with_latencies) const {
  std::string out;
  const auto add = [&out]<typename... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  };
  add(R"({{"simulation":true,"requests":{},"verdicts":{},"lost":{},"rate_limited":{},"refused_parameters":{},"in_outage":{})",
      requests_, verdicts_, lost_, rate_refusals_, parameter_refusals_, outage_requests_);
  add(R"(,"in_flight":{{"now":{},"max":{}}},"by_status":{{)", in_flight_, max_in_flight_);
  std::string_view comma;
  for (const auto& [status, count] : by_status_) {
    add(R"({}"{}":{})", comma, status, count);
    comma = ",";
  }
  out += R"(},"by_fault":{)";
  comma = "";
  for (std::size_t i = 1; i < kFaultCount; ++i) {
    if (by_fault_[i] == 0) continue;
    add(R"({}"{}":{})", comma, to_string(static_cast<Fault>(i)), by_fault_[i]);
    comma = ",";
  }
  add(R"(}},"tokens":{{"input":{},"cached_input":{},"output":{}}})", usage_.input, usage_.cached_input,
      usage_.output);
  add(R"(,"billed":{{"input":{},"cached_input":{},"output":{}}})", billed_.input, billed_.cached_input,
      billed_.output);
  add(R"(,"flex_answers":{})", flex_answers_);
  add(R"(,"bill":{{"online":{},"batch":{},"answers_without_price":{}}})", costs_json(online_bill_),
      costs_json(batch_bill_), unpriced_);
  add(R"(,"batches":{{"created":{},"completed":{},"failed":{},"expired":{},"cancelled":{},"lines":{},"line_errors":{}}})",
      batches_.created, batches_.completed, batches_.failed, batches_.expired, batches_.cancelled,
      batches_.lines, batches_.line_errors);
  out += R"(,"prompt_cache_by_minute":[)";
  comma = "";
  for (const PromptCacheCount& minute : prompt_cache_) {
    add(R"({}{{"requests":{},"hits":{}}})", comma, minute.requests, minute.hits);
    comma = ",";
  }
  out += ']';
  add(R"(,"rows":{{"distinct":{},"answered_again":{},"not_kept":{}}},"first_request_unix_ms":{})",
      rows_.size(), rows_answered_again(), rows_not_kept_,
      first_request_ ? first_request_->time_since_epoch().count() : 0);
  if (with_rows) {
    out += R"(,"row_answers":[)";
    comma = "";
    for (const auto& [key, row] : rows_) {
      add(R"({}{{"row":)", comma);
      comma = ",";
      if (row.text.empty()) {
        out += "null";
      } else {
        append_json_string(out, row.text);
      }
      add(R"(,"key":"{:016x}","asked":{},"answered":{}}})", key, row.asked, row.answered);
    }
    out += ']';
  }
  if (with_latencies) {
    out += R"(,"latencies_ms":[)";
    comma = "";
    for (const float latency : latencies_) {
      add("{}{:g}", comma, latency);
      comma = ",";
    }
    out += R"(],"arrivals_s":[)";
    comma = "";
    for (const float arrival : arrivals_) {
      add("{}{:g}", comma, arrival);
      comma = ",";
    }
    out += ']';
  }
  out += '}';
  return out;
}

}  // namespace sv::sim
