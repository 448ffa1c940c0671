// The one place where money is held back: a run never spends more than it may, however many requests are in
// flight, are retried, hedged or sent to another provider.
//
//   reserve(the most that a request can cost) ─▶ request ─▶ settle(what was reserved, what it has cost)
//
// spent + reserved ≤ the limit, always. When a reservation does not fit, whoever asks for it waits: requests
// in flight mostly cost less than the most that they can. When nothing is in flight and it still does not
// fit, the limit is reached, for good and for all.
//
// A request of which nobody knows what became (no reply) is settled at what was reserved: it may have been
// billed. So the provider's bill is never above the sum here, as long as the provider counts as the estimate
// does (most_of() leaves room for that).
//
// One thread.
#pragma once

#include "base/wait_queue.hpp"
#include "domain/money.hpp"
#include "domain/token_prices.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::cost {

class SpendingLimit {
 public:
  struct Limits {
    std::optional<domain::Money> most = std::nullopt;  // empty: any amount
    std::optional<std::uint64_t> most_requests = std::nullopt;
    // By earlier processes of the same run.
    domain::Money spent_before = {};
    std::uint64_t requests_before = 0;
  };
  explicit SpendingLimit(const Limits& limits)
      : limits_(limits), spent_(limits.spent_before), requests_(limits.requests_before) {
    if (limits_.most) reserved_ = domain::Money(0, limits_.most->currency());
    if (limits_.most && spent_.is_zero()) spent_ = reserved_;
  }

  // True: the request may be sent and must be settled. False: a limit is reached. `may_wait`: for what is in
  // flight, if the money for this one is not there now.
  boost::asio::awaitable<bool> reserve(domain::Money most, bool may_wait);
  void settle(const domain::Money& reserved, const domain::Money& charged);

  // For requests that are sent in bulk: whether so much more would fit now.
  bool has_room(const domain::Money& most, std::uint64_t requests) const;
  // Takes it, also when it does not fit: what an earlier process has sent is out already. Held until
  // settle_held(); reserve() does not wait for it.
  void hold(const domain::Money& most, std::uint64_t requests);
  // `given_back`: requests that were not sent after all.
  void settle_held(const domain::Money& held, const domain::Money& charged, std::uint64_t given_back);

  bool is_money_limited() const { return limits_.most.has_value(); }
  bool is_reached() const { return is_reached_; }
  // Requests that wait for money.
  std::size_t waiting() const { return queue_.waiting(); }
  const domain::Money& spent() const { return spent_; }
  std::uint64_t requests() const { return requests_; }
  // Which limit is reached, for people; empty: none.
  std::string reason() const;

 private:
  bool counts(const domain::Money& amount) const;
  bool fits(const domain::Money& most) const;

  Limits limits_;
  domain::Money spent_;
  domain::Money reserved_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t requests_;
  bool is_reached_ = false;
  WaitQueue queue_;
};

// What costs so much online costs half in the Batch API (openai-api.md section 9), rounded up.
domain::Money batch_cost(const domain::Money& online);

// The same of a usage. GPT-4 models and the o-series have no cached price there (openai-api.md section 9):
// what they report as cached is billed as input.
domain::Money batch_cost(domain::Usage usage, std::string_view model, const domain::TokenPrices& prices);

// What these requests are expected to cost as batches, which hardly meet the prompt cache.
domain::Money expected_batch_cost(domain::Usage online, const domain::TokenPrices& prices);

// The most that a request with so many prompt tokens (an estimate) and that completion cap can cost: prompt
// tokens at their dearest class, with room for what an estimate can miss.
domain::Money most_of(std::uint64_t prompt_tokens, std::uint64_t completion_cap,
                      const domain::TokenPrices& prices);

}  // namespace sv::cost
