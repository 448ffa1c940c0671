// Runs at the same time with one answer cache, over the same rows: each question is paid for once.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <signal.h>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

constexpr std::size_t kRows = 400;

class SharedCache : public testing::Test {
 protected:
  SharedCache() {
    std::string sheet = "Project,Status,Comment\n";
    for (std::size_t i = 0; i < kRows; ++i) {
      sheet += "P" + std::to_string(i) + ",Done,Step " + std::to_string(i) + ".\n";
    }
    directory_.write("statuses.csv", sheet);
    directory_.write("rules.md", "Say what was done.\n");
  }
  std::unique_ptr<Process> start(const std::string& name) const {
    return std::make_unique<Process>(
        std::vector<std::string>{"run", "statuses.csv", "--output", name + ".csv", "--rules", "rules.md",
                                 "--model", "m", "--base-url", simulator_.base_url(), "--workers", "20",
                                 "--json"},
        directory_.path(),
        std::map<std::string, std::string>{{"OPENAI_API_KEY", "sk-test-0123456789abcdef"}});
  }
  Simulator simulator_{{"--latency", "lognormal:median=100ms,p95=300ms", "--fault", "500=3%"}};
  Directory directory_;
};

TEST_F(SharedCache, of_three_runs_over_the_same_rows_pays_for_each_row_once) {
  const auto first = start("first");
  const auto second = start("second");
  const auto third = start("third");
  std::uint64_t judged = 0;
  for (Process* process : {first.get(), second.get(), third.get()}) {
    const Finished finished = process->wait();
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    const std::string summary = last_line(finished.out);
    EXPECT_EQ(figure(summary, "judged") + figure(summary, "cached"), kRows);
    judged += figure(summary, "judged");
  }
  EXPECT_EQ(judged, kRows);
  EXPECT_EQ(simulator_.ledger("verdicts"), kRows);
  EXPECT_EQ(simulator_.ledger("rows.answered_again"), 0U);
  EXPECT_EQ(read_csv(directory_.read("first.csv")).size(), kRows + 1);
}

TEST_F(SharedCache, of_a_run_that_is_killed_takes_what_it_had_and_asks_the_rest) {
  const auto first = start("first");
  simulator_.wait_until("verdicts", 40);
  const auto second = start("second");
  simulator_.wait_until("verdicts", 120);
  first->signal(SIGKILL);
  EXPECT_NE(first->wait().exit_code, 0);
  const Finished finished = second->wait();
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(read_csv(directory_.read("second.csv")).size(), kRows + 1);
  // What the dead one had in flight, or had not committed for a moment, is paid for once more.
  EXPECT_LE(simulator_.ledger("rows.answered_again"), 40U);
}

}  // namespace
}  // namespace sv::e2e
