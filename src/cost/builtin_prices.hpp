// The prices that the program comes with: a dated table of what providers publish. Prices change; a file of
// the user's (`prices_file`) wins over it.
#pragma once

#include "domain/token_prices.hpp"

#include <span>
#include <string_view>

namespace sv::cost {

struct BuiltinPrice {
  std::string_view base_url;
  std::string_view model;
  domain::TokenPrices prices;
  std::string_view read_on;
  std::string_view source;
};

// Standard tier, prompts up to 272,000 tokens. Batch, Flex and Fast have other prices.
std::span<const BuiltinPrice> builtin_prices();

// A snapshot that is billed otherwise than its family, at a price that is not in the table.
bool is_priced_apart(std::string_view base_url, std::string_view model);

}  // namespace sv::cost
