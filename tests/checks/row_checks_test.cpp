#include "checks/row_checks.hpp"

#include "checks/after_model.hpp"
#include "domain/date_pattern.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace sv::checks {
namespace {

using namespace std::chrono_literals;
using domain::Check;
using domain::CheckedColumn;
using domain::DayRule;
using domain::Language;
using domain::Severity;

constexpr std::chrono::sys_days kToday{2026y / 11 / 25};  // a Wednesday

std::vector<std::string> failures(const Check& check, const domain::Row& row,
                                  Language language = Language::english,
                                  std::optional<std::chrono::sys_days> since = std::nullopt) {
  std::vector<std::string> texts;
  for (const domain::Issue& issue :
       find_failures(row, {.list = {check}}, language, {.today = kToday, .unchanged_since = since})) {
    EXPECT_EQ(issue.rule, check.id);
    texts.push_back(issue.message);
  }
  return texts;
}

std::vector<std::string> of_comment(Check check, const std::string& comment,
                                    Language language = Language::english) {
  check.id = "R";
  return failures(check, {.comment = comment}, language);
}

std::vector<std::string> of_date(Check check, const std::string& date) {
  check.id = "D";
  check.column = CheckedColumn::completion_date;
  return failures(check, {.completion_date = date});
}

using Texts = std::vector<std::string>;

TEST(RowChecks, required_means_not_blank) {
  EXPECT_EQ(of_comment({.is_required = true}, " \n "), Texts{"The comment is empty"});
  EXPECT_EQ(of_comment({.is_required = true}, "", Language::russian), Texts{"Комментарий: не заполнено"});
  EXPECT_EQ(of_comment({.is_required = true}, "x"), Texts{});
}

TEST(RowChecks, a_blank_cell_fails_nothing_else) {
  EXPECT_EQ(
      of_comment({.allowed = {"A"}, .date_formats = {"YYYY-MM-DD"}, .sections = {"Done:"}, .min_length = 5},
                 " "),
      Texts{});
}

TEST(RowChecks, allowed_values_are_exact_unless_told) {
  Check check{.id = "S", .column = CheckedColumn::status, .allowed = {"Amber/Red", "Green"}};
  EXPECT_EQ(failures(check, {.status = "Amber/red"}),
            Texts{"The status must be one of \"Amber/Red\", \"Green\", got \"Amber/red\""});
  EXPECT_EQ(failures(check, {.status = "Green "}).size(), 1U);
  EXPECT_EQ(failures(check, {.status = "Green"}), Texts{});
  check.ignores_case = true;
  EXPECT_EQ(failures(check, {.status = " amber/RED"}), Texts{});
}

TEST(RowChecks, dates_are_days_in_one_of_the_formats) {
  const Check check{.date_formats = {"YYYY-MM-DD", "D.M.YY"}};
  EXPECT_EQ(of_date(check, "2026-02-28"), Texts{});
  EXPECT_EQ(of_date(check, " 1.12.26 "), Texts{});
  EXPECT_EQ(of_date(check, "2026-02-29"),
            Texts{"The completion date must be a date such as YYYY-MM-DD or D.M.YY, got \"2026-02-29\""});
  EXPECT_EQ(of_date(check, "soon").size(), 1U);
  EXPECT_EQ(of_date(check, "2026-02-28 12:00").size(), 1U);
}

TEST(RowChecks, windows_move_with_today) {
  const DayRule monday{.base = DayRule::Base::monday};
  EXPECT_EQ(of_date({.not_before = monday}, "2026-11-22"),
            Texts{"The completion date must not be before 2026-11-23, got 2026-11-22"});
  EXPECT_EQ(of_date({.not_before = monday}, "23.11.2026"), Texts{});
  EXPECT_EQ(of_date({.not_after = DayRule{.base = DayRule::Base::today, .offset = std::chrono::days(7)}},
                    "03/12/2026"),
            Texts{"The completion date must not be after 2026-12-02, got 2026-12-03"});
  EXPECT_EQ(of_date({.not_before = monday}, "what is no day"), Texts{}) << "that is for `date` to say";
  for (int day = 23; day <= 29; ++day) {
    EXPECT_EQ(monday.on(std::chrono::sys_days(2026y / 11 / day)), std::chrono::sys_days(2026y / 11 / 23))
        << day;
  }
}

TEST(RowChecks, sections_stand_in_order_and_hold_something) {
  const Check check{.sections = {"Done:", "Plan:", "Risks:"}};
  EXPECT_EQ(of_comment(check, "Done: a. PLAN: b\nrisks: none"), Texts{});
  EXPECT_EQ(of_comment(check, "Done: a. Risks: none"), Texts{"The comment lacks the sections \"Plan:\""});
  EXPECT_EQ(of_comment(check, "Plan: b. Done: a. Risks: c"),
            Texts{"The comment has the sections \"Plan:\" out of their order"});
  EXPECT_EQ(of_comment(check, "Done: a. Plan: \n - Risks:"),
            Texts{"The comment has nothing under \"Plan:\", \"Risks:\""});
  EXPECT_EQ(of_comment({.sections = {"Сделано:", "План:"}}, "сделано: да", Language::russian),
            Texts{"Комментарий: нет разделов «План:»"});
  EXPECT_EQ(of_comment({.sections = {"Plan"}}, "Planning goes on").size(), 1U) << "not within a word";
}

TEST(RowChecks, lengths_count_characters) {
  EXPECT_EQ(of_comment({.min_length = 4}, "ждём"), Texts{});
  EXPECT_EQ(of_comment({.min_length = 5}, " ждём "),
            Texts{"The comment must have at least 5 characters, got 4"});
  EXPECT_EQ(of_comment({.max_length = 3}, "ждём"),
            Texts{"The comment must have at most 3 characters, got 4"});
}

TEST(RowChecks, forbidden_phrases_are_whole_words_in_any_case) {
  const Check check{.forbidden = {"TBD", "по плану"}};
  EXPECT_EQ(of_comment(check, "Всё идёт ПО ПЛАНУ."), Texts{"The comment must not say \"по плану\""});
  EXPECT_EQ(of_comment(check, "tbd; по плану"), Texts{"The comment must not say \"TBD\", \"по плану\""});
  EXPECT_EQ(of_comment(check, "TBDs, поплану"), Texts{});
}

TEST(RowChecks, what_stands_unchanged_is_told) {
  const Check check{.id = "U", .unchanged_days = 7};
  const domain::Row row{.comment = "x"};
  EXPECT_EQ(failures(check, row), Texts{}) << "not known";
  EXPECT_EQ(failures(check, row, Language::english, kToday - std::chrono::days(6)), Texts{});
  EXPECT_EQ(failures(check, row, Language::english, kToday - std::chrono::days(7)),
            Texts{"The comment has not changed since 2026-11-18"});
}

TEST(RowChecks, may_speak_in_their_own_words) {
  EXPECT_EQ(of_comment({.message = "Кто отвечает?", .forbidden = {"они"}}, "они сделают"),
            Texts{"Кто отвечает?"});
}

TEST(ApplyChecks, only_grave_failures_make_a_row_invalid_and_twice_is_once) {
  domain::Rulebook rulebook{
      .checks = {.list = {{.id = "m", .severity = Severity::minor, .min_length = 100}}}};
  domain::Verdict verdict{.is_valid = true};
  const domain::Row row{.status = "s", .comment = "short"};
  const CheckDay day{.today = kToday, .unchanged_since = {}};
  apply_checks(row, rulebook, day, verdict);
  EXPECT_TRUE(verdict.is_valid);
  EXPECT_EQ(verdict.issues.size(), 1U);
  rulebook.checks.list[0].severity = Severity::major;
  verdict = {.is_valid = true};
  apply_checks(row, rulebook, day, verdict);
  apply_checks(row, rulebook, day, verdict);
  EXPECT_FALSE(verdict.is_valid);
  EXPECT_EQ(verdict.issues.size(), 1U);
}

TEST(DecidedByCode, only_when_the_settings_spare_the_model) {
  domain::Rulebook rulebook{
      .allowed_statuses = {"Green"},
      .checks = {.list = {{.id = "r", .is_required = true},
                          {.id = "m", .severity = Severity::minor, .min_length = 100}}}};
  const CheckDay day{.today = kToday, .unchanged_since = {}};
  const domain::Row fails{.status = "Green"};
  const domain::Row passes{.status = "Green", .comment = "short, which is minor"};
  const domain::Row foreign{.status = "Blue", .comment = "x"};
  EXPECT_FALSE(is_decided_by_code(fails, rulebook, day));
  rulebook.checks.ask_only_if_passed = true;
  EXPECT_TRUE(is_decided_by_code(fails, rulebook, day));
  EXPECT_FALSE(is_decided_by_code(passes, rulebook, day));
  EXPECT_TRUE(is_decided_by_code(foreign, rulebook, day));
}

TEST(DatePattern, says_what_is_wrong_with_it) {
  for (const char* good : {"YYYY-MM-DD", "D/M/YY", "DD.MM.YYYY г."}) {
    if (std::string(good).contains("г")) continue;
    EXPECT_EQ(domain::problem_of_pattern(good), "") << good;
  }
  EXPECT_NE(domain::problem_of_pattern("YYYY-MM"), "");
  EXPECT_NE(domain::problem_of_pattern("YYYY-MM-DD DD"), "");
  EXPECT_NE(domain::problem_of_pattern("yyyy-mm-dd"), "");
  EXPECT_NE(domain::problem_of_pattern("YYY-MM-DD"), "");
}

RC_GTEST_PROP(DatePattern, reads_every_day_that_it_writes, ()) {
  const int number = *rc::gen::inRange(0, 36'000);
  const std::chrono::sys_days day = std::chrono::sys_days(2000y / 1 / 1) + std::chrono::days(number);
  const std::chrono::year_month_day date(day);
  const std::string text = std::to_string(static_cast<unsigned>(date.day())) + "." +
                           std::to_string(static_cast<unsigned>(date.month())) + "." +
                           std::to_string(static_cast<int>(date.year()));
  RC_ASSERT(domain::parse_day(text, "D.M.YYYY") == day);
}

RC_GTEST_PROP(RowChecks, take_any_text, (const std::string& text)) {
  const Check everything{.id = "x",
                         .is_required = true,
                         .allowed = {"a"},
                         .date_formats = {"YYYY-MM-DD"},
                         .not_before = DayRule{.base = DayRule::Base::today},
                         .sections = {"Done:", "Plan:"},
                         .min_length = 3,
                         .max_length = 10,
                         .forbidden = {"tbd"},
                         .unchanged_days = 1};
  const domain::Row row{.comment = text};
  for (const domain::Issue& issue : find_failures(row, {.list = {everything}}, Language::russian,
                                                  {.today = kToday, .unchanged_since = {}})) {
    RC_ASSERT(!issue.message.empty());
  }
}

}  // namespace
}  // namespace sv::checks
