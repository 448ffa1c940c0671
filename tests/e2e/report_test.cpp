// The HTML report as a user gets it: from a run, from an unfinished one, and later.
#include "e2e/program.hpp"
#include "e2e/report_page.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;

std::string numbered_sheet(int rows) {
  std::string text = "Project,Project manager,Status,Comment\n";
  for (int i = 0; i < rows; ++i) {
    text += "P" + std::to_string(i) + (i % 2 == 0 ? ",Ada" : ",Alan") + ",Done,\"Done: " + std::to_string(i) +
            ". Plan: none. Risks: none.\"\n";
  }
  return text;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Report : public testing::Test {
 protected:
  Report() {
    directory_.write("statuses.csv", numbered_sheet(60));
    directory_.write("rules.md", "1. Say what is done.\n");
    directory_.write("prices.yaml", "prices:\n  - model: m\n    input: 1\n    output: 2\n");
  }
  Words job(const Words& more = {}) const {
    Words words{"run",        "statuses.csv", "--output", "review.csv", "--rules",
                "rules.md",   "--model",      "m",        "--base-url", simulator_.base_url(),
                "--workers",  "10",           "--report", "run.html",   "--prices",
                "prices.yaml"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  ReportPage page(const std::string& name = "run.html") const { return read_report(directory_.read(name)); }

  Simulator simulator_{{"--latency", "20ms"}};
  Directory directory_;
};

TEST_F(Report, tells_every_row_and_what_it_cost) {
  const Finished finished = run(directory_, job());
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(holds(finished.err, "run.html")) << finished.err;
  const ReportPage report = page();
  ASSERT_EQ(report.rows.size(), 60U);
  EXPECT_EQ(report.count("rows"), 60);
  EXPECT_EQ(report.count("judged"), 60);
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(report.number(i, kNumber), static_cast<std::int64_t>(i) + 2) << "in the order of the sheet";
    EXPECT_EQ(report.text(i, kIdentifier), "P" + std::to_string(i));
    EXPECT_GT(report.number(i, kCost), 0);
    EXPECT_GE(report.number(i, kLatency), 20);
    EXPECT_EQ(report.number(i, kRequests), 1);
    EXPECT_EQ(report.number(i, kChange), -1) << "there is no run before";
  }
  EXPECT_EQ(report.run.at("requests").to_number<int>(), 60);
  EXPECT_EQ(report.run.at("run").at("state").as_string(), "finished");
  EXPECT_TRUE(report.run.at("knows_waits").as_bool());
  EXPECT_EQ(report.run.if_contains("earlier"), nullptr);
  std::uint64_t answers = 0;
  for (const auto& slice : report.run.at("time_line").at("slices").as_array())
    answers += slice.as_array().at(0).to_number<std::uint64_t>();
  EXPECT_EQ(answers, 60U);
}

TEST_F(Report, never_holds_a_key) {
  ASSERT_EQ(run(directory_, job(), {{"OPENAI_API_KEY", "sk-canary-0123456789abcdef"}}).exit_code, 0);
  EXPECT_FALSE(holds(directory_.read("run.html"), "canary"));
}

TEST_F(Report, shows_what_was_hidden_from_the_model_as_it_was_written) {
  directory_.write(
      "statuses.csv",
      "Project,Project manager,Status,Comment\nP,Ada Lovelace,Done,\"Going as planned, says Lovelace.\"\n");
  directory_.write("rules.md", "1. Every comment has the sections `Done:`, `Plan:` and `Risks:`.\n");
  ASSERT_EQ(run(directory_, job({"--redact", "project_manager"})).exit_code, 0);
  EXPECT_FALSE(holds(directory_.read("run.html"), "{{NAME"));
  ASSERT_EQ(run(directory_, {"report", "--output", "later.html"}).exit_code, 0);
  EXPECT_EQ(page("later.html").rows, page().rows);
  EXPECT_TRUE(holds(boost::json::serialize(page().rows), "Lovelace"));
  EXPECT_FALSE(holds(boost::json::serialize(page().rows), "{{NAME"));
}

TEST_F(Report, without_the_flag_there_is_none) {
  Words words = job();
  words.erase(words.begin() + 12, words.begin() + 14);
  ASSERT_EQ(run(directory_, words).exit_code, 0);
  EXPECT_FALSE(directory_.has("run.html"));
}

TEST_F(Report, of_a_dry_run_leaves_standard_output_to_the_review) {
  const Finished finished = run(directory_, job({"--dry-run"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out.front(), '[');
  EXPECT_FALSE(directory_.has("review.csv"));
  EXPECT_EQ(page().rows.size(), 60U);
}

TEST_F(Report, that_cannot_be_written_at_the_end_is_an_error_of_an_otherwise_good_run) {
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  Process process(job({"--force"}), directory_.path(), {{"OPENAI_API_KEY", "k"}});
  simulator_.wait_until("verdicts", 70);
  // Its place is taken by a directory while the run goes on.
  std::filesystem::remove(directory_.file("run.html"));
  std::filesystem::create_directory(directory_.file("run.html"));
  std::ofstream(directory_.file("run.html/x")).put('x');
  const Finished finished = process.wait();
  EXPECT_EQ(finished.exit_code, 73) << finished.err;
  EXPECT_TRUE(holds(finished.err, "the report run.html is not written")) << finished.err;
  EXPECT_TRUE(holds(finished.err, "status-validator report ")) << "how to get it all the same";
  EXPECT_EQ(read_csv(directory_.read("review.csv")).size(), 61U) << "the review is there";
}

TEST_F(Report, an_interrupted_run_has_one_of_what_it_did) {
  Process process(job(), directory_.path(), {{"OPENAI_API_KEY", "k"}});
  simulator_.wait_until("verdicts", 20);
  process.signal(SIGINT);
  EXPECT_EQ(process.wait().exit_code, 130);
  const ReportPage report = page();
  EXPECT_EQ(report.run.at("run").at("state").as_string(), "interrupted");
  EXPECT_GE(report.rows.size(), 20U);
  EXPECT_LT(report.rows.size(), 60U);
  EXPECT_EQ(report.run.at("rows_announced").to_number<int>(), 60);
  EXPECT_EQ(report.rows_with(kKind, "j"), report.rows.size());

  // The one that is made later does not know less about the rows.
  ASSERT_EQ(run(directory_, {"report", "--output", "later.html"}).exit_code, 0);
  EXPECT_EQ(page("later.html").rows, report.rows);

  ASSERT_EQ(run(directory_, {"resume"}).exit_code, 0);
  const ReportPage whole = page();
  EXPECT_EQ(whole.rows.size(), 60U);
  EXPECT_EQ(whole.run.at("run").at("processes").to_number<int>(), 2);
  EXPECT_EQ(whole.run.at("requests").to_number<int>(), 60) << "those of the first part are counted";
}

TEST_F(Report, of_a_killed_run_tells_what_is_known) {
  {
    Process process(job(), directory_.path(), {{"OPENAI_API_KEY", "k"}});
    simulator_.wait_until("verdicts", 30);
    process.signal(SIGKILL);
    process.wait();
  }
  EXPECT_FALSE(directory_.has("run.html"));
  ASSERT_EQ(run(directory_, {"report", "--output", "later.html"}).exit_code, 0);
  const ReportPage report = page("later.html");
  EXPECT_EQ(report.run.at("run").at("state").as_string(), "killed");
  EXPECT_TRUE(report.has_gap("states_lost"));
  EXPECT_GE(report.rows.size(), 10U) << "what was committed is found";
  EXPECT_LT(report.rows.size(), 60U);
  EXPECT_EQ(report.rows_with(kKind, "j"), report.rows.size());
}

TEST_F(Report, a_run_that_reached_its_limit_says_so) {
  const Finished finished = run(directory_, job({"--max-requests", "15"}));
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  const ReportPage report = page();
  EXPECT_EQ(report.count("judged"), 15);
  EXPECT_TRUE(holds(std::string(report.run.at("run").at("stopped_because").as_string()), "15"));
}

TEST_F(Report, is_made_again_for_an_earlier_run_without_asking) {
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  const ReportPage then = page();
  const std::uint64_t asked = simulator_.ledger("requests");
  const Finished made = run(directory_, {"report", "--output", "later.html"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(simulator_.ledger("requests"), asked);
  const ReportPage later = page("later.html");
  EXPECT_EQ(later.rows, then.rows) << "verdicts, costs, times: all of it is found again";
  EXPECT_TRUE(later.run.at("made_later").as_bool());
  EXPECT_FALSE(later.run.at("knows_waits").as_bool());
  EXPECT_EQ(later.run.at("cost"), then.run.at("cost"));
  EXPECT_TRUE(later.has_gap("waits"));
  EXPECT_EQ(later.run.at("gaps").as_array().size(), 1U);
  // By its id, from another directory, into the page's usual name.
  const std::string id(then.run.at("run").at("id").as_string());
  const Directory other;
  ASSERT_EQ(
      run(other, {"report", id, "--cache", directory_.file("status_validator_answers.sqlite")}).exit_code, 0);
  EXPECT_TRUE(other.has(id + ".html"));
}

TEST_F(Report, made_later_says_what_could_not_be_found) {
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  std::string sheet = numbered_sheet(58);
  sheet.replace(sheet.find("Done: 7."), 8, "Done: 99.");
  directory_.write("statuses.csv", sheet);
  ASSERT_EQ(run(directory_, {"report", "--output", "later.html"}).exit_code, 0);
  const ReportPage changed = page("later.html");
  EXPECT_EQ(changed.rows.size(), 58U);
  EXPECT_EQ(changed.rows_with(kSourceChanged, 1), 1U);
  EXPECT_EQ(changed.number(7, kSourceChanged), 1);
  EXPECT_TRUE(changed.has_gap("rows_changed"));
  EXPECT_TRUE(changed.has_gap("rows_gone"));

  directory_.write("statuses.csv", numbered_sheet(60));
  for (const char* ending : {"", "-wal", "-shm"})
    static_cast<void>(
        std::remove(directory_.file(std::string("status_validator_answers.sqlite") + ending).c_str()));
  ASSERT_EQ(run(directory_, {"report", "--output", "later.html"}).exit_code, 0);
  const ReportPage lost = page("later.html");
  EXPECT_TRUE(lost.has_gap("verdicts_lost"));
  EXPECT_EQ(lost.rows_with(kVerdict, "v") + lost.rows_with(kVerdict, "i"), 60U)
      << "the verdicts themselves are known";
}

TEST_F(Report, what_it_must_not_overwrite_is_refused_before_anything_is_asked) {
  for (const auto& [name, says] :
       std::vector<std::pair<std::string, std::string>>{{"statuses.csv", "a file of the run itself"},
                                                        {"review.csv", "a file of the run itself"},
                                                        {"nowhere/run.html", "there is no directory nowhere"},
                                                        {".", "does not name a file"}}) {
    Words words = job();
    words[13] = name;
    const Finished finished = run(directory_, words);
    EXPECT_EQ(finished.exit_code, 64) << name;
    EXPECT_TRUE(holds(finished.err, "--report: ")) << finished.err;
    EXPECT_TRUE(holds(finished.err, says)) << finished.err;
  }
  EXPECT_EQ(simulator_.ledger("requests"), 0U);
  const Finished none = run(directory_, {"report"});
  EXPECT_EQ(none.exit_code, 66) << none.err;
}

// ---- changes, week after week (weekly/README.md) ----

struct Week {
  const char* date;
  std::array<std::size_t, 6> changes;  // newly broken, fixed, still broken, still valid, new, gone
  std::size_t edited;
  const char* renamed_from;
};
constexpr std::array kWeeks{
    Week{.date = "2026-09-07", .changes = {}, .edited = 0, .renamed_from = ""},
    Week{.date = "2026-09-14", .changes = {1, 1, 3, 5, 0, 0}, .edited = 2, .renamed_from = ""},
    Week{.date = "2026-09-21", .changes = {0, 0, 4, 6, 0, 0}, .edited = 0, .renamed_from = ""},
    Week{.date = "2026-09-28", .changes = {0, 0, 4, 5, 2, 1}, .edited = 0, .renamed_from = "Harbour"},
    Week{.date = "2026-10-05", .changes = {0, 0, 5, 6, 1, 0}, .edited = 2, .renamed_from = ""},
    Week{.date = "2026-10-12", .changes = {0, 0, 4, 7, 2, 1}, .edited = 0, .renamed_from = ""},
    Week{.date = "2026-10-19", .changes = {1, 1, 3, 8, 0, 0}, .edited = 2, .renamed_from = ""},
    Week{.date = "2026-10-26", .changes = {0, 2, 2, 8, 0, 1}, .edited = 2, .renamed_from = ""}};

TEST_F(Report, changes_are_right_over_eight_states_of_one_sheet) {
  directory_.write("rules.md", "1. Every comment has the sections `Done:`, `Plan:` and `Risks:`.\n");
  for (const Week& week : kWeeks) {
    SCOPED_TRACE(week.date);
    std::ifstream file(std::string(SV_SOURCE_DIR "/tests/e2e/weekly/") + week.date + ".csv");
    directory_.write("statuses.csv", {std::istreambuf_iterator<char>(file), {}});
    const Finished finished = run(directory_, job());
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    const ReportPage report = page();
    if (&week == &kWeeks.front()) {
      EXPECT_EQ(report.rows_with(kChange, -1), report.rows.size());
      continue;
    }
    const auto& earlier = report.run.at("earlier").as_object();
    EXPECT_TRUE(earlier.at("asked_the_same").as_bool());
    const std::array<std::size_t, 6> found{
        report.rows_with(kChange, 1), report.rows_with(kChange, 2), report.rows_with(kChange, 3),
        report.rows_with(kChange, 4), report.rows_with(kChange, 5), earlier.at("gone").as_array().size()};
    EXPECT_EQ(found, week.changes);
    EXPECT_EQ(report.rows_with(kEdited, 1), week.edited);
    EXPECT_EQ(report.rows_with(kRenamed, ""), report.rows.size() - (*week.renamed_from != '\0' ? 1 : 0));
    if (*week.renamed_from != '\0') EXPECT_EQ(report.rows_with(kRenamed, week.renamed_from), 1U);
  }
  // Made later, it is the same. By its id: runs of one second have no order.
  const std::string id(page().run.at("run").at("id").as_string());
  ASSERT_EQ(run(directory_, {"report", id, "--output", "last.html"}).exit_code, 0);
  EXPECT_EQ(page("last.html").rows, page().rows);
  EXPECT_EQ(page("last.html").run.at("earlier"), page().run.at("earlier"));
}

TEST_F(Report, a_changed_rulebook_is_told_beside_the_changes) {
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  directory_.write("rules.md", "1. Say what is done, and when.\n");
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  EXPECT_FALSE(page().run.at("earlier").at("asked_the_same").as_bool());
}

TEST_F(Report, runs_of_other_rows_or_without_an_end_are_not_compared_with) {
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  ASSERT_EQ(run(directory_, job({"--limit", "10"})).exit_code, 0);
  EXPECT_EQ(page().run.if_contains("earlier"), nullptr) << "60 rows are not to be told as gone";
  ASSERT_EQ(run(directory_, job({"--force", "--max-requests", "5"})).exit_code, 3);
  ASSERT_EQ(run(directory_, job()).exit_code, 0);
  ASSERT_NE(page().run.if_contains("earlier"), nullptr);
  EXPECT_EQ(page().rows_with(kChange, 5), 0U)
      << "compared with the first run, not with the one that was cut short";
}

}  // namespace
}  // namespace sv::e2e
