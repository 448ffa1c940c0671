#include "cost/builtin_prices.hpp"
#include "cost/price_book.hpp"
#include "cost/spending_limit.hpp"
#include "domain/token_prices.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <set>
#include <string>

namespace sv::cost {
namespace {

using domain::Money;

constexpr std::string_view kOpenAi = "https://api.openai.com/v1";
const domain::Currency kDollars;

domain::ModelPrices own(std::string model, std::string base_url, domain::TokenPrice input) {
  return {.model = std::move(model),
          .base_url = std::move(base_url),
          .prices = {.input = input, .output = input},
          .read_on = "",
          .source = "prices.yaml"};
}

TEST(Money, is_written_exactly) {
  EXPECT_EQ(to_decimal(Money()), "0");
  EXPECT_EQ(to_decimal(Money(1, kDollars)), "0.000000000001");
  EXPECT_EQ(to_decimal(Money(41'200'000'000, kDollars)), "0.0412");
  EXPECT_EQ(to_decimal(Money(-1'500'000'000'000, kDollars)), "-1.5");
  EXPECT_EQ(to_decimal(Money(std::numeric_limits<std::int64_t>::max(), kDollars)), "9223372.036854775807");
  EXPECT_EQ(to_decimal(Money(std::numeric_limits<std::int64_t>::min(), kDollars)), "-9223372.036854775808");
}

TEST(Money, a_sum_too_large_stays_at_the_largest) {
  Money sum(std::numeric_limits<std::int64_t>::max() - 1, kDollars);
  sum += Money(5, kDollars);
  EXPECT_EQ(sum.trillionths(), std::numeric_limits<std::int64_t>::max());
}

TEST(Money, amounts_of_two_currencies_are_kept_apart) {
  domain::Costs costs;
  costs.add(Money(5, kDollars));
  costs.add(Money(7, *domain::Currency::parse("RUB")));
  costs.add(Money(5, kDollars));
  ASSERT_EQ(costs.amounts().size(), 2U);
  EXPECT_EQ(costs.amounts()[0], Money(10, kDollars));
  EXPECT_FALSE(domain::Currency::parse("usd"));
  EXPECT_FALSE(domain::Currency::parse("DOLLAR"));
}

// Checked by hand against the table of openai-api.md §9: 10,000 rows of 1,300 tokens in and 200 out.
TEST(Cost, agrees_with_the_published_examples) {
  const domain::Usage uncached{.input = 13'000'000, .output = 2'000'000};
  const auto mini = PriceBook().find(kOpenAi, "gpt-4o-mini");
  ASSERT_TRUE(mini);
  EXPECT_EQ(to_decimal(cost_of(uncached, mini->prices)), "3.15");
  EXPECT_EQ(to_decimal(cost_of(uncached, PriceBook().find(kOpenAi, "gpt-5.6-luna")->prices)), "5");
  EXPECT_EQ(to_decimal(cost_of(uncached, PriceBook().find(kOpenAi, "gpt-6-luna")->prices)), "2.3");
  EXPECT_EQ(to_decimal(cost_of(uncached, PriceBook().find(kOpenAi, "gpt-6-sol")->prices)), "46");
}

TEST(Cost, prices_four_classes_apart) {
  const domain::TokenPrices prices{.input = 1'000'000,
                                   .cached_input = 100'000,
                                   .cache_write = 1'250'000,
                                   .output = 10'000'000,
                                   .currency = kDollars};
  const domain::Usage usage{.input = 1'000'000,
                            .cached_input = 600'000,
                            .cache_write = 100'000,
                            .output = 50'000,
                            .reasoning = 40'000};
  // 300,000 at $1, 600,000 at $0.10, 100,000 at $1.25, 50,000 at $10 (reasoning is among them).
  EXPECT_EQ(to_decimal(cost_of(usage, prices)), "0.985");
}

TEST(Cost, a_class_without_a_price_of_its_own_is_billed_as_input) {
  const domain::TokenPrices prices{.input = 1'000'000, .output = 0, .currency = kDollars};
  EXPECT_EQ(to_decimal(cost_of({.input = 1'000'000, .cached_input = 500'000, .cache_write = 10}, prices)),
            "1");
}

TEST(Cost, whatever_a_provider_counts_the_cost_is_neither_negative_nor_less_than_the_cheapest) {
  EXPECT_TRUE(rc::check("0 <= cost, and more tokens never cost less", [] {
    const auto tokens =
        rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 100'000), rc::gen::arbitrary<std::uint64_t>());
    domain::Usage usage{.input = *tokens, .cached_input = *tokens, .cache_write = *tokens, .output = *tokens};
    const domain::TokenPrices prices{.input = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000),
                                     .cached_input = *rc::gen::inRange<std::int64_t>(0, 1'000),
                                     .cache_write = std::nullopt,
                                     .output = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000),
                                     .currency = kDollars};
    const Money cost = cost_of(usage, prices);
    RC_ASSERT(cost.trillionths() >= 0);
    usage.output = usage.output == ~std::uint64_t{0} ? usage.output : usage.output + 1;
    RC_ASSERT(cost_of(usage, prices).trillionths() >= cost.trillionths());
  }));
}

TEST(BuiltinPrices, are_dated_complete_and_named_once) {
  std::set<std::string> seen;
  for (const BuiltinPrice& price : builtin_prices()) {
    EXPECT_TRUE(seen.insert(std::string(price.base_url) + " " + std::string(price.model)).second)
        << price.model;
    EXPECT_EQ(price.read_on.size(), std::string_view("2026-11-23").size()) << price.model;
    EXPECT_FALSE(price.source.empty()) << price.model;
    EXPECT_GT(price.prices.input, 0) << price.model;
    EXPECT_GT(price.prices.output, price.prices.input) << price.model;
    ASSERT_TRUE(price.prices.cached_input) << price.model;
    EXPECT_LT(*price.prices.cached_input, price.prices.input) << price.model;
    if (price.prices.cache_write) EXPECT_GT(*price.prices.cache_write, price.prices.input) << price.model;
  }
  EXPECT_GE(seen.size(), 22U);
}

TEST(PriceBook, a_dated_snapshot_costs_what_its_family_costs) {
  const PriceBook book;
  EXPECT_EQ(book.find(kOpenAi, "gpt-4o-mini-2024-07-18")->model, "gpt-4o-mini");
  EXPECT_EQ(book.find(kOpenAi, "gpt-4o-2024-08-06")->model, "gpt-4o");
  EXPECT_FALSE(book.find(kOpenAi, "gpt-4o-2024-05-13")) << "has a price of its own, which is not known";
}

TEST(PriceBook, what_is_not_listed_is_not_known) {
  const PriceBook book;
  for (const std::string_view model :
       {"gpt-4o-audio-preview", "gpt-4", "gpt-5.6", "gpt-4o-mini-tts", "", "gpt-4o-2024-08"}) {
    EXPECT_FALSE(book.find(kOpenAi, model)) << model;
  }
  for (const std::string_view url : {"http://localhost:11434/v1", "https://openrouter.ai/api/v1",
                                     "https://api.openai.com.evil.example/v1", ""}) {
    EXPECT_FALSE(book.find(url, "gpt-4o-mini")) << url;
  }
}

TEST(PriceBook, the_users_prices_win_and_the_nearest_of_them) {
  const PriceBook book(
      {own("gpt-4o-mini", "", 1), own("gpt-4o-mini", "http://localhost:1/v1", 2), own("qwen3", "", 3)});
  EXPECT_EQ(book.find(kOpenAi, "gpt-4o-mini")->prices.input, 1);
  EXPECT_EQ(book.find("http://localhost:1/v1", "gpt-4o-mini")->prices.input, 2);
  EXPECT_EQ(book.find("http://localhost:1/v1", "qwen3")->prices.input, 3);
  EXPECT_EQ(book.find("http://localhost:1/v1", "gpt-4o-mini-2024-07-18")->prices.input, 2);
  EXPECT_EQ(book.find(kOpenAi, "gpt-4o")->prices.input, 2'500'000) << "others keep theirs";
}

// openai-api.md section 9: no cached price in batches for 4.1, 4o and the o-series.
TEST(BatchCost, older_models_pay_for_cached_tokens_as_for_others) {
  const domain::TokenPrices prices{.input = 1'000'000, .cached_input = 100'000, .output = 4'000'000};
  const domain::Usage usage{.input = 1'000, .cached_input = 800, .output = 100};
  const std::int64_t whole = 1'000 * 1'000'000 + 100 * 4'000'000;
  const std::int64_t with_cache = 200 * 1'000'000 + 800 * 100'000 + 100 * 4'000'000;
  for (const char* model : {"gpt-4o-mini", "gpt-4.1", "o3", "o4-mini"}) {
    EXPECT_EQ(batch_cost(usage, model, prices).trillionths(), whole / 2) << model;
  }
  for (const char* model : {"gpt-5-mini", "gpt-6-luna", "own"}) {
    EXPECT_EQ(batch_cost(usage, model, prices).trillionths(), with_cache / 2) << model;
  }
  EXPECT_EQ(expected_batch_cost(usage, prices).trillionths(), whole / 2)
      << "batches hardly meet the prompt cache";
}

}  // namespace
}  // namespace sv::cost
