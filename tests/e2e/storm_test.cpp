// A provider at which nearly every third request goes wrong: reliability.md R-08, with its shares. Before it
// stand one that does not speak TLS where it should and one that takes no key of ours, each left after a
// single request; its name is found only now and then.
#include "e2e/program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int kRows = 1'000;
constexpr const char* kRequestTimeout = "20";
#else
constexpr int kRows = 10'000;
// Above FirstConnection::kLongestLead, so that each failed look-up is one request.
constexpr const char* kRequestTimeout = "3";
#endif

struct StormFault {
  const char* name;
  int per_mille;
};

// Per thousand requests. "429" is both of R-08's kinds (here each says how long to wait), "lost" those that
// are reset before the first byte, whether billed or not; "html" has status 200 every other time.
constexpr std::array<StormFault, 17> kFaults = {{{"429", 80},
                                                 {"500", 10},
                                                 {"502", 10},
                                                 {"503", 10},
                                                 {"lost", 40},
                                                 {"reset", 20},
                                                 {"truncated", 5},
                                                 {"bad-chunk", 5},
                                                 {"hang", 20},
                                                 {"slow", 10},
                                                 {"late", 5},
                                                 {"oversized", 5},
                                                 {"endless", 5},
                                                 {"bomb", 5},
                                                 {"length", 20},
                                                 {"invalid-json", 30},
                                                 {"html", 20}}};

// A resident set is a sanitizer's own there, and its loader wants no other library before it.
#ifdef SV_NAMES_LIBRARY
constexpr const char* kAddress = "http://provider.internal";
#else
constexpr const char* kAddress = "http://127.0.0.1";
#endif

std::string settings(const Simulator& other, const Simulator& storm) {
  const auto port_of = [](const Simulator& of) {
    const std::string& url = of.base_url();
    return url.substr(url.rfind(':'));
  };
  const auto provider = [](int priority, const std::string& name, const std::string& url) {
    return fmt::format(
        "    {}: {{name: {}, model: m, api_key_env: OPENAI_API_KEY, base_url: \"{}\", request_timeout: "
        "{}}}\n",
        priority, name, url, kRequestTimeout);
  };
  return "source: statuses.csv\ntarget: review.csv\nlanguage: en\nrules_text: '1. The comment has \"Done:\" "
         "and "
         "\"Plan:\".'\ncolumns: {status: Status, comment: Comment}\nallowed_statuses: [Done]\nllm:\n  "
         "max_workers: 200\n"
         "  providers:\n" +
         provider(1, "no_tls", "https://127.0.0.1" + port_of(other)) +
         provider(2, "no_key", other.base_url()) + provider(3, "storm", kAddress + port_of(storm));
}

struct Outcome {
  Finished finished;
  std::string review;
  std::size_t failed_lookups = 0;
};

Outcome run_against(const Simulator& storm) {
  const Simulator other({"--api-key", "another-key"});
  const Directory directory;
  std::string csv = "Status,Comment\n";
  for (int i = 0; i < kRows; ++i) csv += fmt::format("Done,\"Done: step {}. Plan: none.\"\n", i);
  directory.write("statuses.csv", csv);
  directory.write("config.yaml", settings(other, storm));
  std::map<std::string, std::string> environment{{"OPENAI_API_KEY", "sk-test-0123456789abcdef"}};
#ifdef SV_NAMES_LIBRARY
  environment.insert({{"LD_PRELOAD", SV_NAMES_LIBRARY},
                      {"SV_NAMES_FAIL_FIRST", "1"},
                      {"SV_NAMES_FAIL_EVERY", "2"},
                      {"SV_NAMES_FAILED", directory.file("failed")}});
#endif
  Outcome made{.finished = run(directory, {"run", "--config", "config.yaml", "--json"}, environment),
               .review = {},
               .failed_lookups = 0};
  made.review = directory.read("review.csv");
#ifdef SV_NAMES_LIBRARY
  made.failed_lookups = directory.read("failed").size();
  EXPECT_GE(made.failed_lookups, 1U);
#endif
  EXPECT_EQ(other.ledger("requests"), 1U) << "a key that is refused is tried once";
  return made;
}

TEST(Storm, of_three_thousand_faults_leaves_every_row_final_and_every_request_counted) {
  std::vector<std::string> flags{"--latency", "3ms", "--seed", "8", "--fault-wait", "20ms"};
  long calm_peak_kib = 0;
  {
    const Simulator calm(flags);
    const Outcome fair = run_against(calm);
    ASSERT_EQ(fair.finished.exit_code, 0) << fair.finished.err;
    calm_peak_kib = fair.finished.peak_kib;
  }
  for (const StormFault& fault : kFaults) {
    flags.emplace_back("--fault");
    flags.push_back(fmt::format("{}={:.1f}%", fault.name, fault.per_mille / 10.0));
  }
  const Simulator simulator(flags);
  const Outcome outcome = run_against(simulator);
  const Finished& finished = outcome.finished;
  ASSERT_TRUE(finished.exit_code == 0 || finished.exit_code == 2) << finished.err;

  const std::string summary = last_line(finished.out);
  const std::uint64_t judged = figure(summary, "judged");
  EXPECT_EQ(judged + figure(summary, "unjudged"), static_cast<std::uint64_t>(kRows));
  // A reply that is no verdict is asked for again only now and then (ADR 6), which is one row in a hundred
  // here.
  EXPECT_GE(judged, static_cast<std::uint64_t>(kRows) * 98 / 100);
  // To the request; the two providers before the storm got one each.
  EXPECT_EQ(figure(summary, "requests"), simulator.ledger("requests") + 2 + outcome.failed_lookups);
  std::uint64_t faults = 0;
  for (const StormFault& fault : kFaults) {
    const std::uint64_t seen = simulator.ledger(std::string("by_fault.") + fault.name);
    EXPECT_GT(seen, 0U) << fault.name;
    faults += seen;
  }
  EXPECT_GE(faults * 4, static_cast<std::uint64_t>(kRows)) << "it was to be a storm";
  // Each row in its place, once.
  const auto review = read_csv(outcome.review);
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
  // A row is answered twice only if its first answer came too late to be taken.
  std::uint64_t again = 0;
  for (const auto& [row, answers] : simulator.answers_per_row())
    again += answers - std::min<std::uint64_t>(answers, 1);
  EXPECT_LE(again, simulator.ledger("by_fault.late"));
  fmt::print("{} rows, {} requests, {} faults, {} unjudged, {} KiB at most ({} without faults)\n", kRows,
             simulator.ledger("requests"), faults, figure(summary, "unjudged"), finished.peak_kib,
             calm_peak_kib);
#ifdef SV_NAMES_LIBRARY
  EXPECT_LE(finished.peak_kib, calm_peak_kib + 32L * 1024);
  EXPECT_LE(finished.peak_kib, 256L * 1024);
#endif
}

}  // namespace
}  // namespace sv::e2e
