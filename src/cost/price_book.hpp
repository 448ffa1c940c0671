// Which prices a model has at an address. A model that stands in no list has none: its price is not known,
// which is not the same as free, also on this machine.
#pragma once

#include "domain/token_prices.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace sv::cost {

// Immutable.
class PriceBook {
 public:
  // `own` are the user's; they win over the built-in ones.
  explicit PriceBook(std::vector<domain::ModelPrices> own = {}) : own_(std::move(own)) {}

  // The first of
  //   the user's for this model at this address, the user's for this model anywhere, the built-in one;
  // each also for a dated snapshot of the model ("gpt-4o-mini-2024-07-18" is billed as gpt-4o-mini), after
  // the snapshot's own name.
  std::optional<domain::ModelPrices> find(std::string_view base_url, std::string_view model) const;

 private:
  const domain::ModelPrices* find_own(std::string_view base_url, std::string_view model) const;

  std::vector<domain::ModelPrices> own_;
};

}  // namespace sv::cost
