#include "checks/after_model.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace sv::checks {
namespace {

using domain::Issue;
using domain::Language;
using domain::Row;
using domain::Rulebook;
using domain::Severity;
using domain::Verdict;

constexpr CheckDay kDay{.today = {}, .unchanged_since = {}};

Rulebook russian_rules() {
  return {
      .rules_text = "Правила", .allowed_statuses = {"В работе", "Завершен"}, .language = Language::russian};
}
Rulebook english_rules() {
  return {.rules_text = "Rules", .allowed_statuses = {"In progress", "Done"}, .language = Language::english};
}

Row row_of(std::string status, std::string comment = "Release on 12.01.2026") {
  Row row;
  row.status = std::move(status);
  row.comment = std::move(comment);
  return row;
}

Verdict check(const Row& row, const Rulebook& rulebook, Verdict verdict) {
  apply_checks(row, rulebook, kDay, verdict);
  return verdict;
}

Issue issue_of(std::string message, Severity severity, std::optional<std::string> quote = std::nullopt) {
  return {
      .message = std::move(message), .rule = std::nullopt, .severity = severity, .quote = std::move(quote)};
}

const Verdict kPassed{.is_valid = true, .issues = {}, .rewrite_suggestion = "as it is"};

TEST(AfterModel, leaves_a_good_verdict_as_it_is) {
  EXPECT_EQ(check(row_of("Done"), english_rules(), kPassed), kPassed);
  const Verdict with_remarks{.is_valid = true,
                             .issues = {issue_of("could be shorter", Severity::minor),
                                        issue_of("✅ dates are right", Severity::major)},
                             .rewrite_suggestion = ""};
  EXPECT_EQ(check(row_of("Done"), english_rules(), with_remarks), with_remarks);
}

TEST(AfterModel, makes_a_status_outside_the_list_invalid_with_one_critical_issue) {
  const Verdict verdict = check(row_of("Stuck"), english_rules(), kPassed);
  EXPECT_FALSE(verdict.is_valid);
  ASSERT_EQ(verdict.issues.size(), 1U);
  EXPECT_EQ(verdict.issues[0].message, "Status \"Stuck\" is not one of the allowed: In progress, Done");
  EXPECT_EQ(verdict.issues[0].severity, Severity::critical);
  EXPECT_EQ(verdict.issues[0].quote, "Stuck");
  EXPECT_EQ(verdict.rewrite_suggestion, "as it is");
}

TEST(AfterModel, speaks_the_language_of_the_rulebook) {
  const Verdict verdict = check(row_of("Застрял"), russian_rules(), kPassed);
  ASSERT_EQ(verdict.issues.size(), 1U);
  EXPECT_EQ(verdict.issues[0].message, "Статус «Застрял» не входит в список допустимых: В работе, Завершен");
}

TEST(AfterModel, compares_exactly_and_says_which_status_was_meant) {
  for (const char* status : {"done", " Done", "Done ", "DONE", "Done\n"}) {
    const Verdict verdict = check(row_of(status), english_rules(), kPassed);
    EXPECT_FALSE(verdict.is_valid) << status;
    ASSERT_EQ(verdict.issues.size(), 1U);
    EXPECT_NE(verdict.issues[0].message.find("must be written exactly \"Done\""), std::string::npos);
  }
  EXPECT_NE(check(row_of("в РАБОТЕ"), russian_rules(), kPassed).issues.at(0).message.find("«В работе»"),
            std::string::npos);
}

TEST(AfterModel, does_not_repeat_what_the_model_has_said) {
  Verdict verdict{.is_valid = true,
                  .issues = {issue_of("the status is unknown", Severity::critical, "Stuck")},
                  .rewrite_suggestion = ""};
  verdict = check(row_of("Stuck"), english_rules(), verdict);
  EXPECT_FALSE(verdict.is_valid);
  EXPECT_EQ(verdict.issues.size(), 1U);
  // The same quote in a lesser issue is about something else.
  verdict.issues[0].severity = Severity::minor;
  EXPECT_EQ(check(row_of("Stuck"), english_rules(), verdict).issues.size(), 2U);
}

TEST(AfterModel, does_not_repeat_what_the_model_said_of_a_missing_status) {
  const Verdict told = check(row_of(" "), russian_rules(),
                             {.is_valid = false,
                              .issues = {issue_of("Статус не указан", Severity::critical)},
                              .rewrite_suggestion = ""});
  EXPECT_EQ(told.issues.size(), 1U);
  const Verdict untold = check(
      row_of(" "), russian_rules(),
      {.is_valid = false, .issues = {issue_of("Нет плана", Severity::critical)}, .rewrite_suggestion = ""});
  EXPECT_EQ(untold.issues.size(), 2U);
}

TEST(AfterModel, allows_every_status_without_a_list_but_not_an_empty_one_with_it) {
  EXPECT_TRUE(check(row_of("Anything"), {.rules_text = "", .allowed_statuses = {}}, kPassed).is_valid);
  EXPECT_TRUE(check(row_of(""), {.rules_text = "", .allowed_statuses = {}}, kPassed).is_valid);
  const Verdict verdict = check(row_of(""), english_rules(), kPassed);
  EXPECT_FALSE(verdict.is_valid);
  EXPECT_EQ(verdict.issues.at(0).message, "The status is empty; allowed are: In progress, Done");
  EXPECT_EQ(verdict.issues.at(0).quote, std::nullopt);
}

TEST(AfterModel, finds_nothing_valid_in_a_row_that_says_nothing) {
  const Verdict verdict = check(row_of(" ", "\n\t"), {.rules_text = "", .allowed_statuses = {}}, kPassed);
  EXPECT_FALSE(verdict.is_valid);
  ASSERT_EQ(verdict.issues.size(), 1U);
  EXPECT_EQ(verdict.issues[0].severity, Severity::critical);
  EXPECT_TRUE(check(row_of("Done", ""), english_rules(), kPassed).is_valid);
}

TEST(AfterModel, does_not_believe_a_yes_beside_a_critical_issue) {
  const Verdict contradiction{
      .is_valid = true, .issues = {issue_of("no date", Severity::critical)}, .rewrite_suggestion = ""};
  const Verdict verdict = check(row_of("Done"), english_rules(), contradiction);
  EXPECT_FALSE(verdict.is_valid);
  EXPECT_EQ(verdict.issues, contradiction.issues);
}

TEST(AfterModel, leaves_nobody_with_a_bare_no) {
  const Verdict bare{.is_valid = false, .issues = {}, .rewrite_suggestion = ""};
  const Verdict verdict = check(row_of("Done"), english_rules(), bare);
  EXPECT_FALSE(verdict.is_valid);
  ASSERT_EQ(verdict.issues.size(), 1U);
  EXPECT_EQ(verdict.issues[0].severity, Severity::major);
}

TEST(AfterModel, does_not_fill_the_review_with_a_long_list) {
  Rulebook rulebook = english_rules();
  for (int i = 0; i < 500; ++i) rulebook.allowed_statuses.push_back("status " + std::to_string(i));
  const Verdict verdict = check(row_of("Stuck"), rulebook, kPassed);
  EXPECT_LT(verdict.issues.at(0).message.size(), 500U);
  EXPECT_TRUE(verdict.issues.at(0).message.ends_with(", …"));
}

RC_GTEST_PROP(AfterModel, only_makes_verdicts_stricter_and_does_it_once,
              (const std::string& comment, bool model_says_valid,
               const std::vector<std::pair<std::string, std::uint8_t>>& said)) {
  const auto status =
      *rc::gen::element<std::string>("Done", "In progress", "done", "", " ", "Stuck", "Завершен");
  const Rulebook rulebook = *rc::gen::element(english_rules(), russian_rules(), Rulebook{});
  Verdict before{.is_valid = model_says_valid, .issues = {}, .rewrite_suggestion = comment};
  for (const auto& [message, severity] : said) {
    before.issues.push_back(issue_of(message, static_cast<Severity>(severity % 3)));
  }
  const Row row = row_of(status, comment);
  const Verdict after = check(row, rulebook, before);
  RC_ASSERT(after.is_valid <= before.is_valid);
  RC_ASSERT(after.issues.size() >= before.issues.size());
  RC_ASSERT(std::equal(before.issues.begin(), before.issues.end(), after.issues.begin()));
  RC_ASSERT(after.rewrite_suggestion == before.rewrite_suggestion);
  const bool is_explained = after.is_valid || !after.issues.empty();
  RC_ASSERT(is_explained);
  RC_ASSERT((check(row, rulebook, after) == after));
}

}  // namespace
}  // namespace sv::checks
