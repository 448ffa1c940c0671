#include "cost/spending_limit.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sv::cost {

namespace {

// Of the second request on 99 of 100 estimates are within a twentieth (docs/performance.md); a fifth more and
// a hundred tokens cover the first, and templates that a server puts around the messages.
constexpr std::uint64_t kSpareShare = 5;
constexpr std::uint64_t kSpareTokens = 100;

}  // namespace

boost::asio::awaitable<bool> SpendingLimit::reserve(domain::Money most, bool may_wait) {
  for (;;) {
    if (limits_.most_requests && requests_ >= *limits_.most_requests) is_reached_ = true;
    if (is_reached_) co_return false;
    if (fits(most)) break;
    if (in_flight_ == 0) {
      is_reached_ = true;
      queue_.notify_all();
      co_return false;
    }
    if (!may_wait) co_return false;
    co_await queue_.wait();
  }
  ++in_flight_;
  ++requests_;
  if (limits_.most) reserved_ += most;
  // Whoever was woken together with this one may fit too.
  queue_.notify_one();
  co_return true;
}

void SpendingLimit::settle(const domain::Money& reserved, const domain::Money& charged) {
  SV_ASSERT(in_flight_ > 0, "what is settled has been reserved");
  --in_flight_;
  if (limits_.most) {
    reserved_ += domain::Money(-reserved.trillionths(), reserved.currency());
    spent_ += charged;
  }
  if (in_flight_ == 0) {
    queue_.notify_all();
  } else {
    queue_.notify_one();
  }
}

bool SpendingLimit::has_room(const domain::Money& most, std::uint64_t requests) const {
  return fits(most) && (!limits_.most_requests || requests_ + requests <= *limits_.most_requests);
}

void SpendingLimit::hold(const domain::Money& most, std::uint64_t requests) {
  requests_ += requests;
  if (counts(most)) reserved_ += most;
}

void SpendingLimit::settle_held(const domain::Money& held, const domain::Money& charged,
                                std::uint64_t given_back) {
  requests_ -= std::min(requests_, given_back);
  if (counts(held)) reserved_ += domain::Money(-held.trillionths(), held.currency());
  if (counts(charged)) spent_ += charged;
  queue_.notify_one();
}

// What an earlier process has held may be of a currency that the prices are not in any more.
bool SpendingLimit::counts(const domain::Money& amount) const {
  return limits_.most && amount.currency() == limits_.most->currency();
}

bool SpendingLimit::fits(const domain::Money& most) const {
  if (!limits_.most) return true;
  domain::Money sum = spent_;
  sum += reserved_;
  sum += most;
  return sum.trillionths() <= limits_.most->trillionths();
}

std::string SpendingLimit::reason() const {
  if (!is_reached_) return {};
  if (limits_.most_requests && requests_ >= *limits_.most_requests) {
    return fmt::format("the limit of {} requests is reached", *limits_.most_requests);
  }
  return fmt::format("the limit of {} {} is reached ({} {} are spent)", domain::to_decimal(*limits_.most),
                     limits_.most->currency().code(), domain::to_decimal(spent_), spent_.currency().code());
}

domain::Money batch_cost(const domain::Money& online) {
  return {online.trillionths() / 2 + online.trillionths() % 2, online.currency()};
}

domain::Money batch_cost(domain::Usage usage, std::string_view model, const domain::TokenPrices& prices) {
  const bool is_o_series = model.size() > 1 && model[0] == 'o' && model[1] >= '0' && model[1] <= '9';
  if (model.starts_with("gpt-4") || is_o_series) usage.cached_input = 0;
  return batch_cost(domain::cost_of(usage, prices));
}

domain::Money expected_batch_cost(domain::Usage online, const domain::TokenPrices& prices) {
  online.cached_input = 0;
  online.cache_write = 0;
  return batch_cost(domain::cost_of(online, prices));
}

domain::Money most_of(std::uint64_t prompt_tokens, std::uint64_t completion_cap,
                      const domain::TokenPrices& prices) {
  domain::TokenPrices dearest = prices;
  dearest.input = std::max({prices.input, prices.cache_write.value_or(0), prices.cached_input.value_or(0)});
  return domain::cost_of(
      {.input = prompt_tokens + prompt_tokens / kSpareShare + kSpareTokens, .output = completion_cap},
      dearest);
}

}  // namespace sv::cost
