// The estimate against the simulated provider, which counts in its own way. (Real tokenizers: tests/cost.)
#include "llm/prompt_tokens.hpp"

#include "llm/fakes.hpp"
#include "sim/tokenizer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace sv::llm {
namespace {

constexpr std::string_view kToday = "Today is 2026-11-25, Wednesday.";

class PromptTokensTest : public testing::Test {
 protected:
  // Rows of both languages and all lengths; the same number gives the same row.
  static domain::Row row(int number) {
    static constexpr std::string_view kWords[] = {"согласование ", "моста ",     "завершено, ", "bridge ",
                                                  "approval: ",    "\"done\"\n", "2026-12-31 ", "— "};
    domain::Row row;
    row.status = number % 2 == 0 ? "В работе" : "In progress";
    for (int i = 0; i < 3 + (number * 37) % 60; ++i) {
      const int language = number % 3;  // Russian, English, both
      const int word = language == 2 ? (number + i * 5) % 8 : language * 3 + (number + i) % 3;
      row.comment += kWords[word];
    }
    return row;
  }
  std::uint64_t counted(const domain::Row& row) const {
    std::string text;
    question_.append_user_text(text, row, "0123456789abcdef01234567", prompt::RowCode::draw(), kToday,
                               prompt::Correction::none);
    return sim::count_tokens(question_.system_text()) + sim::count_tokens(text) + 9;
  }
  PromptTokens tokens() { return {"https://api.openai.com/v1", "gpt-4o-mini", question_, facts_}; }

  domain::Rulebook rulebook_{.rules_text = "1. Пишите, что сделано и что дальше.",
                             .allowed_statuses = {"In progress", "В работе"},
                             .language = domain::Language::russian};
  prompt::QuestionBuilder question_{rulebook_, domain::MappedColumns{.completion_date = true}};
  fakes::Facts facts_;
};

TEST_F(PromptTokensTest, is_within_5_percent_for_99_of_100_mixed_rows_after_the_tenth) {
  PromptTokens tokens = this->tokens();
  int good = 0;
  constexpr int kRows = 1'000;
  for (int i = 0; i < kRows + 10; ++i) {
    const domain::Row asked = row(i);
    const auto real = static_cast<double>(counted(asked));
    const auto estimate = static_cast<double>(tokens.estimate(asked, prompt::Correction::none, kToday));
    if (i >= 10 && std::abs(estimate - real) <= 0.05 * real) ++good;
    tokens.learn(asked, prompt::Correction::none, kToday, counted(asked));
  }
  EXPECT_GE(good, kRows * 99 / 100);
}

TEST_F(PromptTokensTest, saves_now_and_then_and_when_told) {
  const std::string name = "tokens/https://api.openai.com/v1/gpt-4o-mini";
  PromptTokens tokens = this->tokens();
  tokens.save();
  EXPECT_FALSE(facts_.recall(name)) << "nothing was learnt";
  for (std::uint64_t i = 0; i + 1 < PromptTokens::kSaveEvery; ++i) {
    tokens.learn(row(1), prompt::Correction::none, kToday, counted(row(1)));
  }
  EXPECT_FALSE(facts_.recall(name));
  tokens.learn(row(1), prompt::Correction::none, kToday, counted(row(1)));
  const std::optional<std::string> saved = facts_.recall(name);
  ASSERT_TRUE(saved);
  EXPECT_LT(saved->size(), 500U);
  tokens.learn(row(2), prompt::Correction::none, kToday, counted(row(2)));
  tokens.save();
  EXPECT_NE(facts_.recall(name), saved);
}

TEST_F(PromptTokensTest, a_damaged_fact_is_as_good_as_none) {
  const std::uint64_t fresh = tokens().estimate(row(1), prompt::Correction::none, kToday);
  facts_.remember("tokens/https://api.openai.com/v1/gpt-4o-mini", "1 xyz");
  EXPECT_EQ(tokens().estimate(row(1), prompt::Correction::none, kToday), fresh);
}

TEST_F(PromptTokensTest, a_reply_that_tells_no_usage_teaches_nothing) {
  PromptTokens tokens = this->tokens();
  const std::uint64_t before = tokens.estimate(row(1), prompt::Correction::none, kToday);
  tokens.learn(row(1), prompt::Correction::none, kToday, 0);
  EXPECT_EQ(tokens.estimate(row(1), prompt::Correction::none, kToday), before);
}

TEST_F(PromptTokensTest, what_is_added_after_an_unusable_reply_counts) {
  PromptTokens tokens = this->tokens();
  EXPECT_GT(tokens.estimate(row(1), prompt::Correction::invalid_reply, kToday),
            tokens.estimate(row(1), prompt::Correction::none, kToday) + 20);
}

TEST_F(PromptTokensTest, reckons_no_less_than_a_quarter_of_the_characters) {
  domain::Row spaces = row(1);
  spaces.comment = std::string(40'000, ' ');  // hardly a token, but a provider that reckons by characters
  EXPECT_GT(tokens().reckon(spaces, prompt::Correction::none, kToday), 10'000U);
}

}  // namespace
}  // namespace sv::llm
