// The real tables that the acceptance runs on: read whole, cell by cell as Python's csv module reads them.
#include "tables/csv_sink.hpp"
#include "tables/csv_source.hpp"
#include "tables/safe_cell.hpp"
#include "tables/table_tools.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace sv::tables {
namespace {

struct RealTable {
  const char* name;
  std::size_t rows;
};
constexpr RealTable kTables[] = {
    {"gmpp_sample.csv", 381}, {"rust_goals_sample.csv", 160}, {"clickhouse_roadmap_ru_sample.csv", 125}};

std::string data_directory() {
  const char* const given = std::getenv("SV_SHARED_DATA");
  return given != nullptr ? given : "/work/shared/data";
}

class RealTablesTest : public ::testing::TestWithParam<RealTable> {
 protected:
  void SetUp() override {
    path_ = data_directory() + "/" + GetParam().name;
    if (!std::filesystem::exists(path_))
      GTEST_SKIP() << path_ << " is not there (SV_SHARED_DATA names its directory)";
  }
  std::string path_;
};

// Fields of all rows, each ended by a unit separator and each row by a record separator; empty without
// Python.
std::string read_by_python(const std::string& path) {
  const std::string command =
      "python3 -c 'import csv,sys\n"
      "for r in csv.DictReader(open(sys.argv[1], newline=\"\", encoding=\"utf-8\")):\n"
      "    sys.stdout.buffer.write((\"\\x1f\".join(r[k] for k in (\"project\", \"manager\", \"status\", "
      "\"comment\", "
      "\"completion_date\")) + \"\\x1e\").encode())' '" +
      path + "' 2>/dev/null";
  std::string output;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char block[65'536];
  for (std::size_t got = 0; (got = std::fread(block, 1, sizeof block, pipe)) > 0;) output.append(block, got);
  ::pclose(pipe);
  return output;
}

TEST_P(RealTablesTest, every_row_is_read_as_an_independent_reader_reads_it) {
  auto source = open_csv_source({.path = path_, .columns = {}, .guess_columns = true, .limit = {}});
  ASSERT_TRUE(source) << source.error().message;
  const auto rows = read_all_rows(**source);
  ASSERT_EQ(rows.size(), GetParam().rows);
  std::string ours;
  for (const domain::Row& row : rows) {
    ours += row.identifier + '\x1f' + row.project_manager + '\x1f' + row.status + '\x1f' + row.comment +
            '\x1f' + row.completion_date + '\x1e';
  }
  const std::string pythons = read_by_python(path_);
  if (pythons.empty()) GTEST_SKIP() << "python3 is not there: only the number of rows was checked";
  EXPECT_TRUE(ours == pythons) << "the readings differ";
}

TEST_P(RealTablesTest, all_rows_go_through_a_review_and_come_back_verbatim_and_twice_the_same) {
  const TemporaryDirectory directory;
  auto source = open_csv_source({.path = path_, .columns = {}, .guess_columns = true, .limit = {}});
  ASSERT_TRUE(source);
  const auto rows = read_all_rows(**source);
  CsvSinkOptions options;
  options.path = directory.path_of("review.csv");
  options.dialect = (*source)->dialect();
  options.columns = (*source)->columns();
  options.source_path = path_;
  std::string first;
  for (int run = 0; run < 2; ++run) {
    auto sink = open_csv_sink(options);
    ASSERT_TRUE(sink) << sink.error().message;
    ASSERT_TRUE(begin(**sink, rows.size(), true));
    for (std::size_t i = rows.size(); i-- > 0;) {
      domain::Outcome outcome = make_outcome(i, "", "");
      outcome.row = rows[i];
      ASSERT_TRUE(put(**sink, {outcome}));
    }
    ASSERT_TRUE(finish(**sink));
    if (run == 0) first = content_of(options.path);
  }
  EXPECT_TRUE(content_of(options.path) == first) << "the second run changed the review";

  Result<CsvReader> review = CsvReader::open(options.path);
  ASSERT_TRUE(review);
  ASSERT_TRUE(*review->next());
  for (const domain::Row& row : rows) {
    ASSERT_TRUE(*review->next());
    const auto cells = review->cells();
    const auto expect_cell = [&](std::size_t column, const std::string& text) {
      EXPECT_EQ(cells[column], (needs_safety_prefix(text) ? "'" : "") + text) << "row " << row.number;
    };
    ASSERT_EQ(cells.size(), 12U);
    EXPECT_EQ(cells[0], std::to_string(row.number));
    expect_cell(1, row.identifier);
    expect_cell(2, row.project_manager);
    expect_cell(3, row.status);
    expect_cell(4, row.completion_date);
    expect_cell(5, row.comment);
  }
  EXPECT_FALSE(*review->next());
}

INSTANTIATE_TEST_SUITE_P(All, RealTablesTest, ::testing::ValuesIn(kTables), [](const auto& parameter) {
  const std::string name = parameter.param.name;
  return name.substr(0, name.find('_'));
});

}  // namespace
}  // namespace sv::tables
