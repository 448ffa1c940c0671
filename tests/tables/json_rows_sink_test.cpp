#include "tables/json_rows_sink.hpp"

#include "tables/csv_sink.hpp"
#include "tables/json_text.hpp"
#include "tables/table_tools.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace sv::tables {
namespace {

using ::testing::HasSubstr;

std::string print(std::vector<domain::Outcome> outcomes, std::uint64_t places) {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("out.json");
  std::FILE* const output = std::fopen(path.c_str(), "wb");
  const auto sink = open_json_rows_sink({.output = output, .columns = {}, .source_name = "s.csv"});
  if (!sink) throw std::runtime_error(sink.error().message);
  EXPECT_TRUE(begin(**sink, places, true));
  EXPECT_TRUE(put(**sink, std::move(outcomes)));
  EXPECT_EQ(content_of(path), "");
  EXPECT_TRUE(finish(**sink));
  std::fclose(output);
  return content_of(path);
}

TEST(JsonRowsSink, rows_are_printed_as_pythons_json_dumps_with_indent_2) {
  domain::Outcome outcome = make_unjudged(1, "", "причина");
  outcome.row.comment = "=a \"b\"\\\n\x01/";
  EXPECT_EQ(print({outcome, make_unjudged(0, "", "")}, 3),
            R"([
  [
    "Row Number",
    "Source URL",
    "Status Value",
    "Completion Date",
    "Comment",
    "Is Valid",
    "Issues",
    "Rewrite Suggestion",
    "Raw LLM JSON",
    "Check date",
    "Model"
  ],
  [
    "2",
    "s.csv#row=2",
    "Green",
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    ""
  ],
  [
    "3",
    "s.csv#row=3",
    "Green",
    "",
    "=a \"b\"\\\n\u0001/",
    "",
    "причина",
    "",
    "",
    "",
    ""
  ]
]
)");
}

TEST(JsonRowsSink, no_rows_print_the_header_alone) {
  EXPECT_THAT(print({}, 0), ::testing::EndsWith("    \"Model\"\n  ]\n]\n"));
}

TEST(JsonRowsSink, an_output_that_takes_no_more_is_told) {
  std::FILE* const full = std::fopen("/dev/full", "wb");
  if (full == nullptr) GTEST_SKIP() << "this system has no /dev/full";
  const auto sink = open_json_rows_sink({.output = full, .columns = {}, .source_name = "s.csv"});
  ASSERT_TRUE(sink);
  ASSERT_TRUE(begin(**sink, 1, true));
  ASSERT_TRUE(put(**sink, {make_outcome(0, "A", "a")}));
  const auto finished = finish(**sink);
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().kind, ErrorKind::io);
  std::fclose(full);
}

TEST(JsonRowsSink, check_dates_of_the_target_can_be_read_but_it_is_not_written) {
  const TemporaryDirectory directory;
  const std::string before =
      "Row Number,Project name,Is Valid,Issues,Check date\n2,A,YES,,24.11.2026 10:00\n";
  JsonRowsSinkOptions options;
  options.columns.identifier = true;
  options.target_path = directory.write("review.csv", before);
  options.output = std::tmpfile();
  const auto sink = open_json_rows_sink(options);
  ASSERT_TRUE(sink) << sink.error().message;
  const auto rows = read_existing(**sink);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].check_date, "24.11.2026 10:00");
  ASSERT_TRUE(begin(**sink, 1, true));
  ASSERT_TRUE(put(**sink, {make_outcome(0, "A", "a")}));
  ASSERT_TRUE(finish(**sink));
  EXPECT_EQ(content_of(options.target_path), before);
  std::fclose(options.output);
}

TEST(JsonText, every_ascii_character_is_written_so_that_a_parser_reads_it_back) {
  std::string text;
  for (int c = 1; c < 128; ++c) text.push_back(static_cast<char>(c));
  text += "ж😀";
  std::string written;
  append_json_string(text, written);
  EXPECT_EQ(boost::json::parse(written).as_string(), text);
}

}  // namespace
}  // namespace sv::tables
