#include "tables/csv_dialect.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sv::tables {
namespace {

CsvDialect detect(std::string_view text) { return detect_dialect(text, true).dialect; }

TEST(CsvDialect, each_of_the_four_delimiters_is_found) {
  for (const char delimiter : kDelimiters) {
    std::string text = "id,status,comment\n1,Green,fine\n2,Red,late\n";
    for (char& c : text) c = c == ',' ? delimiter : c;
    EXPECT_EQ(detect(text).delimiter, delimiter) << delimiter;
  }
}

TEST(CsvDialect, the_line_end_of_the_first_row_is_taken) {
  EXPECT_EQ(detect("a,b\nc,d\r\n").line_end, LineEnd::lf);
  EXPECT_EQ(detect("a,b\r\nc,d\n").line_end, LineEnd::crlf);
  EXPECT_EQ(detect("a,b\rc,d\r").line_end, LineEnd::cr);
  EXPECT_EQ(detect("a,b").line_end, LineEnd::crlf);
  EXPECT_EQ(detect("\"a\nb\",c\r\nd,e\r\n").line_end, LineEnd::crlf);
}

TEST(CsvDialect, commas_in_many_lines_of_long_comments_do_not_outvote_the_delimiter) {
  std::string text = "Проект;Статус;Комментарий\n";
  for (int row = 0; row < 3; ++row) {
    text += "П;В работе;\"";
    for (int line = 0; line < 12; ++line) text += "сделано, но не всё\n";
    text += "\"\n";
  }
  EXPECT_EQ(detect(text).delimiter, ';');
}

TEST(CsvDialect, decimal_commas_do_not_look_like_a_delimiter) {
  EXPECT_EQ(detect("имя;доля\nА;1,5\nБ;2,5\nВ;3,5\n").delimiter, ';');
}

TEST(CsvDialect, a_title_row_above_the_header_does_no_harm) {
  EXPECT_EQ(detect("Report of November, draft\n\nid;status;comment\n1;Green;a\n2;Red;b\n").delimiter, ';');
}

TEST(CsvDialect, rows_of_differing_length_keep_their_delimiter) {
  EXPECT_EQ(detect("id;status;comment;date\n1;Green;a, b;1\n2;Red\n3;Red;c\n4;Green;d;2\n").delimiter, ';');
}

TEST(CsvDialect, one_column_and_nothing_at_all_are_read_with_commas) {
  EXPECT_EQ(detect("comment\nfine\n").delimiter, ',');
  EXPECT_EQ(detect(""), CsvDialect{});
}

TEST(CsvDialect, a_byte_order_mark_and_a_separator_line_stand_before_the_first_row) {
  const DetectedDialect marked = detect_dialect("\xEF\xBB\xBFsep=|\r\na,b|c\r\n", true);
  EXPECT_EQ(marked.dialect, (CsvDialect{.delimiter = '|', .has_bom = true, .line_end = LineEnd::crlf}));
  EXPECT_EQ(marked.prologue, 10U);
  EXPECT_EQ(detect_dialect("sep=;\na;b\n", true).prologue, 6U);
  EXPECT_EQ(detect_dialect("sep=;\ra;b\r", true).prologue, 6U);
  EXPECT_EQ(detect_dialect("sep=x\na;b\n", true).prologue, 0U);
}

TEST(CsvDialect, a_separator_line_that_is_cut_or_goes_on_is_none) {
  EXPECT_EQ(detect_dialect("sep=;\r", false).prologue, 6U);
  EXPECT_EQ(detect_dialect("sep=;\r\na;b\r\n", true).prologue, 7U);
  EXPECT_EQ(detect_dialect("sep=;x\na;b\n", true).prologue, 0U);
  EXPECT_EQ(detect_dialect("sep=;", true).prologue, 0U);
  EXPECT_EQ(detect_dialect("sep=xy\n", true).prologue, 0U);
}

}  // namespace
}  // namespace sv::tables
