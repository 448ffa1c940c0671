#include "config/price_file.hpp"

#include "base/fatal.hpp"
#include "config/settings_fixture.hpp"

#include <gmock/gmock.h>

namespace sv::config {
namespace {

using testing::HasSubstr;

std::vector<domain::ModelPrices> prices_of(std::string text) {
  return read_prices(SourceText("prices.yaml", std::move(text)));
}

std::string refusal(std::string text) {
  try {
    prices_of(std::move(text));
  } catch (const Fatal& fatal) {
    EXPECT_EQ(fatal.code(), ExitCode::config);
    return fatal.what();
  }
  return "it was taken";
}

TEST(PriceFile, is_read_exactly) {
  const auto prices = prices_of(R"(currency: RUB
read_on: 2026-11-23
prices:
  - model: yandexgpt
    base_url: https://ai.api.cloud.yandex.net/v1/
    input: 1000000
    cached_input: 0.000001
    cache_write: .5
    output: 0.1
  - {model: qwen3, input: 0, output: 0}
)");
  ASSERT_EQ(prices.size(), 2U);
  EXPECT_EQ(prices[0].model, "yandexgpt");
  EXPECT_EQ(prices[0].base_url, "https://ai.api.cloud.yandex.net/v1");
  EXPECT_EQ(prices[0].prices.currency.code(), "RUB");
  EXPECT_EQ(prices[0].prices.input, 1'000'000'000'000);
  EXPECT_EQ(prices[0].prices.cached_input, 1);
  EXPECT_EQ(prices[0].prices.cache_write, 500'000);
  EXPECT_EQ(prices[0].prices.output, 100'000) << "0.1 has no exact double, and needs none";
  EXPECT_EQ(prices[0].read_on, "2026-11-23");
  EXPECT_EQ(prices[0].source, "prices.yaml");
  EXPECT_EQ(prices[1].prices.input, 0) << "free is said, never guessed";
  EXPECT_EQ(prices[1].prices.cached_input, std::nullopt);
}

TEST(PriceFile, says_what_is_wrong_and_where) {
  EXPECT_THAT(
      refusal("prices:\n  - model: m\n    input: 0.1234567\n    output: 1\n"),
      HasSubstr("prices.yaml:3:12: error: input must be a number from 0 to 1000000 with at most 6 digits"));
  for (const char* const bad :
       {"-1", "1e3", "'1,5'", ".", "abc", "1000000.000001", "99999999999999999999", "[1]", "0x1"}) {
    EXPECT_THAT(refusal(std::string("prices:\n  - {model: m, output: 1, input: ") + bad + "}\n"),
                HasSubstr("input must be"))
        << bad;
  }
  EXPECT_THAT(refusal("prices:\n  - {model: m, inputs: 1, output: 1}\n"), HasSubstr("did you mean 'input'?"));
  EXPECT_THAT(refusal("prices:\n  - {model: m, input: 1}\n"), HasSubstr("output is missing"));
  EXPECT_THAT(refusal("prices:\n  - {input: 1, output: 1}\n"), HasSubstr("a price names its model"));
  EXPECT_THAT(refusal("prices:\n  - {model: m, input: 1, output: 1}\n  - {model: m, input: 1, output: 1}\n"),
              HasSubstr("prices.yaml:3:5: error: this model has a price already"));
  EXPECT_THAT(refusal("currency: dollars\nprices: []\n"), HasSubstr("three letters"));
  EXPECT_THAT(refusal("prices: 5\n"), HasSubstr("prices must be a list"));
  EXPECT_THAT(refusal("prices: [5]\n"), HasSubstr("a price must be a map"));
  EXPECT_THAT(refusal("prices:\n  - {model: m, input: 1, output: 1, base_url: 'ftp://x'}\n"),
              HasSubstr("base_url "));
  EXPECT_THAT(refusal(""), HasSubstr("a price file is a map"));
  EXPECT_THAT(refusal("[1, 2"), HasSubstr("error: "));
}

class PriceSetting : public SettingsTest {};

TEST_F(PriceSetting, names_a_file_beside_the_settings_and_a_flag_wins) {
  write("etc/config.yaml", "prices_file: p.yaml\n" + std::string(kMinimal));
  write("etc/p.yaml", "prices:\n  - {model: a, input: 1, output: 2}\n");
  write("q.yaml", "prices:\n  - {model: b, input: 1, output: 2}\n");
  config_path_ = "etc/config.yaml";
  EXPECT_EQ(load_settings(request()).llm.prices.at(0).model, "a");
  flags_.prices_file = "q.yaml";
  EXPECT_EQ(load_settings(request()).llm.prices.at(0).model, "b");
  flags_.prices_file = "missing.yaml";
  EXPECT_EQ(sv::config::refusal_of(request()).code, ExitCode::no_input);
}

TEST_F(PriceSetting, a_file_that_is_not_there_is_a_mistake_of_the_settings) {
  const Refusal refused = refusal_of("prices_file: p.yaml\n" + std::string(kMinimal));
  EXPECT_EQ(refused.code, ExitCode::config);
  EXPECT_THAT(refused.text, HasSubstr("config.yaml:1:14: error: the prices: "));
}

}  // namespace
}  // namespace sv::config
