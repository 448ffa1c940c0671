// Whatever is written is read back as it was: encoder, dialect detection, scanner and reader together.
#include "tables/csv_dialect.hpp"
#include "tables/csv_encoder.hpp"
#include "tables/csv_reader.hpp"
#include "tables/safe_cell.hpp"
#include "tables/table_tools.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace sv::tables {
namespace {

using Table = std::vector<std::vector<std::string>>;

rc::Gen<std::string> cell() {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                          "a", "слово ", "\"", "\"\"", ",", ";", "\t", "|", "\n", "\r", "\r\n", " ", "'", "=",
                          "-", "😀", "\xEF\xBB\xBF", "long text with words")),
                      [](const std::vector<std::string>& parts) {
                        std::string text;
                        for (const std::string& part : parts) text += part;
                        return text;
                      });
}

std::string write(const Table& table, const CsvDialect& dialect, bool with_last_line_end, bool is_safe) {
  const CsvEncoder encoder(dialect.delimiter);
  std::string text(dialect.has_bom ? kByteOrderMark : "");
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t j = 0; j < table[i].size(); ++j) {
      if (j > 0) text.push_back(dialect.delimiter);
      is_safe ? encoder.append_safe_cell(table[i][j], text) : encoder.append_cell(table[i][j], text);
    }
    if (with_last_line_end || i + 1 < table.size()) text += to_bytes(dialect.line_end);
  }
  return text;
}

Table read(const std::string& path, CsvDialect& dialect) {
  Result<CsvReader> reader = CsvReader::open(path);
  RC_ASSERT(reader.has_value());
  dialect = reader->dialect();
  Table table;
  for (;;) {
    const Result<bool> read = reader->next();
    RC_ASSERT(read.has_value());
    if (!*read) return table;
    table.emplace_back(reader->cells().begin(), reader->cells().end());
  }
}

RC_GTEST_PROP(CsvRoundTrip, any_table_is_read_as_it_was_written, ()) {
  static const TemporaryDirectory directory;
  const CsvDialect dialect{.delimiter = *rc::gen::element(',', ';', '\t', '|'),
                           .has_bom = *rc::gen::arbitrary<bool>(),
                           .line_end = *rc::gen::element(LineEnd::lf, LineEnd::crlf, LineEnd::cr)};
  const auto width = *rc::gen::inRange<std::size_t>(2, 6);
  Table table = {{"Row Number"}};
  while (table[0].size() < width) table[0].emplace_back("Column");
  const auto rows = *rc::gen::inRange<std::size_t>(0, 8);
  for (std::size_t i = 0; i < rows; ++i)
    table.push_back(*rc::gen::container<std::vector<std::string>>(width, cell()));
  const bool with_last_line_end = *rc::gen::arbitrary<bool>();
  const bool is_safe = *rc::gen::arbitrary<bool>();

  CsvDialect detected;
  const std::string path = directory.write("t.csv", write(table, dialect, with_last_line_end, is_safe));
  Table back = read(path, detected);
  if (is_safe) {
    for (auto& row : back) {
      for (std::string& text : row) text = std::string(without_safety_prefix(text));
    }
  }
  RC_ASSERT(back == table);
  RC_ASSERT(detected.delimiter == dialect.delimiter);
  RC_ASSERT(detected.has_bom == dialect.has_bom);
  if (with_last_line_end || rows > 0) RC_ASSERT(detected.line_end == dialect.line_end);
}

TEST(CsvRoundTrip, cells_are_quoted_only_where_they_must_be) {
  const CsvEncoder encoder(';');
  const auto written = [&](std::string_view text) {
    std::string to;
    encoder.append_safe_cell(text, to);
    return to;
  };
  EXPECT_EQ(written(""), "");
  EXPECT_EQ(written("a, b"), "a, b");
  EXPECT_EQ(written("a; b"), "\"a; b\"");
  EXPECT_EQ(written("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(written("a\nb"), "\"a\nb\"");
  EXPECT_EQ(written(" a"), "\" a\"");
  EXPECT_EQ(written("=1"), "'=1");
  EXPECT_EQ(written("=a;\"b\""), "\"'=a;\"\"b\"\"\"");
  EXPECT_EQ(written("\r"), "\"'\r\"");
}

}  // namespace
}  // namespace sv::tables
