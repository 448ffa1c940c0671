#include "cost/builtin_prices.hpp"

#include <array>
#include <optional>

namespace sv::cost {

namespace {

constexpr std::string_view kOpenAi = "https://api.openai.com/v1";
constexpr std::string_view kOpenAiReadOn = "2026-11-23";
constexpr std::string_view kOpenAiSource = "OpenAI's price page, standard tier";

// Dollars per million tokens. Prices have at most six digits after the point, so a half added to the
// millionths rounds away nothing but the error of the floating point.
consteval domain::TokenPrice dollars(double per_million) {
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): std::lround is not constexpr; prices are positive
  return static_cast<domain::TokenPrice>(per_million * 1e6 + 0.5);
}

consteval BuiltinPrice openai(std::string_view model, double input, double cached_input,
                              std::optional<double> cache_write, double output) {
  return {.base_url = kOpenAi,
          .model = model,
          .prices = {.input = dollars(input),
                     .cached_input = dollars(cached_input),
                     .cache_write = cache_write ? std::optional(dollars(*cache_write)) : std::nullopt,
                     .output = dollars(output),
                     .currency = {}},
          .read_on = kOpenAiReadOn,
          .source = kOpenAiSource};
}

// clang-format off
constexpr std::array kPrices = {
    //      model          input  cached  cache write  output
    openai("gpt-6-astra", 10, 1, 12.5, 50),
    openai("gpt-6-sol", 2, 0.2, 2.5, 10),
    openai("gpt-6-luna", 0.1, 0.01, 0.125, 0.5),
    openai("gpt-5.6-sol", 4, 0.4, 5, 20),  // promotional, at least to 2026-11-21
    openai("gpt-5.6-terra", 2, 0.2, 2.5, 12),
    openai("gpt-5.6-luna", 0.2, 0.02, 0.25, 1.2),
    openai("gpt-5.5", 5, 0.5, std::nullopt, 30),
    openai("gpt-5.4", 2.5, 0.25, std::nullopt, 15),
    openai("gpt-5.4-mini", 0.75, 0.075, std::nullopt, 4.5),
    openai("gpt-5.4-nano", 0.2, 0.02, std::nullopt, 1.25),
    openai("gpt-5.2", 1.75, 0.175, std::nullopt, 14),
    openai("gpt-5.1", 1.25, 0.125, std::nullopt, 10),
    openai("gpt-5", 1.25, 0.125, std::nullopt, 10),
    openai("gpt-5-mini", 0.25, 0.025, std::nullopt, 2),
    openai("gpt-5-nano", 0.05, 0.005, std::nullopt, 0.4),
    openai("gpt-4.1", 2, 0.5, std::nullopt, 8),
    openai("gpt-4.1-mini", 0.4, 0.1, std::nullopt, 1.6),
    openai("gpt-4.1-nano", 0.1, 0.025, std::nullopt, 0.4),
    openai("gpt-4o", 2.5, 1.25, std::nullopt, 10),
    openai("gpt-4o-mini", 0.15, 0.075, std::nullopt, 0.6),
    openai("o3", 2, 0.5, std::nullopt, 8),
    openai("o4-mini", 1.1, 0.275, std::nullopt, 4.4),
};
// clang-format on

// Its price was another than the family's when it came out; the page that was read does not list it.
constexpr std::string_view kPricedApart = "gpt-4o-2024-05-13";

}  // namespace

std::span<const BuiltinPrice> builtin_prices() { return kPrices; }

bool is_priced_apart(std::string_view base_url, std::string_view model) {
  return base_url == kOpenAi && model == kPricedApart;
}

}  // namespace sv::cost
