#include "cost/price_book.hpp"

#include "cost/builtin_prices.hpp"

#include <algorithm>
#include <string>

namespace sv::cost {

namespace {

// "gpt-4o-2024-08-06" → "gpt-4o"; others as they are.
std::string_view without_date(std::string_view model) {
  static constexpr std::string_view kForm = "-dddd-dd-dd";
  if (model.size() <= kForm.size()) return model;
  const std::string_view end = model.substr(model.size() - kForm.size());
  const bool is_date = std::ranges::equal(
      end, kForm, [](char c, char form) { return form == 'd' ? c >= '0' && c <= '9' : c == form; });
  return is_date ? model.substr(0, model.size() - kForm.size()) : model;
}

std::optional<domain::ModelPrices> find_builtin(std::string_view base_url, std::string_view model) {
  const std::span<const BuiltinPrice> all = builtin_prices();
  const auto found = std::ranges::find_if(
      all, [&](const BuiltinPrice& price) { return price.base_url == base_url && price.model == model; });
  if (found == all.end()) return std::nullopt;
  return domain::ModelPrices{.model = std::string(found->model),
                             .base_url = std::string(found->base_url),
                             .prices = found->prices,
                             .read_on = std::string(found->read_on),
                             .source = std::string(found->source)};
}

}  // namespace

const domain::ModelPrices* PriceBook::find_own(std::string_view base_url, std::string_view model) const {
  const domain::ModelPrices* anywhere = nullptr;
  for (const domain::ModelPrices& price : own_) {
    if (price.model != model) continue;
    if (price.base_url == base_url) return &price;
    if (price.base_url.empty() && anywhere == nullptr) anywhere = &price;
  }
  return anywhere;
}

std::optional<domain::ModelPrices> PriceBook::find(std::string_view base_url, std::string_view model) const {
  if (const domain::ModelPrices* own = find_own(base_url, model)) return *own;
  const std::string_view family = without_date(model);
  if (const domain::ModelPrices* own = find_own(base_url, family)) return *own;
  if (auto builtin = find_builtin(base_url, model)) return builtin;
  if (is_priced_apart(base_url, model)) return std::nullopt;
  return find_builtin(base_url, family);
}

}  // namespace sv::cost
