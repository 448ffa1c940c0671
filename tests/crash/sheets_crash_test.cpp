// The program dies again and again while it writes into a (simulated) Google spreadsheet: R-04 of
// reliability.md. Every fifth write is done but its reply lost on top of it.
#include "e2e/program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace sv::e2e {
namespace {

constexpr int kProjects = 120;

int kills() {
  const char* asked = std::getenv("SV_SHEETS_KILLS");
  return asked == nullptr ? 1000 : std::atoi(asked);
}

std::uint64_t calls_of(const Simulator& google) { return google.ledger("reads") + google.ledger("writes"); }

// One spreadsheet and one target, and its processes one after the other. Gives how many were killed.
int die_again_and_again(int deaths, std::uint32_t seed) {
  const Directory directory;
  std::string csv = "Project,Status,Comment\n";
  for (int i = 0; i < kProjects; ++i) {
    csv += fmt::format("Project {},Done,\"Done: step {} is ready. Plan: none.\"\n", i, i);
  }
  directory.write("statuses.csv", csv);
  directory.write("rules.md", "1. Say what is done.\n");
  const Simulator provider({"--latency", "4ms"});
  const Simulator google({"--write-key", directory.file("key.json"), "--fault", "drop-after=5"}, "sheets");
  directory.write(
      "config.yaml",
      fmt::format("source: statuses.csv\nsheets:\n  credentials_file: key.json\n"
                  "  target_spreadsheet_id: demo\n  target_sheet_name: Review\n  api_base_url: {}\n"
                  "columns:\n  status: Status\n  comment: Comment\n  identifier: Project\n"
                  "rules_file: rules.md\nllm:\n  base_url: {}\n  model: m\n  api_key: k\n  max_workers: 4\n",
                  google.base_url(), provider.base_url()));
  const std::vector<std::string> words{"run", "--config", "config.yaml"};
  // A process makes some fifteen calls of the spreadsheet: it dies behind any of them, or in the middle of
  // the next. Each time with --force: there is something to write until the last moment.
  std::mt19937 random(seed);
  int killed = 0;
  for (int i = 0; killed < deaths && i < deaths * 3; ++i) {
    const std::uint64_t last_call = calls_of(google) + random() % 16;
    Process process({"run", "--config", "config.yaml", "--force"}, directory.path());
    wait_for([&] { return calls_of(google) >= last_call || process.has_ended(); }, "no call and no end");
    process.signal(SIGKILL);
    if (process.wait().exit_code == 128 + SIGKILL) ++killed;
  }
  const Finished last = run(directory, words);
  EXPECT_EQ(last.exit_code, 0) << last.err;
  auto rows = read_csv(google.request("GET", "/_export/demo/Review.csv"));
  std::map<std::string, int> times;
  int place = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() < 6 || rows[i][1].empty()) continue;
    EXPECT_EQ(++times[rows[i][1]], 1) << rows[i][1];
    EXPECT_EQ(rows[i][1], fmt::format("Project {}", place++)) << "in the order of the source";
    EXPECT_TRUE(rows[i][5] == "YES" || rows[i][5] == "NO") << rows[i][1];
  }
  EXPECT_EQ(times.size(), static_cast<std::size_t>(kProjects));
  return killed;
}

TEST(SheetsCrash, kills_at_any_call_neither_lose_nor_double_a_row) {
  // Most of the time each of them waits before it asks again for a reply that was lost.
  constexpr int kSheets = 8;
  std::atomic<int> killed = 0;
  std::vector<std::jthread> sheets;
  for (int i = 0; i < kSheets; ++i) {
    const int deaths = kills() / kSheets + (i < kills() % kSheets ? 1 : 0);
    sheets.emplace_back([&killed, deaths, i] {
      killed += die_again_and_again(deaths, 20261125U + static_cast<std::uint32_t>(i));
    });
  }
  sheets.clear();
  fmt::print("{} processes killed before their end\n", killed.load());
  EXPECT_EQ(killed, kills());
}

}  // namespace
}  // namespace sv::e2e
