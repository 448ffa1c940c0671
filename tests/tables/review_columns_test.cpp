#include "tables/review_columns.hpp"

#include "base/clock.hpp"
#include "tables/record_scanner.hpp"
#include "tables/storable_text.hpp"
#include "tables/table_tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::tables {
namespace {

using ::testing::ElementsAre;

constexpr domain::MappedColumns kAll{.completion_date = true, .identifier = true, .project_manager = true};

std::vector<std::string> headers(domain::MappedColumns mapped) {
  std::vector<std::string> names;
  for (const ReviewColumn column : review_columns(mapped)) names.emplace_back(header_of(column));
  return names;
}

TEST(ReviewColumns, names_and_order_are_those_of_the_python_original) {
  EXPECT_THAT(headers(kAll), ElementsAre("Row Number", "Project name", "Project manager", "Status Value",
                                         "Completion Date", "Comment", "Is Valid", "Issues",
                                         "Rewrite Suggestion", "Raw LLM JSON", "Check date", "Model"));
  EXPECT_THAT(headers({}),
              ElementsAre("Row Number", "Source URL", "Status Value", "Completion Date", "Comment",
                          "Is Valid", "Issues", "Rewrite Suggestion", "Raw LLM JSON", "Check date", "Model"));
}

TEST(ReviewCells, a_judged_row_shows_row_verdict_and_answer) {
  domain::Outcome outcome = make_outcome(10, " Мост ", "текст\nв две строки");
  outcome.row.project_manager = "@ann";
  outcome.row.completion_date = "01.12.2026";
  outcome.verdict = {.is_valid = false,
                     .issues = {{.message = "Нет даты", .rule = "2.1", .severity = {}, .quote = {}},
                                {.message = "Общие слова", .rule = {}, .severity = {}, .quote = {}}},
                     .rewrite_suggestion = "Сдать 1 декабря"};
  ReviewCells cells(kAll, "s.csv");
  EXPECT_THAT(cells.fill(outcome), ElementsAre("12", " Мост ", "@ann", "Green", "01.12.2026",
                                               "текст\nв две строки", "NO", "• Нет даты [2.1]\n• Общие слова",
                                               "Сдать 1 декабря", R"({"issues":[],"is_valid":true})",
                                               format_check_date(outcome.answer->answered_at), "test-model"));
}

TEST(ReviewCells, without_an_identifier_the_row_is_named_by_its_place) {
  ReviewCells cells({}, "statuses.csv");
  EXPECT_EQ(cells.fill(make_outcome(10, "", ""))[1], "statuses.csv#row=12");
}

TEST(ReviewCells, an_unjudged_row_gives_the_reason_and_no_verdict) {
  ReviewCells cells(kAll, "s.csv");
  EXPECT_THAT(cells.fill(make_unjudged(0, "P", "no provider answered")),
              ElementsAre("2", "P", "", "Green", "", "", "", "no provider answered", "", "", "", ""));
}

TEST(ReviewCells, the_check_date_follows_the_answer_from_row_to_row) {
  ReviewCells cells(kAll, "s.csv");
  domain::Outcome first = make_outcome(0, "P", "");
  domain::Outcome second = make_outcome(1, "Q", "");
  domain::Answer answer = *second.answer;
  answer.answered_at += std::chrono::hours(24 * 8);
  second.answer = std::make_shared<const domain::Answer>(answer);
  for (const domain::Outcome* outcome : {&first, &second, &first}) {
    EXPECT_EQ(cells.fill(*outcome)[10], format_check_date(outcome->answer->answered_at));
  }
}

TEST(ReviewCells, issues_stay_one_per_line_and_empty_ones_are_left_out) {
  const std::vector<domain::Issue> issues = {
      {.message = " two\r\nlines ", .rule = " rule\n3 ", .severity = {}, .quote = {}},
      {.message = "  \n", .rule = "4", .severity = {}, .quote = {}},
      {.message = "plain", .rule = "", .severity = {}, .quote = {}}};
  std::string text;
  append_issues(issues, text);
  EXPECT_EQ(text, "• two lines [rule 3]\n• plain");
}

TEST(ReviewCells, text_from_a_model_is_made_fit_for_a_table) {
  domain::Outcome outcome = make_outcome(0, "P", "");
  outcome.verdict.rewrite_suggestion = std::string("a\0b\xFF", 4) + "c";
  outcome.verdict.issues = {
      {.message = std::string(2 * kMaxCellBytes, 'x'), .rule = {}, .severity = {}, .quote = {}}};
  ReviewCells cells(kAll, "s.csv");
  const auto row = cells.fill(outcome);
  EXPECT_EQ(row[8],
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c");
  EXPECT_EQ(row[7].size(), kMaxCellBytes);
  EXPECT_TRUE(row[7].ends_with("x…"));
}

TEST(StorableText, a_long_text_is_cut_between_two_characters) {
  std::string scratch;
  const std::string text = "a" + [] {
    std::string letters;
    while (letters.size() < kMaxCellBytes) letters += "ж";
    return letters;
  }();
  const std::string_view cut = storable(text, scratch);
  EXPECT_LE(cut.size(), kMaxCellBytes);
  EXPECT_GE(cut.size(), kMaxCellBytes - 2);
  EXPECT_TRUE(cut.ends_with("ж…"));
  EXPECT_EQ(storable("short", scratch), "short");
}

TEST(StorableText, what_is_no_text_at_all_is_cut_too) {
  std::string scratch;
  EXPECT_EQ(storable_length(std::string(kMaxCellBytes + 1, '\x80'), scratch), "…");
  const std::string broken = "a\xFF" + std::string(kMaxCellBytes, 'b');
  EXPECT_LE(storable(broken, scratch).size(), kMaxCellBytes);
  EXPECT_TRUE(storable(broken, scratch)
                  .starts_with("a\xEF\xBF\xBD"
                               "b"));
  EXPECT_TRUE(storable(broken, scratch).ends_with("…"));
}

}  // namespace
}  // namespace sv::tables
