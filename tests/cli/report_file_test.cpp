#include "cli/assemble_report_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace sv::cli {
namespace {

class ReportFile : public testing::Test {
 protected:
  ReportFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "report-file-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~ReportFile() override { std::filesystem::remove_all(directory_); }

  static domain::Outcome outcome(std::uint64_t index) {
    domain::Outcome outcome;
    outcome.row.index = index;
    outcome.row.number = index + 2;
    outcome.row.identifier = "P" + std::to_string(index);
    outcome.kind = domain::OutcomeKind::unjudged;
    return outcome;
  }
  std::string written(ReportRows& rows) const {
    const report::RequestFigures figures((WallTime()));
    const Result<void> done = rows.write(path(), {}, figures, nullptr, std::nullopt, "");
    EXPECT_TRUE(done) << done.error().message;
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string path() const { return directory_ + "/run.html"; }

  std::string directory_;
};

TEST_F(ReportFile, says_how_many_rows_it_could_not_hold) {
  Result<ReportRows> rows = ReportRows::open(path());
  ASSERT_TRUE(rows);
  for (std::uint64_t i = 0; i < ReportRows::kMostInPage + 3; ++i) rows->add(outcome(i));
  const std::string html = written(*rows);
  EXPECT_NE(html.find(R"("gaps":[["rows_left_out",3]])"), std::string::npos);
  EXPECT_NE(html.find(R"("counts":{"rows":200003,)"), std::string::npos);
}

TEST_F(ReportFile, of_a_run_without_rows_is_a_page_too) {
  Result<ReportRows> rows = ReportRows::open(path());
  ASSERT_TRUE(rows);
  const std::string html = written(*rows);
  EXPECT_EQ(html.find("class=\"rows\">"), std::string::npos);
  EXPECT_NE(html.find(R"("counts":{"rows":0,)"), std::string::npos);
}

TEST_F(ReportFile, leaves_no_scratch_behind_and_no_half_a_page) {
  {
    Result<ReportRows> rows = ReportRows::open(path());
    ASSERT_TRUE(rows);
    rows->add(outcome(0));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
  EXPECT_FALSE(ReportRows::open(directory_ + "/nowhere/run.html"));
}

}  // namespace
}  // namespace sv::cli
