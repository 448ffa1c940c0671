// From an empty directory to the first report (issue 7, acceptance line 4; user-experience.md U-06, U-17).
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;

const std::map<std::string, std::string> kNoKey;

TEST(Newcomer, gets_a_first_report_with_three_commands) {
  for (const std::string language : {"en", "ru"}) {
    const Directory directory;
    const Finished made = run(directory, {"init", "--sample", "--language", language}, kNoKey);
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const Finished checked =
        run(directory, {"check-config", "--config", "config.yaml", "--simulate"}, kNoKey);
    EXPECT_EQ(checked.exit_code, 0) << checked.err << checked.out;
    const Finished finished =
        run(directory, {"--config", "config.yaml", "--simulate", "--report", "report.html"}, kNoKey);
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(finished.err.contains("SIMULATION")) << finished.err;
    const auto review = read_csv(directory.read("statuses-review.csv"));
    ASSERT_EQ(review.size(), 7U);
    std::size_t valid = 0;
    for (std::size_t i = 1; i < review.size(); ++i) valid += review[i][6] == "YES" ? 1 : 0;
    EXPECT_GT(valid, 0U) << directory.read("statuses-review.csv");
    EXPECT_LT(valid, 6U) << "some rows are there to be found";
    EXPECT_TRUE(directory.read("report.html").contains("<!DOCTYPE html>")) << "a page";
    // Again: nothing is asked.
    EXPECT_TRUE(
        run(directory, {"--config", "config.yaml", "--simulate"}, kNoKey).err.contains("Requests    0"));
  }
}

TEST(Init, overwrites_nothing_and_asks_nobody_who_is_not_there) {
  const Directory directory;
  EXPECT_EQ(run(directory, {"init"}, kNoKey).exit_code, 64) << "there is no terminal";
  directory.write("config.yaml", "mine\n");
  const Finished there = run(directory, {"init", "--sample"}, kNoKey);
  EXPECT_EQ(there.exit_code, 73);
  EXPECT_TRUE(there.err.contains("nothing is overwritten")) << there.err;
  EXPECT_EQ(directory.read("config.yaml"), "mine\n");
  EXPECT_FALSE(directory.has("statuses.csv")) << "and nothing else is written either";
  directory.write("statuses.csv", "mine too\n");
  EXPECT_EQ(run(directory, {"init", "--sample", "--output", "other.yaml"}, kNoKey).exit_code, 73);
  EXPECT_EQ(directory.read("statuses.csv"), "mine too\n");
}

TEST(Init, takes_a_sheet_that_is_there_and_says_what_is_wrong_with_it) {
  const Directory directory;
  directory.write("it's.csv", "Project,Status,Comment\nA,Done,x\n");
  directory.write("rules.md", "1. My own.\n");
  const Finished made = run(
      directory,
      {"init", "--source", "it's.csv", "--model", "m: 1", "--base-url", "http://localhost:11434/v1"}, kNoKey);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(directory.read("rules.md"), "1. My own.\n");
  const Finished checked =
      run(directory, {"check-config", "--config", "config.yaml"}, {{"OPENAI_API_KEY", "k"}});
  EXPECT_EQ(checked.exit_code, 0) << checked.err << directory.read("config.yaml");
  EXPECT_TRUE(checked.out.contains("m: 1")) << checked.out;
  EXPECT_TRUE(checked.out.contains("it's-review.csv")) << checked.out;
  directory.write("bad.csv", "A,B\n1,2\n");
  EXPECT_EQ(run(directory, {"init", "--source", "bad.csv", "--output", "c.yaml"}, kNoKey).exit_code, 65);
  EXPECT_FALSE(directory.has("c.yaml"));
  EXPECT_EQ(run(directory, {"init", "--source", "none.csv", "--output", "c.yaml"}, kNoKey).exit_code, 66);
}

TEST(Simulate, is_a_model_of_its_own) {
  const Directory directory;
  directory.write("s.csv", "Status,Comment\nDone,x\n");
  directory.write("r.md", "1. x\n");
  const Finished finished =
      run(directory, {"run", "s.csv", "--output", "o.csv", "--rules", "r.md", "--simulate", "--model", "m"});
  EXPECT_EQ(finished.exit_code, 64);
  EXPECT_TRUE(finished.err.contains("leave out --model")) << finished.err;
}

}  // namespace
}  // namespace sv::e2e
