#include "tables/csv_reader.hpp"

#include "tables/encoding_guess.hpp"
#include "tables/table_tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace sv::tables {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Table = std::vector<std::vector<std::string>>;

class CsvReaderTest : public ::testing::Test {
 protected:
  CsvReader open(std::string_view text) {
    Result<CsvReader> reader = CsvReader::open(directory_.write("t.csv", text));
    if (!reader) throw std::runtime_error(reader.error().message);
    return std::move(*reader);
  }

  static Table rest_of(CsvReader& reader) {
    Table table;
    for (;;) {
      const Result<bool> read = reader.next();
      if (!read) throw std::runtime_error(read.error().message);
      if (!*read) return table;
      table.emplace_back(reader.cells().begin(), reader.cells().end());
    }
  }

  Table read(std::string_view text) {
    CsvReader reader = open(text);
    return rest_of(reader);
  }

  // The error that ends the reading; empty when there is none.
  std::string error_of(std::string_view text) {
    Result<CsvReader> reader = CsvReader::open(directory_.write("t.csv", text));
    if (!reader) return reader.error().message;
    for (;;) {
      const Result<bool> read = reader->next();
      if (!read) {
        EXPECT_EQ(read.error().kind, ErrorKind::invalid_input);
        return read.error().message;
      }
      if (!*read) return "";
    }
  }

  TemporaryDirectory directory_;
};

TEST_F(CsvReaderTest, plain_rows_are_read_with_and_without_a_last_line_end) {
  const Table expected = {{"a", "b"}, {"1", ""}, {"", "2"}};
  EXPECT_EQ(read("a,b\n1,\n,2\n"), expected);
  EXPECT_EQ(read("a,b\n1,\n,2"), expected);
  EXPECT_EQ(read("a,b\r\n1,\r\n,2\r\n"), expected);
  EXPECT_EQ(read("a,b\r1,\r,2\r"), expected);
  EXPECT_EQ(read("a,b\r1,\r,2"), expected);
}

TEST_F(CsvReaderTest, a_delimiter_at_the_very_end_is_followed_by_an_empty_cell) {
  EXPECT_EQ(read("a,b\n1,"), (Table{{"a", "b"}, {"1", ""}}));
}

TEST_F(CsvReaderTest, quoted_cells_hold_delimiters_quotes_and_line_breaks) {
  EXPECT_EQ(read("a,b\n\"1,2\",\"say \"\"no\"\"\"\n\"x\r\ny\nz\rw\",\"\"\n"),
            (Table{{"a", "b"}, {"1,2", "say \"no\""}, {"x\r\ny\nz\rw", ""}}));
  EXPECT_EQ(read("a,b\n\"\"\"\",\"\"\"\"\"\"\n"), (Table{{"a", "b"}, {"\"", "\"\""}}));
}

TEST_F(CsvReaderTest, quotes_in_wrong_places_read_as_python_reads_them) {
  EXPECT_EQ(read("a,b\n5\" pipe,\"x\"y\n"), (Table{{"a", "b"}, {"5\" pipe", "xy"}}));
  EXPECT_EQ(read("a,b\n\"x\"y\"z\",\"p\"\"q\"r\n"), (Table{{"a", "b"}, {"xy\"z\"", "p\"qr"}}));
  EXPECT_EQ(read("a,b\n \"x\",y\n"), (Table{{"a", "b"}, {" \"x\"", "y"}}));
}

TEST_F(CsvReaderTest, spaces_are_kept) { EXPECT_EQ(read("a,b\n x , \n"), (Table{{"a", "b"}, {" x ", " "}})); }

TEST_F(CsvReaderTest, empty_lines_are_rows_of_one_empty_cell) {
  EXPECT_EQ(read("a,b\n\n1,2\n\n"), (Table{{"a", "b"}, {""}, {"1", "2"}, {""}}));
  EXPECT_EQ(read(""), Table{});
}

TEST_F(CsvReaderTest, a_byte_order_mark_is_no_part_of_the_first_cell) {
  EXPECT_EQ(read("\xEF\xBB\xBFпроект;статус\r\nА;Б\r\n"), (Table{{"проект", "статус"}, {"А", "Б"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF"), Table{});
}

TEST_F(CsvReaderTest, a_separator_line_is_no_row_but_a_line) {
  CsvReader reader = open("sep=;\na;b,c\n1;2\n");
  EXPECT_EQ(rest_of(reader), (Table{{"a", "b,c"}, {"1", "2"}}));
  EXPECT_EQ(reader.line(), 4U);
  EXPECT_EQ(reader.prologue(), "sep=;\n");
}

TEST_F(CsvReaderTest, records_and_lines_are_numbered_apart) {
  CsvReader reader = open("a,b\n\"1\n2\r\n3\",x\n4,5\n");
  std::vector<std::pair<std::uint64_t, std::uint64_t>> numbers;
  while (*reader.next()) numbers.emplace_back(reader.record_number(), reader.line());
  EXPECT_EQ(numbers, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{1, 1}, {2, 2}, {3, 5}}));
}

TEST_F(CsvReaderTest, records_across_blocks_are_whole) {
  // Rows of awkward lengths over several blocks of 256 KB, one of them larger than a block; CRLF meets block
  // ends.
  std::string text = "id,comment\r\n";
  Table expected = {{"id", "comment"}};
  for (std::size_t i = 0; text.size() < 1'500'000; ++i) {
    const std::string comment =
        i == 40 ? std::string(600'000, 'q') : std::string(i * 37 % 1009, 'x') + "\r\n\"ж";
    expected.push_back({std::to_string(i), comment});
    std::string quoted = comment;
    if (const std::size_t quote = quoted.find('"'); quote != std::string::npos) quoted.insert(quote, "\"");
    text += std::to_string(i) + ",\"" + quoted + "\"\r\n";
  }
  EXPECT_EQ(read(text), expected);
}

TEST_F(CsvReaderTest, a_carriage_return_at_a_block_end_belongs_to_the_line_feed_behind_it) {
  for (std::size_t length = 262'100; length < 262'150; ++length) {
    const std::string text = "a,b\r\n" + std::string(length, 'x') + ",1\r\n2,3\r\n";
    ASSERT_EQ(read(text).size(), 3U) << length;
  }
}

TEST_F(CsvReaderTest, it_can_be_read_again_from_the_first_record) {
  CsvReader reader = open("\xEF\xBB\xBFsep=;\r\na;b\r\n1;2\r\n3;4\r\n");
  const Table expected = {{"a", "b"}, {"1", "2"}, {"3", "4"}};
  ASSERT_TRUE(*reader.next());
  ASSERT_TRUE(*reader.next());
  ASSERT_TRUE(reader.rewind());
  EXPECT_EQ(rest_of(reader), expected);
  ASSERT_TRUE(reader.rewind());
  EXPECT_EQ(rest_of(reader), expected);
}

TEST_F(CsvReaderTest, a_file_that_has_changed_is_not_read_again) {
  CsvReader reader = open("a,b\n1,2\n");
  directory_.write("t.csv", "a,b\n1,2\n3,4\n");
  const Result<void> rewound = reader.rewind();
  ASSERT_FALSE(rewound);
  EXPECT_THAT(rewound.error().message, HasSubstr("was changed while it was read"));
}

TEST_F(CsvReaderTest, an_unclosed_quote_is_told_with_the_place_where_it_opens) {
  EXPECT_THAT(error_of("a,b\n1,\"2\n3\n"), HasSubstr("t.csv:2: the quote that opens cell 2 is never closed"));
}

TEST_F(CsvReaderTest, broken_utf8_is_told_with_line_column_and_byte) {
  EXPECT_THAT(error_of("a,b\n\"x\nжé\xE9z\",2\n"),
              HasSubstr("t.csv:3:3: byte 0xE9 at offset 11 is not UTF-8"));
}

TEST_F(CsvReaderTest, russian_in_windows_1251_is_recognised_and_the_way_out_named) {
  // "Проект;Статус" in Windows-1251.
  EXPECT_THAT(error_of("\xCF\xF0\xEE\xE5\xEA\xF2;\xD1\xF2\xE0\xF2\xF3\xF1\n1;2\n"),
              AllOf(HasSubstr(":1:1: byte 0xCF at offset 0"), HasSubstr("looks like Windows-1251"),
                    HasSubstr("iconv -f cp1251")));
}

TEST_F(CsvReaderTest, one_broken_byte_in_russian_utf8_is_not_called_windows_1251) {
  EXPECT_THAT(error_of("Проект;Статус\nстройка моста\xD0;в работе\n"),
              AllOf(HasSubstr("not UTF-8"), Not(HasSubstr("1251"))));
}

TEST_F(CsvReaderTest, nul_bytes_are_no_text) {
  EXPECT_THAT(error_of(std::string_view("a,b\n1,\0\n", 8)),
              HasSubstr(":2:3: byte 0x00 at offset 6 is not text"));
}

TEST_F(CsvReaderTest, utf16_and_workbooks_are_named_as_what_they_are) {
  EXPECT_THAT(error_of(std::string_view("\xFF\xFE"
                                        "a\0,\0",
                                        6)),
              HasSubstr("is UTF-16"));
  EXPECT_THAT(error_of("PK\x03\x04zip"), HasSubstr("is a workbook"));
  EXPECT_THAT(error_of("\xD0\xCF\x11\xE0ole"), HasSubstr("is a workbook"));
}

TEST_F(CsvReaderTest, a_cell_may_have_one_megabyte_and_no_more) {
  const std::string largest(kMaxCellBytes, 'x');
  EXPECT_EQ(read("a,b\n" + largest + ",1\n")[1][0].size(), kMaxCellBytes);
  EXPECT_THAT(error_of("a,b\n1," + largest + "x\n"), HasSubstr(":2: cell 2 is longer than 1 MB"));
  const std::string quotes(2 * kMaxCellBytes, '"');
  EXPECT_EQ(read("a,b\n\"" + quotes + "\",1\n")[1][0], std::string(kMaxCellBytes, '"'));
}

TEST_F(CsvReaderTest, a_quote_that_swallows_the_file_is_noticed_before_all_of_it_is_in_memory) {
  std::string text = "a,b\n1,\"2\n";
  while (text.size() < 4 * kMaxCellBytes) text += "3,4 and more of it\n";
  EXPECT_THAT(error_of(text), HasSubstr(":2: cell 2 is longer than 1 MB; is its closing quote missing?"));
}

TEST_F(CsvReaderTest, too_many_columns_are_refused) {
  EXPECT_EQ(read("a,b\n" + std::string(kMaxColumns - 1, ',') + "\n")[1].size(), kMaxColumns);
  EXPECT_THAT(error_of("a,b\n" + std::string(kMaxColumns, ',') + "\n"), HasSubstr("more than 16384 cells"));
}

TEST_F(CsvReaderTest, what_is_no_readable_file_is_refused_by_kind) {
  EXPECT_EQ(CsvReader::open(directory_.path_of("none.csv")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(CsvReader::open(directory_.path()).error().kind, ErrorKind::invalid_input);
  ASSERT_EQ(::mkfifo(directory_.path_of("pipe").c_str(), 0600), 0);
  const auto pipe = CsvReader::open(directory_.path_of("pipe"));
  ASSERT_FALSE(pipe);
  EXPECT_THAT(pipe.error().message, HasSubstr("is not a regular file"));
}

TEST_F(CsvReaderTest, a_path_with_control_characters_is_shown_safely) {
  const auto reader = CsvReader::open(directory_.path_of("no\x1b[31m\nsuch.csv"));
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().message, HasSubstr("no\\x1b[31m such.csv"));
}

TEST_F(CsvReaderTest, windows_1251_is_known_by_its_letters_in_words_and_not_by_single_ones) {
  // "Ё" and "ё" lie apart from the other letters.
  EXPECT_TRUE(looks_like_windows_1251("\xB8\xEB\xEA\xE0 \xA8\xEB\xEA\xE0"));
  EXPECT_FALSE(looks_like_windows_1251("\xE9 and \xE8 and \xE0")) << "accents of Latin-1";
  EXPECT_FALSE(looks_like_windows_1251("\xEF\xF0\xEE\x80\x81\x82\x83")) << "mostly something else";
  EXPECT_FALSE(looks_like_windows_1251("\xEF"));
  EXPECT_FALSE(looks_like_windows_1251("plain"));
}

TEST_F(CsvReaderTest, the_way_out_can_be_pasted_into_a_shell_whatever_the_files_name) {
  const std::string russian = "\xCF\xF0\xEE\xE5\xEA\xF2";
  const auto way_out = [&](std::string_view name) { return describe_bad_byte(0xCF, 0, russian, name); };
  EXPECT_THAT(way_out("/tmp/a-b_c.1.csv"), HasSubstr("utf-8 /tmp/a-b_c.1.csv >"));
  EXPECT_THAT(way_out("it's mine.csv"), HasSubstr("utf-8 'it'\\''s mine.csv' >"));
  EXPECT_THAT(way_out("-rf"), HasSubstr("utf-8 '-rf' >"));
}

TEST_F(CsvReaderTest, utf16_of_the_other_order_is_named_too) {
  EXPECT_THAT(error_of(std::string_view("\xFE\xFF\0a\0,", 6)), HasSubstr("is UTF-16"));
}

}  // namespace
}  // namespace sv::tables
