#include "domain/token_prices.hpp"

#include <algorithm>
#include <limits>

namespace sv::domain {

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

Money cost_of_class(std::uint64_t tokens, TokenPrice price, Currency currency) {
  std::int64_t cost = 0;
  if (__builtin_mul_overflow(tokens, price, &cost)) cost = kMost;
  return {cost, currency};
}

}  // namespace

Money cost_of(const Usage& usage, const TokenPrices& prices) {
  const std::uint64_t cached = std::min(usage.cached_input, usage.input);
  const std::uint64_t written = std::min(usage.cache_write, usage.input - cached);
  Money cost = cost_of_class(usage.input - cached - written, prices.input, prices.currency);
  cost += cost_of_class(cached, prices.cached_input.value_or(prices.input), prices.currency);
  cost += cost_of_class(written, prices.cache_write.value_or(prices.input), prices.currency);
  cost += cost_of_class(usage.output, prices.output, prices.currency);
  return cost;
}

TokenPrices half_of(const TokenPrices& prices) {
  const auto half = [](TokenPrice price) { return price / 2 + price % 2; };
  TokenPrices halved = prices;
  halved.input = half(prices.input);
  halved.output = half(prices.output);
  if (prices.cached_input) halved.cached_input = half(*prices.cached_input);
  if (prices.cache_write) halved.cache_write = half(*prices.cache_write);
  return halved;
}

}  // namespace sv::domain
