#include "tables/column_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace sv::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Header = std::vector<std::string_view>;

Result<ColumnMap> guess(const Header& header) { return map_columns(header, {}, true, "s.csv:1"); }

TEST(ColumnMap, names_are_matched_trimmed_and_in_any_case) {
  const Header header = {" ПРОЕКТ ", "status VALUE", "Comment\t", "РП", "Срок"};
  const auto map = map_columns(header,
                               {.status = "Status value",
                                .comment = " comment",
                                .completion_date = "СРОК",
                                .identifier = "проект",
                                .project_manager = "рп"},
                               false, "s.csv:1");
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->identifier, 0U);
  EXPECT_EQ(map->status, 1U);
  EXPECT_EQ(map->comment, 2U);
  EXPECT_EQ(map->project_manager, 3U);
  EXPECT_EQ(map->completion_date, 4U);
  EXPECT_THAT(map->warnings, IsEmpty());
}

TEST(ColumnMap, a_missing_required_column_is_an_error_that_lists_what_is_there) {
  const Header header = {"Project", "Statsu", "Comment"};
  const auto map = map_columns(header, {.status = "Status", .comment = "Comment"}, false, "s.csv:3");
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(map.error().message,
            "s.csv:3: there is no column \"Status\" (the status); the columns are \"Project\", \"Statsu\", "
            "\"Comment\"; did you mean \"Statsu\"?");
}

TEST(ColumnMap, a_missing_optional_column_is_a_warning) {
  const Header header = {"Status", "Comment"};
  const auto map = map_columns(
      header, {.status = "Status", .comment = "Comment", .completion_date = "Due", .identifier = "Project"},
      false, "s.csv:1");
  ASSERT_TRUE(map);
  EXPECT_THAT(map->warnings, ElementsAre(HasSubstr("no column \"Due\""), HasSubstr("no column \"Project\"")));
  EXPECT_FALSE(map->mapped().identifier);
  EXPECT_FALSE(map->mapped().completion_date);
}

TEST(ColumnMap, usual_english_and_russian_names_are_guessed) {
  const auto english = guess({"Project", "Owner", "RAG", "Due_Date", "Weekly update", "Status comment"});
  ASSERT_TRUE(english) << english.error().message;
  EXPECT_EQ(english->identifier, 0U);
  EXPECT_EQ(english->project_manager, 1U);
  EXPECT_EQ(english->status, 2U);
  EXPECT_EQ(english->completion_date, 3U);
  EXPECT_EQ(english->comment, 5U);

  const auto russian = guess({"№", "Наименование проекта", "Руководитель проекта", "Статус проекта",
                              "Комментарий к статусу", "Дата завершения"});
  ASSERT_TRUE(russian) << russian.error().message;
  EXPECT_EQ(russian->identifier, 1U);
  EXPECT_EQ(russian->project_manager, 2U);
  EXPECT_EQ(russian->status, 3U);
  EXPECT_EQ(russian->comment, 4U);
  EXPECT_EQ(russian->completion_date, 5U);
}

TEST(ColumnMap, the_columns_of_the_real_tables_are_guessed) {
  const auto map = guess({"project", "manager", "status", "comment", "completion_date", "source_id",
                          "owner_org", "update_date"});
  ASSERT_TRUE(map);
  EXPECT_EQ(map->identifier, 0U);
  EXPECT_EQ(map->project_manager, 1U);
  EXPECT_EQ(map->status, 2U);
  EXPECT_EQ(map->comment, 3U);
  EXPECT_EQ(map->completion_date, 4U);
  EXPECT_THAT(map->warnings, IsEmpty());
}

TEST(ColumnMap, a_guess_does_not_take_what_was_named_for_something_else) {
  const Header header = {"Comment", "Status", "Text"};
  const auto map = map_columns(header, {.identifier = "Comment"}, true, "s.csv:1");
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->identifier, 0U);
  EXPECT_EQ(map->comment, 2U);
}

TEST(ColumnMap, an_unclear_guess_is_told) {
  const auto map = guess({"Status", "State", "Comment"});
  ASSERT_TRUE(map);
  EXPECT_EQ(map->status, 0U);
  EXPECT_THAT(map->warnings,
              ::testing::Contains(HasSubstr("both \"Status\" and \"State\" may be the status column")));
}

TEST(ColumnMap, the_first_of_equal_names_is_used_with_a_warning) {
  const auto map = map_columns(Header{"Status", "Comment", "status "},
                               {.status = "STATUS", .comment = "Comment"}, false, "s.csv:1");
  ASSERT_TRUE(map);
  EXPECT_EQ(map->status, 0U);
  EXPECT_THAT(map->warnings, ElementsAre(HasSubstr("\"Status\" is there twice (columns 1 and 3)")));
}

TEST(ColumnMap, nothing_to_guess_from_names_the_flag_that_helps) {
  const auto map = guess({"x", "y"});
  ASSERT_FALSE(map);
  EXPECT_THAT(map.error().message, HasSubstr("name it with --column comment=NAME"));
}

TEST(ColumnMap, a_long_header_is_listed_in_part_and_an_empty_one_as_nothing) {
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) names.push_back("column " + std::to_string(i));
  const Header header(names.begin(), names.end());
  const auto many = map_columns(header, {.status = "Status", .comment = "Comment"}, false, "s.csv:1");
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().message, HasSubstr(", …"));
  const auto none =
      map_columns(Header{"", "  "}, {.status = "Status", .comment = "Comment"}, false, "s.csv:1");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("the columns are nothing"));
}

TEST(ColumnMap, cells_that_are_no_names_are_not_suggested) {
  const std::string prose(300, 'x');
  const auto map =
      map_columns(Header{prose, "", "Comment"}, {.status = "Status", .comment = "Comment"}, false, "s.csv:1");
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().message.find("did you mean"), std::string::npos) << map.error().message;
  const auto long_name =
      map_columns(Header{"Status", "Comment"}, {.status = prose, .comment = "Comment"}, false, "s.csv:1");
  ASSERT_FALSE(long_name);
  EXPECT_EQ(long_name.error().message.find("did you mean"), std::string::npos);
}

TEST(ColumnMap, a_better_guess_replaces_a_worse_one_and_both_are_told) {
  const auto map = guess({"Overall status of it", "Status", "Current status", "Comment"});
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->status, 1U);
  EXPECT_THAT(map->warnings, ::testing::Contains(HasSubstr("may be the status column; \"Status\" is used")));
}

TEST(ColumnMap, blank_and_repeated_names_take_no_part_in_guessing) {
  const auto map = guess({"", "", "STATUS", "status", "__", "Comment:", "*Comment"});
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->status, 2U);
  EXPECT_EQ(map->comment, 5U);
}

TEST(ColumnMap, words_count_at_their_beginning_only) {
  const auto map = guess({"Project (status)", "plan/comment"});
  ASSERT_TRUE(map) << map.error().message;
  EXPECT_EQ(map->status, 0U);
  EXPECT_EQ(map->comment, 1U);
  EXPECT_FALSE(guess({"Nonstatus", "Comment"}));
}

}  // namespace
}  // namespace sv::tables
