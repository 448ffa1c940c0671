// Rules that code decides (issue 6, acceptance line 5).
#include "e2e/program.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;
using Ids = std::set<std::string>;

std::filesystem::path shared_data() {
  const char* given = std::getenv("SV_SHARED_DATA");
  return given != nullptr ? given : "/work/shared/data";
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What each rule has found: rule id -> names. `names`: of the rows of the sheet, from its second on.
std::map<std::string, Ids> found_by_rule(const std::string& json_lines, const Words& names) {
  std::map<std::string, Ids> found;
  std::istringstream lines(json_lines);
  std::string line;
  while (std::getline(lines, line)) {
    const boost::json::value event = boost::json::parse(line);
    if (event.at("type").as_string() != "row") continue;
    for (const boost::json::value& issue : event.at("issues").as_array()) {
      if (const auto* rule = issue.at("rule").if_string()) {
        found[std::string(*rule)].insert(names.at(static_cast<std::size_t>(event.at("row").as_int64()) - 2));
      }
    }
  }
  return found;
}

struct Score {
  std::size_t hits = 0;
  std::size_t found = 0;
  std::size_t expected = 0;
  void add(const Ids& those_found, const Ids& those_expected) {
    found += those_found.size();
    expected += those_expected.size();
    hits += static_cast<std::size_t>(std::ranges::count_if(
        those_found, [&](const std::string& id) { return those_expected.contains(id); }));
  }
};

// The labels of gmpp_sample_labels.csv that need no reading: dates, statuses, blanks, withheld comments.
TEST(Checks, find_the_labelled_facts_of_real_rows) {
  if (!std::filesystem::exists(shared_data() / "gmpp_sample_labels.csv")) {
    GTEST_SKIP() << "no real tables at " << shared_data();
  }
  std::map<std::string, Ids> labels;
  std::map<std::string, std::string> snapshots;  // year of a report -> the day that it tells of
  for (const auto& row : read_csv(content_of(shared_data() / "gmpp_sample_labels.csv"))) {
    if (row.size() < 3) continue;
    labels[row[1]].insert(row[0]);
    const std::size_t at = row[2].find("before snapshot ");
    if (at != std::string::npos) snapshots[row[0].substr(5, 4)] = row[2].substr(at + 16, 10);
  }
  ASSERT_GE(snapshots.size(), 9U);
  Words names;
  for (const auto& row : read_csv(content_of(shared_data() / "gmpp_sample.csv"))) {
    if (row.size() > 5) names.push_back(row[5]);
  }
  ASSERT_EQ(names.front(), "source_id");
  names.erase(names.begin());
  const Simulator simulator;
  const Directory directory;
  directory.write("gmpp.csv", content_of(shared_data() / "gmpp_sample.csv"));
  directory.write("rules.md", "1. The comment says what was done.\n");
  Score score;
  bool is_first = true;
  for (const auto& [year, snapshot] : snapshots) {
    directory.write("config.yaml", fmt::format(R"(source: gmpp.csv
rules_file: rules.md
columns: {{status: status, comment: comment, completion_date: completion_date, identifier: source_id}}
ask_model: unless_failed
checks:
  - {{id: status, column: status, allowed: [Green, Amber/Green, Amber, Amber/Red, Red]}}
  - {{id: date, column: completion_date, date: [YYYY-MM-DD, D/M/YYYY, DD.MM.YYYY, DD.MM.YY]}}
  - {{id: past, column: completion_date, date: [YYYY-MM-DD, D/M/YYYY, DD.MM.YYYY, DD.MM.YY], not_before: {}, severity: minor}}
  - {{id: empty, column: comment, required: true}}
  - {{id: withheld, column: comment, forbidden: Exempt under Section}}
llm: {{model: m, base_url: {}, api_key: k}}
)",
                                               snapshot, simulator.base_url()));
    const Finished finished = run(directory, {"--config", "config.yaml", "--json", "--dry-run"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    std::map<std::string, Ids> found = found_by_rule(finished.out, names);
    if (std::exchange(is_first, false)) {
      Ids statuses = labels["status_not_rag"];
      statuses.merge(Ids(labels["status_spelling_variant"]));
      score.add(found["status"], statuses);
      score.add(found["date"], labels["date_not_a_date"]);
      score.add(found["empty"], labels["empty_comment"]);
      score.add(found["withheld"], labels["comment_withheld"]);
    }
    const auto of_this_year = [&](const Ids& ids) {
      Ids some;
      std::ranges::copy_if(ids, std::inserter(some, some.end()),
                           [&](const std::string& id) { return id.substr(5, 4) == year; });
      return some;
    };
    // `past` speaks of days only; what is no day is `date`'s.
    Ids past;
    std::ranges::set_difference(of_this_year(found["past"]), labels["date_not_a_date"],
                                std::inserter(past, past.end()));
    score.add(past, of_this_year(labels["date_past"]));
  }
  EXPECT_GE(score.expected, 57U);
  EXPECT_GE(static_cast<double>(score.hits), 0.99 * static_cast<double>(score.found)) << "precision";
  EXPECT_GE(static_cast<double>(score.hits), 0.99 * static_cast<double>(score.expected)) << "recall";
  std::printf("%zu of %zu labelled facts found, %zu found in all\n", score.hits, score.expected, score.found);
}

TEST(Checks, spare_the_model_what_code_decides) {
  const Simulator simulator;
  const Directory directory;
  std::string csv = "Project,Status,Comment\n";
  for (int i = 0; i < 200; ++i) {
    csv += fmt::format("P{},Done,\"{}\"\n", i,
                       i % 10 < 3 ? "as planned" : fmt::format("Done: step {}. Plan: none.", i));
  }
  directory.write("statuses.csv", csv);
  directory.write("rules.md", "1. Say what is done.\n");
  const auto write_settings = [&](const std::string& ask_model) {
    directory.write(
        "config.yaml",
        fmt::format("source: statuses.csv\ntarget: review.csv\nrules_file: rules.md\nask_model: {}\n"
                    "columns: {{status: Status, comment: Comment, identifier: Project}}\n"
                    "checks:\n  - {{id: C1, column: comment, forbidden: as planned}}\n"
                    "llm: {{model: m, base_url: {}, api_key: k}}\n",
                    ask_model, simulator.base_url()));
  };
  write_settings("unless_failed");
  const std::string plan = run(directory, {"plan", "--config", "config.yaml", "--json"}).out;
  EXPECT_EQ(figure(last_line(plan), "decided"), 60U) << plan;
  EXPECT_EQ(figure(last_line(plan), "to_ask"), 140U);
  const Finished finished = run(directory, {"--config", "config.yaml"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(finished.err.contains("by checks       60  no model was asked")) << finished.err;
  EXPECT_EQ(simulator.ledger("requests"), 140U) << "30 % of 200 calls saved";
  const auto review = read_csv(directory.read("review.csv"));
  ASSERT_EQ(review.size(), 201U);
  EXPECT_EQ(review[1][1], "P0");
  EXPECT_EQ(review[1][5], "NO");
  EXPECT_EQ(review[1][6], "• The comment must not say \"as planned\" [C1]");
  EXPECT_EQ(review[1].back(), "checks") << "in the column of the model";
  EXPECT_EQ(review[5][5], "YES");
  const std::string status = run(directory, {"status", "--json"}).out;
  EXPECT_EQ(figure(status.substr(0, status.find('\n')), "decided"), 60U) << status;

  // Each of these tells of it, though there is no answer in the cache.
  const Finished explained = run(directory, {"explain", "2"});
  EXPECT_TRUE(explained.out.contains("verdict   not valid, 1 issue")) << explained.out;
  EXPECT_TRUE(explained.out.contains("by the settings' checks: no model was asked")) << explained.out;
  EXPECT_TRUE(explained.out.contains("[C1]")) << explained.out;
  const std::string json = run(directory, {"explain", "2", "--json"}).out;
  EXPECT_TRUE(json.contains(R"("model":"checks")")) << json;
  ASSERT_EQ(run(directory, {"report", "--output", "run.html"}).exit_code, 0);
  EXPECT_TRUE(directory.read("run.html").contains(R"("decided":60)"));

  // With `always` the model is asked too, and what the checks have found stands beside what it says.
  write_settings("always");
  ASSERT_EQ(run(directory, {"--config", "config.yaml"}).exit_code, 0);
  EXPECT_EQ(simulator.ledger("requests"), 141U) << "one question: these rows are identical";
  const auto again = read_csv(directory.read("review.csv"));
  EXPECT_EQ(again[1][5], "NO");
  EXPECT_TRUE(again[1][6].contains("[C1]")) << again[1][6];
  EXPECT_EQ(again[1].back(), "simulated-judge (not a real model)");
}

}  // namespace
}  // namespace sv::e2e
