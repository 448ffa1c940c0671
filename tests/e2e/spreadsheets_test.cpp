// What spreadsheet programs make of our files, and we of theirs: with LibreOffice where it is installed.
#include "e2e/program.hpp"
#include "support/formula_corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Rows = std::vector<std::vector<std::string>>;
using Words = std::vector<std::string>;

std::string quoted(const std::string& cell) {
  std::string text = "\"";
  for (const char c : cell) {
    text += c;
    if (c == '"') text += c;
  }
  return text + "\"";
}

// Bytes that a shell gets in quotes.
std::string word(const std::string& text) { return "'" + text + "'"; }

std::filesystem::path shared_data() {
  const char* given = std::getenv("SV_SHARED_DATA");
  return given != nullptr ? given : "/work/shared/data";
}

class Spreadsheets : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v soffice >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "LibreOffice is not installed (apt-get install libreoffice-calc-nogui)";
    }
    directory_.write("rules.md", "1. The comment says what was done.\n");
  }

  // By LibreOffice; `filter` as its manual has it. The result has the same name with another ending.
  void convert(const std::string& from, const std::string& to, const std::string& in_filter = {}) const {
    const std::string command = "cd " + word(directory_.path()) +
                                " && timeout 100 soffice -env:UserInstallation=file://" + directory_.path() +
                                "/profile --headless " +
                                (in_filter.empty() ? "" : "--infilter=" + word(in_filter) + " ") +
                                "--convert-to " + word(to) + " " + word(from) + " >convert.log 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << directory_.read("convert.log");
  }

  Finished review(const std::string& source, const std::string& target) const {
    return run(directory_, Words{"run", source, "--output", target, "--rules", "rules.md", "--model", "m",
                                 "--base-url", simulator_.base_url(), "--workers", "50"});
  }

  // Without the safety prefix, blank cells at the end of rows and the kind of line breaks.
  static Rows cells_of(const std::string& csv) {
    Rows rows = read_csv(csv.starts_with("\xEF\xBB\xBF") ? csv.substr(3) : csv);
    for (auto& row : rows) {
      for (std::string& cell : row) {
        if (cell.starts_with('\'')) cell.erase(0, 1);
        // LibreOffice makes one kind of line break of all kinds, and of some two; an ODS file of its making
        // has no tabs any more.
        std::erase(cell, '\t');
        std::ranges::replace(cell, '\r', '\n');
        const auto doubled = [](char a, char b) { return a == '\n' && b == '\n'; };
        cell.erase(std::unique(cell.begin(), cell.end(), doubled), cell.end());
      }
      while (!row.empty() && row.back().empty()) row.pop_back();
    }
    return rows;
  }

  Simulator simulator_;
  Directory directory_;
};

// The differences, cell by cell, and not two tables of a hundred kilobytes.
void expect_same(const Rows& actual, const Rows& expected, const std::string& what,
                 std::size_t columns = 20) {
  EXPECT_EQ(actual.size(), expected.size()) << what;
  int shown = 0;
  for (std::size_t row = 0; row < std::min(actual.size(), expected.size()); ++row) {
    const std::size_t width = std::min(columns, std::max(actual[row].size(), expected[row].size()));
    for (std::size_t column = 0; column < width; ++column) {
      const std::string left = column < actual[row].size() ? actual[row][column] : "(no cell)";
      const std::string right = column < expected[row].size() ? expected[row][column] : "(no cell)";
      if (left == right || ++shown > 5) continue;
      const auto [a, b] = std::ranges::mismatch(left, right);
      const auto at = static_cast<std::size_t>(a - left.begin());
      const std::size_t from = at < 20 ? 0 : at - 20;
      ADD_FAILURE() << what << ", row " << row + 1 << ", column " << column + 1 << ", at " << at << ": \""
                    << left.substr(from, 60) << "\" instead of \"" << right.substr(from, 60) << '"';
    }
  }
}

constexpr std::size_t kFromSource = 6;  // columns of the review, the row's number to its comment

// All columns as text: LibreOffice's own guesses are not what is tested.
std::string text_columns() {
  std::string columns;
  for (int i = 1; i <= 20; ++i) columns += (i == 1 ? "" : "/") + std::to_string(i) + "/2";
  return "CSV:44,34,76,1," + columns;
}

TEST_F(Spreadsheets, the_real_tables_go_round_through_xlsx_and_ods) {
  if (!std::filesystem::exists(shared_data() / "gmpp_sample.csv"))
    GTEST_SKIP() << "no real tables at " << shared_data();
  for (const char* table : {"gmpp_sample.csv", "rust_goals_sample.csv", "clickhouse_roadmap_ru_sample.csv"}) {
    std::filesystem::copy_file(shared_data() / table, directory_.file("statuses.csv"),
                               std::filesystem::copy_options::overwrite_existing);
    for (const char* old : {"review.csv", "again.csv", "review.xlsx", "opened.csv"})
      std::filesystem::remove(directory_.file(old));
    ASSERT_EQ(review("statuses.csv", "review.csv").exit_code, 0);
    const Rows expected = cells_of(directory_.read("review.csv"));

    for (const char* kind : {"xlsx", "ods"}) {
      convert("statuses.csv", kind, text_columns());
      const Finished finished = review(std::string("statuses.") + kind, "again.csv");
      ASSERT_EQ(finished.exit_code, 0) << finished.err;
      // What comes from the source: the answers are those of other questions where texts differ as above.
      expect_same(cells_of(directory_.read("again.csv")), expected, std::string(table) + " through " + kind,
                  kFromSource);
      std::filesystem::remove(directory_.file("again.csv"));
    }
    ASSERT_EQ(review("statuses.csv", "review.xlsx").exit_code, 0);
    convert("review.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false");
    expect_same(cells_of(directory_.read("review.csv")), expected,
                std::string("LibreOffice's reading of ") + table);
  }
}

TEST_F(Spreadsheets, no_cell_of_a_review_is_a_formula) {
  std::string csv = "Project,Status,Comment\n";
  const std::vector<std::string> corpus = support::formula_corpus();
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    csv +=
        quoted("P" + std::to_string(i) + (i % 2 == 0 ? "" : corpus[i])) + ",Done," + quoted(corpus[i]) + "\n";
  }
  directory_.write("statuses.csv", csv);
  for (const char* kind : {"csv", "xlsx"}) {
    const std::string target = std::string("review.") + kind;
    const Finished finished = review("statuses.csv", target);
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    // A flat document shows each formula as an attribute.
    convert(target, "fods");
    const std::string document = directory_.read("review.fods");
    EXPECT_GT(document.size(), 10'000U);
    EXPECT_EQ(document.find("table:formula="), std::string::npos) << kind;
    EXPECT_NE(document.find("1+1"), std::string::npos) << "the texts are there";
  }
}

}  // namespace
}  // namespace sv::e2e
