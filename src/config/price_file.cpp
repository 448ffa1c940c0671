#include "config/price_file.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "config/base_url.hpp"
#include "config/map_reader.hpp"
#include "config/mistake.hpp"
#include "config/section.hpp"
#include "config/suggestion.hpp"
#include "config/yaml_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace sv::config {

namespace {

using Keys = std::span<const std::string_view>;
constexpr std::array<std::string_view, 3> kFileKeys = {"prices", "currency", "read_on"};
constexpr std::array<std::string_view, 7> kPriceKeys = {"model",       "input",    "output", "cached_input",
                                                        "cache_write", "base_url", "flex"};
constexpr std::array<std::string_view, 4> kTierKeys = {"input", "output", "cached_input", "cache_write"};
constexpr std::size_t kFractionDigits = 6;  // a millionth of the unit per million tokens
constexpr std::int64_t kMostUnits = 1'000'000;
constexpr std::size_t kMostPrices = 10'000;

// Millionths, exactly; nothing for what is no plain decimal number, has too many digits or is too large.
std::optional<domain::TokenPrice> to_price(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const std::string digits = std::string(whole) + std::string(fraction);
  const bool are_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  // ".5" is read as in YAML; "." and "" are no numbers.
  if (digits.empty() || !are_digits || fraction.size() > kFractionDigits || digits.size() > 18) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  for (std::size_t i = fraction.size(); i < kFractionDigits; ++i) {
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
  }
  return value <= kMostUnits * 1'000'000 ? std::optional(value) : std::nullopt;
}

class PriceReader {
 public:
  explicit PriceReader(MistakeCollector& mistakes) : mistakes_(mistakes), reader_(mistakes) {}

  std::vector<domain::ModelPrices> read(const YamlNode* root) {
    if (root == nullptr || root->kind != NodeKind::map) {
      mistakes_.add(root == nullptr ? Place{.line = 1, .column = 1} : root->place,
                    "a price file is a map with the key prices", "see docs/configuration.md");
      return {};
    }
    reader_.check_keys(*root, kFileKeys, "");
    read_currency(*root);
    if (const YamlNode* read_on = reader_.scalar(*root, "read_on")) read_on_ = read_on->text;
    const YamlNode* list = MapReader::find(*root, "prices");
    if (list == nullptr || list->kind != NodeKind::sequence || list->items.size() > kMostPrices) {
      mistakes_.add(list == nullptr ? root->place : list->place,
                    fmt::format("prices must be a list of at most {} prices", kMostPrices),
                    "for example: - {model: gpt-4o-mini, input: 0.15, output: 0.60}");
      return {};
    }
    std::vector<domain::ModelPrices> prices;
    for (const YamlNode* item : list->items) read_price(*item, prices);
    return prices;
  }

 private:
  void read_currency(const YamlNode& root) {
    const YamlNode* node = reader_.scalar(root, "currency");
    if (node == nullptr) return;
    if (const auto currency = domain::Currency::parse(node->text)) {
      currency_ = *currency;
    } else {
      mistakes_.add(node->place, "currency must be the three letters of its code", "such as USD, EUR or RUB");
    }
  }

  void read_price(const YamlNode& item, std::vector<domain::ModelPrices>& prices) {
    if (item.kind != NodeKind::map) {
      mistakes_.add(item.place, fmt::format("a price must be a map, got {}", describe(item)),
                    "for example: - {model: gpt-4o-mini, input: 0.15, output: 0.60}");
      return;
    }
    reader_.check_keys(item, kPriceKeys, "");
    domain::ModelPrices price;
    price.read_on = read_on_;
    price.source = mistakes_.source().name();
    price.prices.currency = currency_;
    const YamlNode* model = reader_.scalar(item, "model");
    if (model == nullptr || is_blank(model->text)) {
      mistakes_.add(item.place, "a price names its model", "model: as in llm.providers.N.model");
    } else {
      price.model = trim(model->text);
    }
    read_base_url(item, price);
    price.prices.input = required_amount(item, "input");
    price.prices.output = required_amount(item, "output");
    price.prices.cached_input = amount(item, "cached_input");
    price.prices.cache_write = amount(item, "cache_write");
    read_flex(item, price);
    const auto is_same = [&](const domain::ModelPrices& other) {
      return other.model == price.model && other.base_url == price.base_url;
    };
    if (std::ranges::any_of(prices, is_same)) {
      mistakes_.add(item.place, "this model has a price already at this address");
    }
    prices.push_back(std::move(price));
  }

  // flex: {input: …, output: …}
  void read_flex(const YamlNode& item, domain::ModelPrices& price) {
    const YamlNode* flex = MapReader::find(item, "flex");
    if (flex == nullptr) return;
    if (flex->kind != NodeKind::map) {
      mistakes_.add(flex->place, fmt::format("flex must be a map of prices, got {}", describe(*flex)),
                    "for example: flex: {input: 0.075, output: 0.30}");
      return;
    }
    reader_.check_keys(*flex, kTierKeys, "");
    price.flex = domain::TokenPrices{.input = required_amount(*flex, "input"),
                                     .cached_input = amount(*flex, "cached_input"),
                                     .cache_write = amount(*flex, "cache_write"),
                                     .output = required_amount(*flex, "output"),
                                     .currency = currency_};
  }

  void read_base_url(const YamlNode& item, domain::ModelPrices& price) {
    const YamlNode* node = reader_.scalar(item, "base_url");
    if (node == nullptr) return;
    Result<BaseUrl> checked = check_base_url(node->text);
    if (checked) {
      price.base_url = std::move(checked->url);
    } else {
      mistakes_.add(node->place, "base_url " + checked.error().message);
    }
  }

  std::optional<domain::TokenPrice> amount(const YamlNode& item, std::string_view key) {
    const YamlNode* node = reader_.scalar(item, key);
    if (node == nullptr) return std::nullopt;
    const std::optional<domain::TokenPrice> price = to_price(node->text);
    if (!price) {
      mistakes_.add(
          node->place,
          fmt::format("{} must be a number from 0 to {} with at most {} digits after the point, got {}", key,
                      kMostUnits, kFractionDigits, describe(*node)),
          "the price of a million tokens, such as 0.15");
    }
    return price;
  }

  domain::TokenPrice required_amount(const YamlNode& item, std::string_view key) {
    if (MapReader::find(item, key) == nullptr) mistakes_.add(item.place, fmt::format("{} is missing", key));
    return amount(item, key).value_or(0);
  }

  MistakeCollector& mistakes_;
  MapReader reader_;
  domain::Currency currency_;
  std::string read_on_;
};

}  // namespace

std::vector<domain::ModelPrices> read_prices(const SourceText& source) {
  MistakeCollector mistakes(source);
  std::vector<domain::ModelPrices> prices;
  if (const std::optional<YamlTree> tree = parse_yaml(mistakes)) {
    prices = PriceReader(mistakes).read(tree->root());
  }
  if (!mistakes.is_empty()) throw Fatal(ExitCode::config, render(mistakes.take()));
  return prices;
}

}  // namespace sv::config
