// What a model's tokens cost. Four classes, priced apart: figures that ignore cached or reasoning tokens are
// wrong by factors (peers-and-pains.md, pain 14).
#pragma once

#include "domain/money.hpp"
#include "domain/usage.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sv::domain {

// Prices are per million tokens in millionths of the currency's unit, as in "$0.075" = 75,000; that is the
// same number as 10⁻¹² of the unit for each token.
using TokenPrice = std::int64_t;

struct TokenPrices {
  TokenPrice input = 0;
  std::optional<TokenPrice> cached_input = std::nullopt;  // empty: as input
  std::optional<TokenPrice> cache_write = std::nullopt;   // empty: as input
  TokenPrice output = 0;                                  // reasoning counts as output
  Currency currency = {};
};

// Exact. `usage` is a provider's word: a part larger than its whole counts as the whole.
Money cost_of(const Usage& usage, const TokenPrices& prices);

// Half of each price, rounded up: OpenAI's flex tier (openai-api.md section 9).
TokenPrices half_of(const TokenPrices& prices);

// The prices of one model, and where they are from.
struct ModelPrices {
  std::string model;     // as in requests
  std::string base_url;  // of the API; empty: wherever the model is asked
  TokenPrices prices;
  std::optional<TokenPrices> flex = std::nullopt;  // at the flex tier; empty: half
  std::string read_on;                             // "2026-11-23"; empty: not known
  std::string source;                              // who says so; may be empty
};

}  // namespace sv::domain
