// People work in the review: they move columns, delete some, add notes. A second run must respect that.
#include "tables/csv_sink.hpp"
#include "tables/table_tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EditedTargetTest : public ::testing::Test {
 protected:
  // Writes `outcomes` over `before` and gives what is there then.
  std::string run(std::string_view before, std::vector<domain::Outcome> outcomes, std::uint64_t places) {
    CsvSinkOptions options;
    options.path = directory_.write("review.csv", before);
    options.columns.identifier = true;
    const auto sink = open_csv_sink(options);
    if (!sink) throw std::runtime_error(sink.error().message);
    for (auto rows = read_existing(**sink, 2); !rows->empty(); rows = read_existing(**sink, 2)) {
      for (const ports::ExistingRow& row : *rows) identifiers_.push_back(row.identifier);
    }
    EXPECT_TRUE(begin(**sink, places, true));
    EXPECT_TRUE(put(**sink, std::move(outcomes)));
    EXPECT_TRUE(finish(**sink));
    return content_of(options.path);
  }

  TemporaryDirectory directory_;
  std::vector<std::string> identifiers_;
};

// Only what is written without an answer: short, and free of dates.
domain::Outcome unjudged(std::uint64_t place, std::string_view identifier) {
  return make_unjudged(place, identifier, "why");
}

constexpr std::string_view kMoved =
    "Notes;issues;IS VALID; Project name ;Row Number;Status Value;Completion Date;Comment;Rewrite "
    "Suggestion;Raw LLM "
    "JSON;Check date;Model\n";

TEST_F(EditedTargetTest, moved_columns_and_notes_are_kept_in_updated_rows) {
  const std::string before =
      std::string(kMoved) + "\"keep; this\";old;YES;A;9;Red;;x;;{};01.01.2026;m\nmine;old;NO;B;9;;;;;;;\n";
  EXPECT_EQ(run(before, {unjudged(0, "A")}, 2), std::string(kMoved) +
                                                    "\"keep; this\";why;;A;2;Green;;;;;;\n"
                                                    "mine;old;NO;B;9;;;;;;;\n");
  EXPECT_THAT(identifiers_, ElementsAre("A", "B"));
}

TEST_F(EditedTargetTest, a_new_row_leaves_peoples_columns_empty) {
  EXPECT_EQ(run(kMoved, {unjudged(0, "A")}, 1), std::string(kMoved) + ";why;;A;2;Green;;;;;;\n");
}

TEST_F(EditedTargetTest, deleted_columns_come_back_at_the_end) {
  EXPECT_EQ(run("Row Number,Project name,Is Valid,Issues,Mine\n1,A,YES,,\"my, note\"\n1,B,YES,x,b\n",
                {unjudged(0, "A")}, 2),
            "Row Number,Project name,Is Valid,Issues,Mine,Status Value,Completion Date,Comment,Rewrite "
            "Suggestion,Raw LLM "
            "JSON,Check date,Model\n"
            "2,A,,why,\"my, note\",Green,,,,,,\n"
            "1,B,YES,x,b\n");
}

TEST_F(EditedTargetTest, cells_beyond_the_header_are_kept_and_do_not_slip_under_new_columns) {
  EXPECT_EQ(
      run("Row Number,Project name,Is Valid,Issues\n1,A,YES,,beyond\n1,B,YES,,also\n", {unjudged(0, "A")}, 2),
      "Row Number,Project name,Is Valid,Issues,Status Value,Completion Date,Comment,Rewrite Suggestion,Raw "
      "LLM "
      "JSON,Check date,Model\n"
      "2,A,,why,Green,,,,,,,beyond\n"
      "1,B,YES,,,,,,,,,also\n");
}

TEST_F(EditedTargetTest, rows_that_are_kept_are_kept_byte_by_byte) {
  const std::string header =
      "Row Number;Project name;Status Value;Completion Date;Comment;Is Valid;Issues;Rewrite Suggestion;Raw "
      "LLM JSON;Check "
      "date;Model\n";
  const std::string odd = "\"1\";\"A\"x; y ;;\"a\nb\r\nc\";;\"\";5\" pipe\n";
  EXPECT_EQ(run(header + odd + "2;B\n", {unjudged(2, "C")}, 3), header + odd + "2;B\n4;C;Green;;;;why;;;;\n");
}

TEST_F(EditedTargetTest, blank_lines_between_rows_keep_the_places_and_those_at_the_end_are_no_rows) {
  const std::string header =
      "Row Number,Project name,Status Value,Completion Date,Comment,Is Valid,Issues,Rewrite Suggestion,Raw "
      "LLM JSON,Check "
      "date,Model\n";
  EXPECT_EQ(run(header + "1,A\n\n,,\n1,B\n\n\n", {unjudged(3, "B"), unjudged(4, "C")}, 5),
            header + "1,A\n\n\n5,B,Green,,,,why,,,,\n6,C,Green,,,,why,,,,\n");
  EXPECT_THAT(identifiers_, ElementsAre("A", "", "", "B"));
}

TEST_F(EditedTargetTest, the_targets_own_mark_separator_line_and_line_ends_stay) {
  const std::string header =
      "\xEF\xBB\xBFsep=;\r\nRow Number;Project name;Status Value;Completion Date;Comment;Is "
      "Valid;Issues;Rewrite "
      "Suggestion;Raw LLM JSON;Check date;Model\r\n";
  EXPECT_EQ(run(header, {unjudged(0, "A")}, 1), header + "2;A;Green;;;;why;;;;\r\n");
}

TEST_F(EditedTargetTest, broken_bytes_in_it_stop_the_run_before_anything_is_paid_for) {
  CsvSinkOptions options;
  options.path = directory_.write("review.csv", "Row Number,Project name,Is Valid,Issues\n1,A\xFF,YES,\n");
  const auto sink = open_csv_sink(options);
  ASSERT_TRUE(sink);
  const auto rows = read_existing(**sink);
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().message, HasSubstr("review.csv:2:4: byte 0xFF"));
}

}  // namespace
}  // namespace sv::tables
