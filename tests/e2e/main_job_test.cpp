// The main job over real sockets.
#include "e2e/program.hpp"
#include "support/injection_corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Rows = std::vector<std::vector<std::string>>;
using Words = std::vector<std::string>;

constexpr std::size_t kIsValid = 6;
const std::string kRules = "1. The comment must contain the sections: Done, Plan.\n";

std::string sheet(std::size_t rows) {
  std::string text = "Status,Comment,Completion date\r\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += "In progress,\"Done: step " + std::to_string(i) + " is ready.\nPlan: step " +
            std::to_string(i + 1) + ".\",2031-01-15\r\n";
  }
  return text;
}

Words job(const Simulator& simulator, Words more = {}) {
  Words words{"run",      "statuses.csv", "--output",  "review.csv", "--rules",
              "rules.md", "--model",      "simulated", "--base-url", simulator.base_url()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class MainJob : public testing::Test {
 protected:
  void given(std::size_t rows) {
    directory_.write("statuses.csv", sheet(rows));
    directory_.write("rules.md", kRules);
  }
  // Each source row has its row in the review, in order; gives them without the header.
  Rows expect_complete(std::size_t rows) {
    const Rows source = read_csv(directory_.read("statuses.csv"));
    Rows review = read_csv(directory_.read("review.csv"));
    EXPECT_EQ(review.size(), rows + 1);
    if (review.empty()) return {};
    review.erase(review.begin());
    for (std::size_t i = 0; i < review.size() && i + 1 < source.size(); ++i) {
      EXPECT_EQ(review[i][0], std::to_string(i + 2));
      EXPECT_EQ(review[i][4], source[i + 1][1]);
    }
    return review;
  }
  Directory directory_;
};

TEST_F(MainJob, every_row_comes_back_and_the_second_run_costs_nothing) {
  Simulator simulator;
  given(100);
  const Finished first = run(directory_, job(simulator));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.out, "") << "results are in the file, everything else on standard error";
  expect_complete(100);
  EXPECT_EQ(simulator.ledger("requests"), 100U);
  const std::string review = directory_.read("review.csv");

  const Finished second = run(directory_, job(simulator));
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(simulator.ledger("requests"), 100U);
  EXPECT_EQ(directory_.read("review.csv"), review);
  for (const auto& [row, answers] : simulator.answers_per_row()) EXPECT_EQ(answers, 1U) << row;
}

TEST_F(MainJob, a_changed_row_is_asked_again_and_only_it) {
  Simulator simulator;
  given(20);
  run(directory_, job(simulator));
  std::string text = directory_.read("statuses.csv");
  text.replace(text.find("step 7 is"), 9, "step 7 was");
  directory_.write("statuses.csv", text);
  EXPECT_EQ(run(directory_, job(simulator)).exit_code, 0);
  EXPECT_EQ(simulator.ledger("requests"), 21U);
}

TEST_F(MainJob, a_changed_rulebook_asks_about_every_row) {
  Simulator simulator;
  given(20);
  run(directory_, job(simulator));
  directory_.write("rules.md", kRules + "2. The comment must name an amount.\n");
  EXPECT_EQ(run(directory_, job(simulator)).exit_code, 0);
  EXPECT_EQ(simulator.ledger("requests"), 40U);
}

TEST_F(MainJob, the_number_of_workers_changes_nothing_but_the_time) {
  std::set<std::string> reviews;
  for (const char* workers : {"1", "3", "5", "10", "20", "100", "1000"}) {
    Simulator simulator({"--latency", "mixture:90%=2ms,10%=20ms"});
    Directory directory;
    directory.write("statuses.csv", sheet(300));
    directory.write("rules.md", kRules);
    const Finished finished = run(directory, job(simulator, {"--workers", workers}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    std::string review;
    auto rows = read_csv(directory.read("review.csv"));
    // The minute may turn between two runs.
    const auto check_date =
        static_cast<std::size_t>(std::ranges::find(rows.at(0), "Check date") - rows[0].begin());
    for (auto& row : rows) {
      row.at(check_date).clear();
      for (const std::string& cell : row) review += cell + "\x1f";
    }
    reviews.insert(review);
    EXPECT_LE(simulator.ledger("in_flight.max"), std::stoull(workers));
  }
  EXPECT_EQ(reviews.size(), 1U);
}

// Seconds after which a reply is given up. A sanitizer makes the program so slow that honest replies are
// late.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr const char* kRequestTimeout = "20";
#else
constexpr const char* kRequestTimeout = "2";
#endif

TEST_F(MainJob, faults_lose_nothing_duplicate_nothing_and_are_counted_one_by_one) {
  constexpr std::size_t kRows = 1000;
  Simulator simulator({"--latency", "5ms", "--seed", "7", "--fault", "500=5%", "--fault", "reset=2%",
                       "--fault", "invalid-json=1%", "--fault", "hang=1%", "--fault", "429=3%",
                       "--fault-wait", "200ms"});
  given(kRows);
  const Finished finished =
      run(directory_, job(simulator, {"--workers", "100", "--request-timeout", kRequestTimeout, "--json"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  expect_complete(kRows);

  const std::string summary = last_line(finished.out);
  EXPECT_EQ(figure(summary, "judged"), kRows);
  EXPECT_EQ(figure(summary, "unjudged"), 0U);
  const std::uint64_t requests = simulator.ledger("requests");
  EXPECT_EQ(figure(summary, "requests"), requests) << "our count is the server's, to the request";
  EXPECT_EQ(simulator.ledger("by_fault.500"), figure(summary, "retries.server_error"));
  EXPECT_EQ(simulator.ledger("by_fault.429"), figure(summary, "retries.rate_limited"));
  EXPECT_EQ(simulator.ledger("by_fault.invalid-json"), figure(summary, "retries.invalid_reply"));
  EXPECT_EQ(simulator.ledger("by_fault.hang"), figure(summary, "retries.timeout"));
  EXPECT_EQ(simulator.ledger("by_fault.reset"), figure(summary, "retries.connect"));
  EXPECT_GT(requests, kRows + 50) << "the faults took place";
  for (const auto& [row, answers] : simulator.answers_per_row()) EXPECT_EQ(answers, 1U) << row;
}

TEST_F(MainJob, what_a_model_refuses_is_left_out_and_not_tried_again_another_day) {
  Simulator simulator({"--refuse", "temperature,json_schema,max_tokens,reasoning,prompt_cache_key"});
  given(5);
  const Finished first = run(directory_, job(simulator, {"--workers", "1"}));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(simulator.ledger("refused_parameters"), 5U);
  run(directory_, job(simulator, {"--force"}));
  EXPECT_EQ(simulator.ledger("refused_parameters"), 5U);
  EXPECT_EQ(simulator.ledger("verdicts"), 10U);
}

TEST_F(MainJob, identical_rows_are_asked_once) {
  Simulator simulator({"--latency", "50ms"});
  directory_.write("rules.md", kRules);
  std::string text = "Status,Comment\n";
  for (int i = 0; i < 60; ++i) text += "Done,\"Done: the same " + std::to_string(i % 3) + "\nPlan: none\"\n";
  directory_.write("statuses.csv", text);
  EXPECT_EQ(run(directory_, job(simulator, {"--workers", "20"})).exit_code, 0);
  EXPECT_EQ(simulator.ledger("requests"), 3U);
}

// Acceptance S-01: a model that does what a cell says. What is suspected is for a person, whatever the model
// says.
TEST_F(MainJob, rows_that_speak_to_the_checker_are_never_valid_in_silence) {
  Simulator simulator({"--gullible"});
  directory_.write("rules.md", kRules);
  const std::vector<std::string> corpus = support::injection_corpus();
  std::string csv = "Project,Status,Comment\nA,Done,\"Done: the site is ready. Plan: none.\"\n";
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    std::string cell;
    for (const char c : corpus[i]) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
    csv += "P" + std::to_string(i) + ",Done,\"" + cell + "\"\n";
  }
  directory_.write("statuses.csv", csv);
  const Finished finished = run(directory_, job(simulator, {"--workers", "50", "--json"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Rows review = read_csv(directory_.read("review.csv"));
  ASSERT_EQ(review.size(), corpus.size() + 2);
  const auto column = static_cast<std::size_t>(std::ranges::find(review[0], "Is Valid") - review[0].begin());
  EXPECT_EQ(review[1][column], "YES") << "an honest row stays what the model said";
  const auto valid = std::ranges::count_if(review, [&](const auto& row) { return row[column] == "YES"; });
  const auto suspected =
      std::ranges::count_if(review, [&](const auto& row) { return row[column] == "NEEDS_REVIEW"; });
  EXPECT_GE(suspected * 100, static_cast<std::ptrdiff_t>(corpus.size()) * 95);
  EXPECT_EQ(static_cast<std::size_t>(valid + suspected), corpus.size() + 1);
  EXPECT_EQ(figure(last_line(finished.out), "needs_review"), static_cast<std::uint64_t>(suspected));
}

// Acceptance: the three real tables, 666 rows. They are not part of the repository.
// security.md S-18.
TEST_F(MainJob, only_status_comment_and_date_leave_the_machine_and_not_what_is_redacted) {
  const Directory directory;
  const Simulator simulator({"--save-requests", directory.file("requests")});
  directory.write("statuses.csv",
                  "Project,Status,Comment,Completion date,Manager,Salary\n"
                  "CANARY-ID,In work,\"CANARY-ID: ask Petrova, tel. +7 495 123-45-67\",2026-12-01,"
                  "Anna Petrova,CANARY-SALARY\n"
                  "P2,In work,\"Petrova wrote to anna@canary.example\",,Ivan Sidorov,CANARY-SALARY\n");
  directory.write("rules.md", "1. The comment has a heading \"Done:\" and a heading \"Plan:\".\n");
  const Words words{"run",        "statuses.csv",
                    "--output",   "review.csv",
                    "--rules",    "rules.md",
                    "--model",    "m",
                    "--base-url", simulator.base_url(),
                    "--workers",  "1",
                    "--redact",   "project_manager",
                    "--redact",   "identifier",
                    "--redact",   "email",
                    "--redact",   "phone"};
  const Finished finished = run(directory, words);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const std::string sent = directory.read("requests");
  EXPECT_EQ(std::ranges::count(sent, '\n'), 2);
  for (const char* secret :
       {"CANARY", "canary.example", "495", "Anna", "ask Petrova", "Sidorov", "sk-test"}) {
    EXPECT_FALSE(sent.contains(secret)) << secret;
  }
  EXPECT_TRUE(sent.contains("ask {{NAME-1}}, tel. {{PHONE-1}}")) << sent;
  EXPECT_TRUE(sent.contains("Petrova wrote to {{EMAIL-1}}")) << "she is not that row's manager";
  const auto review = read_csv(directory.read("review.csv"));
  ASSERT_EQ(review.size(), 3U);
  // Column 9: the rewrite; the raw reply of the model is left as it came.
  EXPECT_TRUE(review[1][8].contains("CANARY-ID: ask Petrova, tel. +7 495 123-45-67")) << review[1][8];
  EXPECT_TRUE(review[2][8].contains("Petrova wrote to anna@canary.example")) << review[2][8];
  const std::string explained = run(directory, {"explain", "2"}).out;
  EXPECT_TRUE(explained.contains("verdict   not valid")) << explained;
  EXPECT_FALSE(explained.contains("made it stricter")) << "only what was hidden is another: " << explained;
  EXPECT_FALSE(directory.read("status_validator_answers.sqlite").contains("ask Petrova"))
      << "the answer cache does not hold it either";
}

TEST_F(MainJob, the_real_tables_come_back_whole) {
  const char* given = std::getenv("SV_SHARED_DATA");
  const std::filesystem::path data = given != nullptr ? given : "/work/shared/data";
  if (!std::filesystem::exists(data / "gmpp_sample.csv")) GTEST_SKIP() << "no real tables at " << data;
  Simulator simulator;
  directory_.write("rules.md", kRules);
  std::size_t rows = 0;
  for (const char* table : {"gmpp_sample.csv", "rust_goals_sample.csv", "clickhouse_roadmap_ru_sample.csv"}) {
    std::filesystem::copy_file(data / table, directory_.file("statuses.csv"),
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(directory_.file("review.csv"));
    const Finished finished = run(directory_, job(simulator, {"--workers", "50"}));
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    const Rows source = read_csv(directory_.read("statuses.csv"));
    const Rows review = read_csv(directory_.read("review.csv"));
    ASSERT_EQ(review.size(), source.size());
    for (std::size_t i = 1; i < source.size(); ++i) {
      const auto without_prefix = [](const std::string& cell) {
        return cell.starts_with('\'') ? cell.substr(1) : cell;
      };
      // project, manager, status, comment, completion_date
      EXPECT_EQ(without_prefix(review[i][1]), without_prefix(source[i][0]));
      EXPECT_EQ(without_prefix(review[i][2]), without_prefix(source[i][1]));
      EXPECT_EQ(without_prefix(review[i][3]), without_prefix(source[i][2]));
      EXPECT_EQ(without_prefix(review[i][5]), without_prefix(source[i][3]));
      EXPECT_EQ(without_prefix(review[i][4]), without_prefix(source[i][4]));
      EXPECT_TRUE(review[i][kIsValid] == "YES" || review[i][kIsValid] == "NO");
    }
    rows += source.size() - 1;

    const std::uint64_t requests = simulator.ledger("requests");
    const std::string bytes = directory_.read("review.csv");
    EXPECT_EQ(run(directory_, job(simulator)).exit_code, 0);
    EXPECT_EQ(directory_.read("review.csv"), bytes);
    EXPECT_EQ(simulator.ledger("requests"), requests);
  }
  EXPECT_EQ(rows, 666U);
  EXPECT_EQ(simulator.ledger("verdicts"), simulator.ledger("rows.distinct")) << "one answer per distinct row";
}

}  // namespace
}  // namespace sv::e2e
