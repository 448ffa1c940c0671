// Two runs at the same time with one answer cache, at a provider that enforces its limit by the second.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

std::string sheet(const std::string& name, std::size_t rows) {
  std::string text = "Status,Comment\r\n";
  for (std::size_t i = 0; i < rows; ++i) text += "Done,Step " + std::to_string(i) + " of " + name + ".\r\n";
  return text;
}

TEST(SharedLimit, of_two_runs_with_one_cache_is_not_met_by_either) {
  constexpr std::size_t kRows = 30;
  const Simulator simulator({"--rpm", "600", "--limiter", "bucket1", "--limit-headers", "none"});
  const Directory directory;
  for (const std::string name : {"first", "second"}) {
    directory.write(name + ".csv", sheet(name, kRows));
    directory.write(name + ".yaml",
                    "source: " + name + ".csv\ntarget: " + name +
                        "-review.csv\ncache_path: answers.sqlite\n"
                        "rules_text: Say what was done.\nllm:\n  max_workers: 30\n  providers:\n"
                        "    1: {name: simulated, model: simulated, rpm: 600, api_key_env: KEY, "
                        "base_url: \"" +
                        simulator.base_url() + "\"}\n");
  }
  const auto start = [&](const std::string& name) {
    return std::make_unique<Process>(std::vector<std::string>{"--config", name + ".yaml", "--json"},
                                     directory.path(),
                                     std::map<std::string, std::string>{{"KEY", "sk-test-0123456789abcdef"}});
  };
  const auto first = start("first");
  const auto second = start("second");
  for (Process* process : {first.get(), second.get()}) {
    const Finished finished = process->wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(figure(last_line(finished.out), "judged"), kRows);
  }
  EXPECT_TRUE(directory.has("answers.sqlite-limits"));
  // Each by itself would have a half of its requests refused. A few are left to a machine that stalls.
  EXPECT_LE(simulator.ledger("by_status.429"), 3U);
}

}  // namespace
}  // namespace sv::e2e
