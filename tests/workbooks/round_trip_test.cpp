// Whole tables through workbooks, cell by cell.
#include "workbooks/workbook_tools.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <xlsxwriter.h>

namespace sv::workbooks {
namespace {

Cells read_csv_file(const std::string& path) {
  Cells cells;
  Result<tables::CsvReader> reader = tables::CsvReader::open(path);
  while (reader) {
    const Result<bool> read = reader->next();
    if (!read || !*read) break;
    cells.emplace_back(reader->cells().begin(), reader->cells().end());
    while (!cells.back().empty() && cells.back().back().empty()) cells.back().pop_back();
  }
  return cells;
}

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') escaped += "&amp;";
    if (c == '<') escaped += "&lt;";
    if (c == '\n') escaped += "</text:p><text:p>";
    if (c == ' ') escaped += "<text:s/>";
    if (c == '\t') escaped += "<text:tab/>";
    if (c == '\r') escaped += "&#13;";
    if (std::string_view("&<\n \t\r").find(c) == std::string_view::npos) escaped += c;
  }
  return escaped;
}

void write_xlsx(const std::string& path, const Cells& cells) {
  lxw_workbook* workbook = workbook_new(path.c_str());
  lxw_worksheet* sheet = workbook_add_worksheet(workbook, "2025");
  for (std::size_t row = 0; row < cells.size(); ++row) {
    for (std::size_t column = 0; column < cells[row].size(); ++column) {
      worksheet_write_string(sheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column),
                             cells[row][column].c_str(), nullptr);
    }
  }
  ASSERT_EQ(workbook_close(workbook), LXW_NO_ERROR);
}

void write_ods(const std::string& path, const Cells& cells) {
  std::string table = "<table:table table:name=\"a:b\">";
  for (const auto& row : cells) {
    table += "<table:table-row>";
    for (const std::string& cell : row)
      table += "<table:table-cell office:value-type=\"string\"><text:p>" + escape(cell) +
               "</text:p></table:table-cell>";
    table += "</table:table-row>";
  }
  make_ods(path, table + "</table:table>");
}

void expect_equal(const Cells& read, const Cells& written) {
  ASSERT_EQ(read.size(), written.size());
  for (std::size_t row = 0; row < read.size(); ++row) {
    Cells::value_type cells = read[row];
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    ASSERT_EQ(cells, written[row]) << "row " << row + 1;
  }
}

TEST(LibreOffice, its_files_are_read_as_the_csv_file_that_it_made_them_of) {
  const std::string root = SV_SOURCE_DIR;
  const Cells expected = read_csv_file(root + "/examples/ru/statuses.csv");
  ASSERT_GT(expected.size(), 30U);
  expect_equal(must_read(root + "/fuzz/seeds/workbook/libreoffice.xlsx"), expected);
  expect_equal(must_read(root + "/fuzz/seeds/workbook/libreoffice.ods"), expected);
}

class RealTables : public testing::TestWithParam<const char*> {};

TEST_P(RealTables, come_back_whole_from_xlsx_and_ods) {
  const char* const given = std::getenv("SV_SHARED_DATA");
  const std::string path = std::string(given != nullptr ? given : "/work/shared/data") + "/" + GetParam();
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is not there (SV_SHARED_DATA names its directory)";
  const Cells cells = read_csv_file(path);
  ASSERT_GT(cells.size(), 100U);
  const TempDirectory directory;
  write_xlsx(directory.file("a.xlsx"), cells);
  expect_equal(must_read(directory.file("a.xlsx"), "2025"), cells);
  write_ods(directory.file("a.ods"), cells);
  expect_equal(must_read(directory.file("a.ods"), "a:b"), cells);
}

INSTANTIATE_TEST_SUITE_P(Tables, RealTables,
                         testing::Values("gmpp_sample.csv", "rust_goals_sample.csv",
                                         "clickhouse_roadmap_ru_sample.csv"));

}  // namespace
}  // namespace sv::workbooks
