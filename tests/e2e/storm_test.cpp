// A provider at which nearly every third request goes wrong: reliability.md R-08, with the faults that the
// simulator has. What it has not (slow or endless replies, bombs, lies about lengths, TLS, DNS) is tried one
// by one in tests/http.
#include "e2e/program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int kRows = 1'000;
constexpr const char* kRequestTimeout = "20";
#else
constexpr int kRows = 10'000;
constexpr const char* kRequestTimeout = "2";
#endif

struct StormFault {
  const char* name;
  int per_mille;
};

// Of R-08's table. "length" is 2 %, "html" and "error-200" stand for replies that are no replies.
constexpr std::array<StormFault, 12> kFaults = {{{"429", 60},
                                                 {"500", 15},
                                                 {"502", 10},
                                                 {"503", 10},
                                                 {"reset", 50},
                                                 {"truncated", 25},
                                                 {"hang", 10},
                                                 {"invalid-json", 40},
                                                 {"length", 20},
                                                 {"html", 20},
                                                 {"empty-choices", 10},
                                                 {"error-200", 10}}};

TEST(Storm, of_three_thousand_faults_leaves_every_row_final_and_every_request_counted) {
  const Directory directory;
  std::vector<std::string> flags{"--latency", "3ms", "--seed", "8", "--fault-wait", "20ms"};
  for (const StormFault& fault : kFaults) {
    flags.emplace_back("--fault");
    flags.push_back(fmt::format("{}={:.1f}%", fault.name, fault.per_mille / 10.0));
  }
  const Simulator simulator(flags);
  std::string csv = "Status,Comment\n";
  for (int i = 0; i < kRows; ++i) csv += fmt::format("Done,\"Done: step {}. Plan: none.\"\n", i);
  directory.write("statuses.csv", csv);
  directory.write("rules.md", "1. The comment has \"Done:\" and \"Plan:\".\n");
  const Finished finished =
      run(directory, {"run", "statuses.csv", "--output", "review.csv", "--rules", "rules.md", "--model", "m",
                      "--base-url", simulator.base_url(), "--workers", "200", "--request-timeout",
                      kRequestTimeout, "--json"});
  ASSERT_TRUE(finished.exit_code == 0 || finished.exit_code == 2) << finished.err;

  const std::string summary = last_line(finished.out);
  const std::uint64_t judged = figure(summary, "judged");
  EXPECT_EQ(judged + figure(summary, "unjudged"), static_cast<std::uint64_t>(kRows));
  // A reply that is no verdict is asked for again only now and then (ADR 6), which is one row in a hundred
  // here.
  EXPECT_GE(judged, static_cast<std::uint64_t>(kRows) * 98 / 100);
  EXPECT_EQ(figure(summary, "requests"), simulator.ledger("requests")) << "to the request";
  std::uint64_t faults = 0;
  for (const StormFault& fault : kFaults) {
    const std::uint64_t seen = simulator.ledger(std::string("by_fault.") + fault.name);
    EXPECT_GT(seen, 0U) << fault.name;
    faults += seen;
  }
  EXPECT_GE(faults * 4, static_cast<std::uint64_t>(kRows)) << "it was to be a storm";
  // Each row in its place, once.
  const auto review = read_csv(directory.read("review.csv"));
  ASSERT_EQ(review.size(), static_cast<std::size_t>(kRows) + 1);
  const auto issues = static_cast<std::size_t>(std::ranges::find(review[0], "Issues") - review[0].begin());
  ASSERT_LT(issues, review[0].size());
  std::size_t with_verdict = 0;
  for (int i = 0; i < kRows; ++i) {
    const std::vector<std::string>& row = review[static_cast<std::size_t>(i) + 1];
    std::string whole;
    for (const std::string& cell : row) whole += cell + '\n';
    EXPECT_TRUE(whole.contains(fmt::format("Done: step {}. Plan", i))) << i;
    const bool has_verdict = whole.contains("\nYES\n") || whole.contains("\nNO\n");
    with_verdict += has_verdict ? 1 : 0;
    EXPECT_TRUE(has_verdict || !row[issues].empty()) << "an unjudged row says why: " << whole;
  }
  EXPECT_EQ(with_verdict, judged);
  for (const auto& [row, answers] : simulator.answers_per_row()) EXPECT_LE(answers, 1U) << row;
  fmt::print("{} rows, {} requests, {} faults, {} unjudged\n", kRows, simulator.ledger("requests"), faults,
             figure(summary, "unjudged"));
}

}  // namespace
}  // namespace sv::e2e
