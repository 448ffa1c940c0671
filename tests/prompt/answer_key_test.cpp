#include "prompt/answer_key.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace sv::prompt {
namespace {

domain::Rulebook rulebook() {
  domain::Rulebook rules;
  rules.rules_text = "1. A comment must not be empty.";
  return rules;
}

domain::Row row(std::string status, std::string comment, std::string completion_date = {}) {
  domain::Row result;
  result.status = std::move(status);
  result.comment = std::move(comment);
  result.completion_date = std::move(completion_date);
  return result;
}

const std::vector<ModelIdentity> kModels = {
    {.base_url = "https://a.example/v1", .model = "small", .parameters = "temperature=0"},
    {.base_url = "https://b.example/v1", .model = "large", .parameters = ""}};

TEST(AnswerKey, is_the_same_in_another_program_run) {
  const AnswerKeys keys(QuestionBuilder(rulebook(), {}), kModels);
  const AnswerKeys again(QuestionBuilder(rulebook(), {}), kModels);
  EXPECT_EQ(keys.key(row("Done", "Shipped."), 0), again.key(row("Done", "Shipped."), 0));
}

TEST(AnswerKey, append_gives_one_key_per_model_in_their_order) {
  const AnswerKeys keys(QuestionBuilder(rulebook(), {}), kModels);
  std::vector<domain::AnswerKey> all;
  keys.append_keys(row("Done", "Shipped."), all);
  keys.append_keys(row("Done", "Late."), all);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(keys.per_row(), 2U);
  EXPECT_EQ(all[0], keys.key(row("Done", "Shipped."), 0));
  EXPECT_EQ(all[1], keys.key(row("Done", "Shipped."), 1));
  EXPECT_EQ(all[3], keys.key(row("Done", "Late."), 1));
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), 4U);
}

TEST(AnswerKey, ignores_where_the_row_stands_and_whose_it_is) {
  const AnswerKeys keys(QuestionBuilder(rulebook(), {.identifier = true, .project_manager = true}), kModels);
  domain::Row moved = row("Done", "Shipped.");
  moved.index = 41;
  moved.number = 43;
  moved.identifier = "Project X";
  moved.project_manager = "Someone";
  EXPECT_EQ(keys.key(moved, 0), keys.key(row("Done", "Shipped."), 0));
}

TEST(AnswerKey, completion_date_counts_only_when_it_is_sent) {
  const AnswerKeys without(QuestionBuilder(rulebook(), {}), kModels);
  EXPECT_EQ(without.key(row("Done", "x", "1"), 0), without.key(row("Done", "x", "2"), 0));
  const AnswerKeys with(QuestionBuilder(rulebook(), {.completion_date = true}), kModels);
  EXPECT_NE(with.key(row("Done", "x", "1"), 0), with.key(row("Done", "x", "2"), 0));
}

TEST(AnswerKey, changes_with_url_model_parameters_and_rules) {
  const auto key_of = [](const domain::Rulebook& rules, const ModelIdentity& model) {
    return AnswerKeys(QuestionBuilder(rules, {}), {model}).key(row("Done", "x"), 0);
  };
  const ModelIdentity base = {
      .base_url = "https://a.example/v1", .model = "small", .parameters = "temperature=0"};
  ModelIdentity url = base;
  url.base_url = "https://a.example/v2";
  ModelIdentity model = base;
  model.model = "small-2";
  ModelIdentity parameters = base;
  parameters.parameters = "temperature=1";
  domain::Rulebook rules = rulebook();
  rules.rules_text += "!";
  const std::set<domain::AnswerKey> keys = {key_of(rulebook(), base), key_of(rulebook(), url),
                                            key_of(rulebook(), model), key_of(rulebook(), parameters),
                                            key_of(rules, base)};
  EXPECT_EQ(keys.size(), 5U);
}

RC_GTEST_PROP(AnswerKey, texts_do_not_flow_from_one_field_into_the_next,
              (std::string text, std::size_t cut, std::size_t other)) {
  RC_PRE(!text.empty());
  cut %= text.size() + 1;
  other %= text.size() + 1;
  const AnswerKeys keys(QuestionBuilder(rulebook(), {}), kModels);
  const domain::AnswerKey one = keys.key(row(text.substr(0, cut), text.substr(cut)), 0);
  const domain::AnswerKey two = keys.key(row(text.substr(0, other), text.substr(other)), 0);
  RC_ASSERT((one == two) == (cut == other));
}

TEST(AnswerKey, of_what_is_hidden_is_that_of_what_is_sent) {
  domain::Rulebook hiding = rulebook();
  hiding.redaction.project_managers = true;
  const AnswerKeys keys(QuestionBuilder(hiding, {}), kModels);
  domain::Row one = row("Done", "Ivanov has shipped.");
  one.project_manager = "Ivanov";
  domain::Row other = row("Done", "Petrov has shipped.");
  other.project_manager = "Petrov";
  EXPECT_EQ(keys.key(one, 0), keys.key(other, 0)) << "the same question";
  const AnswerKeys open(QuestionBuilder(rulebook(), {}), kModels);
  EXPECT_NE(open.key(one, 0), open.key(other, 0));
  EXPECT_NE(open.key(one, 0), keys.key(one, 0));
}

}  // namespace
}  // namespace sv::prompt
