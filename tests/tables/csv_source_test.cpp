#include "tables/csv_source.hpp"

#include "tables/table_tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CsvSourceTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<CsvSource>> try_open(std::string_view text, CsvSourceOptions options = {}) {
    options.path = directory_.write("s.csv", text);
    options.guess_columns = options.columns.status.empty();
    return open_csv_source(std::move(options));
  }
  std::unique_ptr<CsvSource> open(std::string_view text, CsvSourceOptions options = {}) {
    auto source = try_open(text, std::move(options));
    if (!source) throw std::runtime_error(source.error().message);
    return std::move(*source);
  }

  TemporaryDirectory directory_;
};

std::vector<std::string> comments_of(const std::vector<domain::Row>& rows) {
  std::vector<std::string> comments;
  for (const domain::Row& row : rows) comments.push_back(row.comment);
  return comments;
}

TEST_F(CsvSourceTest, cells_are_verbatim_and_rows_numbered_as_in_the_sheet) {
  const auto source =
      open("Project;Manager;Status;Comment;Due date\r\n Мост ;@ann;Green;\" a;\r\nb \";31.12.2026\r\n");
  const auto rows = read_all_rows(*source);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].index, 0U);
  EXPECT_EQ(rows[0].number, 2U);
  EXPECT_EQ(rows[0].identifier, " Мост ");
  EXPECT_EQ(rows[0].project_manager, "@ann");
  EXPECT_EQ(rows[0].status, "Green");
  EXPECT_EQ(rows[0].comment, " a;\r\nb ");
  EXPECT_EQ(rows[0].completion_date, "31.12.2026");
  EXPECT_TRUE(source->columns().identifier && source->columns().project_manager &&
              source->columns().completion_date);
}

TEST_F(CsvSourceTest, blank_rows_are_no_rows_but_count_for_the_numbers) {
  const auto source = open("status,comment\nGreen,a\n\n , \nRed,b\n,\n");
  const auto rows = read_all_rows(*source);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].index, 1U);
  EXPECT_EQ(rows[1].number, 5U);
}

TEST_F(CsvSourceTest, short_rows_are_filled_up_and_long_ones_warned_of_once) {
  const auto source = open("status,comment,project\nGreen,a\nRed,b,P,\nRed,c,P,oops\nRed,d,P,again\n");
  EXPECT_THAT(comments_of(read_all_rows(*source)), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(source->warnings(),
              ::testing::Contains(HasSubstr("s.csv:4: the row has 4 cells, the header 3")));
  const std::size_t warnings = source->warnings().size();
  ASSERT_TRUE(rewind(*source));
  read_all_rows(*source);
  EXPECT_EQ(source->warnings().size(), warnings);
}

TEST_F(CsvSourceTest, reading_again_gives_the_same_rows) {
  const auto source = open("status,comment\nGreen,a\nRed,b\nRed,c\n");
  const auto first = comments_of(read_all_rows(*source));
  ASSERT_TRUE(rewind(*source));
  EXPECT_EQ(comments_of(*read_rows(*source, 2)), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(rewind(*source));
  EXPECT_EQ(comments_of(read_all_rows(*source)), first);
  EXPECT_THAT(*read_rows(*source), IsEmpty());
}

TEST_F(CsvSourceTest, the_header_may_stand_further_down) {
  CsvSourceOptions options;
  options.header_row = 3;
  options.data_start_row = 5;
  const auto source = open("Report\n\nstatus,comment\n(in words),(text)\nGreen,a\n", std::move(options));
  const auto rows = read_all_rows(*source);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].number, 5U);
  ASSERT_TRUE(rewind(*source));
  EXPECT_EQ(read_all_rows(*source).size(), 1U);
}

TEST_F(CsvSourceTest, a_limit_takes_the_first_rows) {
  CsvSourceOptions options;
  options.limit = 2;
  const auto source = open("status,comment\nGreen,a\n\nRed,b\nRed,c\n", std::move(options));
  EXPECT_THAT(comments_of(read_all_rows(*source)), ElementsAre("a", "b"));
  ASSERT_TRUE(rewind(*source));
  EXPECT_THAT(comments_of(read_all_rows(*source)), ElementsAre("a", "b"));
}

TEST_F(CsvSourceTest, wrong_beginnings_are_told) {
  EXPECT_THAT(try_open("").error().message, HasSubstr("s.csv is empty"));
  CsvSourceOptions far_down;
  far_down.header_row = 4;
  far_down.data_start_row = 5;
  EXPECT_THAT(try_open("a,b\n1,2\n", far_down).error().message,
              HasSubstr("has 2 rows, but the header should be row 4"));
  CsvSourceOptions backwards;
  backwards.header_row = 2;
  backwards.data_start_row = 2;
  EXPECT_EQ(try_open("a,b\n1,2\n", backwards).error().kind, ErrorKind::invalid_input);
}

TEST_F(CsvSourceTest, an_error_in_the_middle_ends_the_reading_with_its_place) {
  const auto source = open("status,comment\nGreen,a\nRed,\xFF\n");
  const auto rows = read_rows(*source, 10);
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().message, HasSubstr("s.csv:3:5: byte 0xFF"));
}

}  // namespace
}  // namespace sv::tables
