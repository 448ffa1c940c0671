// Workbooks as source and target of the real program.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Workbook : public testing::Test {
 protected:
  Workbook() {
    const std::string root = SV_SOURCE_DIR;
    directory_.write("statuses.xlsx", read_whole(root + "/fuzz/seeds/workbook/libreoffice.xlsx"));
    directory_.write("statuses.ods", read_whole(root + "/fuzz/seeds/workbook/libreoffice.ods"));
    directory_.write("statuses.csv", read_whole(root + "/examples/ru/statuses.csv"));
    directory_.write("rules.md", read_whole(root + "/examples/ru/rules.md"));
  }
  Finished review(const std::string& source, const std::string& target, const Words& more = {}) const {
    Words words{"run",      source,    "--output", target,       "--rules",
                "rules.md", "--model", "m",        "--base-url", simulator_.base_url()};
    words.insert(words.end(), more.begin(), more.end());
    return run(directory_, words);
  }

  Simulator simulator_;
  Directory directory_;
};

TEST_F(Workbook, every_kind_of_source_gives_the_same_review) {
  ASSERT_EQ(review("statuses.csv", "from-csv.csv").exit_code, 0);
  const std::uint64_t asked = simulator_.ledger("requests");
  const auto expected =
      read_csv(directory_.read("from-csv.csv").substr(3), ';');  // behind the byte order mark
  ASSERT_GT(expected.size(), 30U);
  for (const char* source : {"statuses.xlsx", "statuses.ods"}) {
    const Finished finished = review(source, std::string(source) + ".csv");
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(read_csv(directory_.read(std::string(source) + ".csv")), expected);
  }
  EXPECT_EQ(simulator_.ledger("requests"), asked) << "the rows are the same, so are their answers";
}

TEST_F(Workbook, a_review_may_be_a_workbook_and_is_updated_in_place) {
  const Finished first = review("statuses.xlsx", "review.xlsx");
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const std::string bytes = directory_.read("review.xlsx");
  EXPECT_TRUE(bytes.starts_with("PK"));
  const std::uint64_t asked = simulator_.ledger("requests");
  EXPECT_EQ(review("statuses.xlsx", "review.xlsx").exit_code, 0);
  EXPECT_EQ(simulator_.ledger("requests"), asked);
  EXPECT_EQ(directory_.read("review.xlsx"), bytes) << "the same outcomes, the same bytes";
  // It is a table like any other: its own columns can be judged.
  EXPECT_EQ(review("review.xlsx", "again.csv",
                   {"--tab", "Review", "--column", "status=Status Value", "--column", "comment=Comment"})
                .exit_code,
            0);
}

TEST_F(Workbook, a_name_that_a_cell_does_not_take_as_it_is_keeps_its_row) {
  directory_.write("statuses.csv", "Project,Status,Comment\n" + std::string(40'000, 'a') +
                                       ",Done,Ready.\nB\x1B[1m,Done,Ready too.\n");
  ASSERT_EQ(review("statuses.csv", "review.xlsx").exit_code, 0);
  const std::string bytes = directory_.read("review.xlsx");
  ASSERT_EQ(review("statuses.csv", "review.xlsx").exit_code, 0);
  EXPECT_EQ(directory_.read("review.xlsx"), bytes) << "no row twice";
}

TEST_F(Workbook, what_is_wrong_is_told_with_the_way_out) {
  const Finished tab = review("statuses.xlsx", "review.csv", {"--tab", "Plan"});
  EXPECT_EQ(tab.exit_code, 65);
  EXPECT_NE(tab.err.find("has no tab \"Plan\"; it has \"statuses\""), std::string::npos) << tab.err;
  EXPECT_EQ(review("statuses.csv", "review.csv", {"--tab", "Plan"}).exit_code, 64);
  const Finished ods = review("statuses.csv", "review.ods");
  EXPECT_EQ(ods.exit_code, 73);
  EXPECT_NE(ods.err.find("only .xlsx can be written"), std::string::npos) << ods.err;
  EXPECT_EQ(review("statuses.xlsx", "statuses.xlsx").exit_code, 73);
  EXPECT_EQ(review("none.xlsx", "review.csv").exit_code, 66);
  EXPECT_EQ(simulator_.ledger("requests"), 0U);
}

}  // namespace
}  // namespace sv::e2e
