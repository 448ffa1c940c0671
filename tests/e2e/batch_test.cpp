// `run --batch`: the same run through the provider's Batch API.
#include "e2e/program.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

namespace json = boost::json;
using Words = std::vector<std::string>;

constexpr int kRows = 300;
// Every tenth row repeats the one before: one question for both.
constexpr std::uint64_t kQuestions = 270;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Rows of a review without the time of the answer.
std::vector<std::vector<std::string>> comparable(const std::string& review) {
  std::vector<std::vector<std::string>> rows = read_csv(review);
  if (rows.empty()) return rows;
  const auto check_date = std::ranges::find(rows.front(), "Check date") - rows.front().begin();
  for (auto& row : rows) row.erase(row.begin() + check_date);
  return rows;
}

class Sheet {
 public:
  Sheet() {
    std::string sheet = "Project,Status,Comment\n";
    for (int i = 0; i < kRows; ++i) {
      const std::string which = std::to_string(i % 10 == 9 ? i - 1 : i);
      sheet += "P" + std::to_string(i) + (i % 10 < 8 && i % 7 == 0 ? ",Finito" : ",Done") +
               ",\"Сделано: " + which + ". Plan: none.\"\n";
    }
    directory.write("statuses.csv", sheet);
    directory.write("rules.md", "1. Say what is done.\n");
    directory.write(
        "prices.yaml",
        "prices:\n  - model: gpt-4o-mini\n    input: 0.15\n    cached_input: 0.075\n    output: 0.6\n");
  }
  Finished job(const Simulator& simulator, const Words& more = {}) const {
    Words words{"run",      "statuses.csv", "--output",    "review.csv",        "--rules",
                "rules.md", "--model",      "gpt-4o-mini", "--allowed-status",  "Done",
                "--prices", "prices.yaml",  "--base-url",  simulator.base_url()};
    words.insert(words.end(), more.begin(), more.end());
    return run(directory, words);
  }
  std::vector<std::vector<std::string>> review() const { return comparable(directory.read("review.csv")); }

  Directory directory;
};

std::vector<std::vector<std::string>> online_review() {
  const Simulator simulator;
  const Sheet sheet;
  const Finished finished = sheet.job(simulator);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  return sheet.review();
}

// Of the whole bill, in dollars.
double bill(const Simulator& simulator) {
  const json::value ledger = json::parse(simulator.request("GET", "/_ledger"));
  double sum = 0;
  for (const char* of : {"online", "batch"}) {
    const json::object& amounts = ledger.at("bill").at(of).as_object();
    if (amounts.contains("USD")) sum += amounts.at("USD").to_number<double>();
  }
  return sum;
}

TEST(Batch, the_review_is_the_same_as_online_whatever_happens_to_the_batches) {
  // Of four parts one expires, one does not fit the queue, the reply to one creation is lost, one is refused.
  const Simulator simulator({"--batch-time", "200ms", "--batch-line-errors", "2%", "--batch-expire", "2",
                             "--batch-fail", "3", "--batch-lose", "4", "--batch-refuse", "5"});
  const Sheet sheet;
  const Finished finished = sheet.job(simulator, {"--batch", "--batch-rows", "80", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(sheet.review(), online_review());
  const std::string summary = last_line(finished.out);
  EXPECT_EQ(figure(summary, "judged"), kQuestions) << summary;
  EXPECT_EQ(figure(summary, "cached"), kRows - kQuestions);
  EXPECT_EQ(simulator.ledger("rows.answered_again"), 0U) << "no row in two paid batches";
  EXPECT_EQ(simulator.ledger("rows.distinct"), kQuestions);
  EXPECT_EQ(simulator.ledger("batches.expired"), 1U);
  EXPECT_GT(simulator.ledger("batches.line_errors"), 0U);
  // What the batches could not answer line by line, and nothing else, was asked online.
  EXPECT_EQ(simulator.ledger("requests"), simulator.ledger("batches.line_errors"));
  EXPECT_EQ(figure(summary, "batch_answers") + simulator.ledger("requests"), kQuestions);
}

TEST(Batch, a_second_run_over_the_same_rows_pays_nothing) {
  const Simulator simulator;
  const Sheet sheet;
  ASSERT_EQ(sheet.job(simulator, {"--batch"}).exit_code, 0);
  EXPECT_EQ(simulator.ledger("batches.created"), 1U);
  ASSERT_EQ(sheet.job(simulator, {"--batch"}).exit_code, 0);
  ASSERT_EQ(sheet.job(simulator).exit_code, 0);
  EXPECT_EQ(simulator.ledger("batches.created"), 1U);
  EXPECT_EQ(simulator.ledger("requests"), 0U);
}

TEST(Batch, its_report_tells_what_it_has_cost) {
  const Simulator simulator({"--batch-time", "100ms"});
  const Sheet sheet;
  ASSERT_EQ(sheet.job(simulator, {"--batch", "--report", "run.html"}).exit_code, 0);
  const std::string page = sheet.directory.read("run.html");
  const auto after = [&](const std::string& name) {
    const std::size_t at = page.find("\"" + name + "\":");
    return at == std::string::npos ? std::string("nothing") : page.substr(at + name.size() + 3, 40);
  };
  EXPECT_TRUE(after("batch_rows").starts_with("270,")) << after("batch_rows");
  EXPECT_TRUE(after("cost").starts_with("[[")) << after("cost");
  EXPECT_NEAR(std::strtod(after("cost").c_str() + 2, nullptr) / 1e12, bill(simulator), 1e-9);
  EXPECT_FALSE(after("tokens").starts_with("[0,")) << after("tokens");
}

TEST(Batch, the_settings_file_can_say_it_too) {
  const Simulator simulator;
  const Sheet sheet;
  sheet.directory.write("config.yaml",
                        "source: statuses.csv\ntarget: review.csv\nrules_file: rules.md\nmode: batch\n"
                        "allowed_statuses: [Done]\nllm:\n  providers:\n    1: {name: p, model: gpt-4o-mini, "
                        "base_url: \"" +
                            simulator.base_url() + "\", api_key_env: OPENAI_API_KEY}\n");
  const Finished finished = run(sheet.directory, {"--config", "config.yaml"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(simulator.ledger("batches.completed"), 1U);
  EXPECT_EQ(simulator.ledger("requests"), 0U);
  EXPECT_EQ(sheet.review(), online_review());
}

TEST(Batch, its_files_hold_what_an_online_request_holds_and_no_more) {
  const Sheet sheet;
  const Simulator simulator({"--save-requests", sheet.directory.file("sent.txt")});
  ASSERT_EQ(sheet.job(simulator, {"--batch"}).exit_code, 0);
  const std::string sent = sheet.directory.read("sent.txt");
  EXPECT_TRUE(holds(sent, "\"custom_id\""));
  EXPECT_TRUE(holds(sent, "Сделано: 17.")) << "as it is, not as \\uXXXX";
  EXPECT_FALSE(holds(sent, "P17")) << "projects are not named";
}

TEST(Batch, with_force_every_row_is_asked_once_more_and_once_only) {
  const Simulator simulator;
  const Sheet sheet;
  ASSERT_EQ(sheet.job(simulator, {"--batch"}).exit_code, 0);
  const Finished again = sheet.job(simulator, {"--batch", "--force"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(simulator.ledger("batches.lines"), 2 * kQuestions);
  EXPECT_EQ(simulator.ledger("requests"), 0U);
}

TEST(Batch, with_checkdate_rows_whose_date_is_due_are_asked_in_a_batch_too) {
  const Simulator simulator;
  const Sheet sheet;
  ASSERT_EQ(sheet.job(simulator, {"--batch"}).exit_code, 0);
  std::string review = sheet.directory.read("review.csv");
  const auto rows = read_csv(review);
  const auto column = std::ranges::find(rows.front(), "Check date") - rows.front().begin();
  const std::string today = rows[1][static_cast<std::size_t>(column)].substr(0, 10);
  std::size_t at = 0;
  for (int row = 0; row < 20; ++row) {
    at = review.find(today, at);
    ASSERT_NE(at, std::string::npos);
    review.replace(at, today.size(), "02.01.2026");
  }
  sheet.directory.write("review.csv", review);
  const Finished again = sheet.job(simulator, {"--batch", "--checkdate"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(simulator.ledger("batches.lines"), kQuestions + 18) << "two of the twenty repeat another";
  EXPECT_EQ(simulator.ledger("requests"), 0U) << "nothing at the full price";
  EXPECT_FALSE(holds(sheet.directory.read("review.csv"), "02.01.2026")) << "all are checked today";
}

TEST(Batch, a_detached_run_returns_at_once_and_is_gone_on_with_later) {
  const Simulator simulator({"--batch-time", "1500ms"});
  const Sheet sheet;
  const Finished detached = sheet.job(simulator, {"--batch", "--detach", "--batch-rows", "150"});
  EXPECT_EQ(detached.exit_code, 75) << detached.err;
  EXPECT_TRUE(holds(detached.err, "2 batches are under way at the provider with 270 rows")) << detached.err;
  EXPECT_FALSE(sheet.directory.has("review.csv"));
  const Finished status = run(sheet.directory, {"status"});
  EXPECT_TRUE(holds(status.out, "(2 batches with 270 rows are under way)")) << status.out;
  wait_for(
      [&] {
        simulator.request("GET", "/v1/batches");  // they move on when they are looked at
        return simulator.ledger("batches.completed") == 2;
      },
      "the batches have ended");
  const Finished resumed = run(sheet.directory, {"resume"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(sheet.review(), online_review());
  EXPECT_EQ(simulator.ledger("batches.created"), 2U);
  EXPECT_EQ(simulator.ledger("requests"), 0U);
}

TEST(Batch, a_stopped_run_leaves_its_batches_and_a_run_without_the_flag_takes_them_up) {
  const Simulator simulator({"--batch-time", "1500ms"});
  const Sheet sheet;
  {
    Process process({"run", "statuses.csv", "--output", "review.csv", "--rules", "rules.md", "--model",
                     "gpt-4o-mini", "--allowed-status", "Done", "--prices", "prices.yaml", "--base-url",
                     simulator.base_url(), "--batch"},
                    sheet.directory.path(), {{"OPENAI_API_KEY", "sk-test-0123456789abcdef"}});
    simulator.wait_until("batches.created", 1);
    wait_for([&] { return holds(process.err(), "is under way"); }, "the batch is known");
    process.signal(2);
    EXPECT_EQ(process.wait().exit_code, 130);
  }
  const Finished second = sheet.job(simulator);
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_TRUE(holds(second.err, "it goes on as with --batch")) << second.err;
  EXPECT_EQ(sheet.review(), online_review());
  EXPECT_EQ(simulator.ledger("batches.created"), 1U);
  EXPECT_EQ(simulator.ledger("requests"), 0U);
}

TEST(Batch, the_cap_on_money_holds_and_the_run_goes_on_with_a_higher_one) {
  const Simulator simulator;
  const Sheet sheet;
  const Finished first = sheet.job(simulator, {"--batch", "--max-cost", "0.02"});
  EXPECT_EQ(first.exit_code, 3) << first.err;
  EXPECT_LE(bill(simulator), 0.02);
  EXPECT_GT(bill(simulator), 0.01) << "the limit is used too";
  const Finished second = sheet.job(simulator, {"--batch", "--max-cost", "1"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(sheet.review(), online_review());
  EXPECT_EQ(simulator.ledger("rows.answered_again"), 0U);
  const Finished status = run(sheet.directory, {"status", "--json"});
  EXPECT_TRUE(holds(status.out, "\"open_batches\":0")) << status.out;
}

TEST(Batch, too_many_enqueued_tokens_split_the_work) {
  // Room for about a third of the rows at a time.
  const Simulator simulator({"--batch-time", "100ms", "--batch-queue", "30000"});
  const Sheet sheet;
  const Finished finished = sheet.job(simulator, {"--batch"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(sheet.review(), online_review());
  EXPECT_GT(simulator.ledger("batches.failed"), 0U);
  EXPECT_GT(simulator.ledger("batches.completed"), 2U);
  EXPECT_EQ(simulator.ledger("rows.answered_again"), 0U);
  EXPECT_EQ(simulator.ledger("requests"), 0U);
}

TEST(Batch, a_provider_that_refuses_is_told_and_nothing_is_asked_at_the_full_price_instead) {
  const Simulator simulator({"--api-key", "sk-another"});
  const Sheet sheet;
  const Finished finished = sheet.job(simulator, {"--batch"});
  EXPECT_EQ(finished.exit_code, 77) << finished.err;
  EXPECT_TRUE(holds(finished.err, "a batch file cannot be uploaded: HTTP 401")) << finished.err;
  EXPECT_EQ(simulator.ledger("requests"), 0U);
}

TEST(Batch, with_a_deadline_that_is_near_everything_is_asked_one_by_one) {
  const Simulator simulator({"--batch-time", "60m"});
  const Sheet sheet;
  const Finished finished = sheet.job(simulator, {"--batch", "--deadline", "2026-01-01 09:00"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(simulator.ledger("batches.created"), 0U);
  EXPECT_EQ(simulator.ledger("requests"), kQuestions);
  EXPECT_EQ(sheet.review(), online_review());
}

// The date stands for the cron job of the morning after, which the test does not wait for.
TEST(Batch, a_detached_run_that_is_gone_on_with_at_its_deadline_cancels_and_asks_one_by_one) {
  const Simulator simulator({"--batch-time", "60s"});
  const Sheet sheet;
  const Finished detached =
      sheet.job(simulator, {"--batch", "--detach", "--deadline", "2099-01-01 09:00", "--batch-rows", "150"});
  EXPECT_EQ(detached.exit_code, 75) << detached.err;
  EXPECT_TRUE(holds(detached.err, "must be gone on with by 01.01.2099 08:")) << detached.err;
  const Finished late =
      sheet.job(simulator, {"--batch", "--detach", "--deadline", "2026-01-01 09:00", "--batch-rows", "150"});
  EXPECT_EQ(late.exit_code, 0) << late.err;
  EXPECT_TRUE(holds(late.err, "the batches under way are cancelled")) << late.err;
  EXPECT_EQ(simulator.ledger("batches.created"), 2U);
  EXPECT_GE(simulator.ledger("requests"), kQuestions * 9 / 10);
  EXPECT_EQ(sheet.review(), online_review());
}

TEST(Batch, a_deadline_is_about_batches_and_is_a_time) {
  const Simulator simulator;
  const Sheet sheet;
  const Finished online = sheet.job(simulator, {"--deadline", "09:00"});
  EXPECT_EQ(online.exit_code, 64) << online.err;
  EXPECT_TRUE(holds(online.err, "give --batch too")) << online.err;
  const Finished wrong = sheet.job(simulator, {"--batch", "--deadline", "nine"});
  EXPECT_EQ(wrong.exit_code, 64) << wrong.err;
  EXPECT_TRUE(holds(wrong.err, "HH:MM")) << wrong.err;
}

TEST(Batch, detaching_makes_no_sense_without_batches) {
  const Simulator simulator;
  const Sheet sheet;
  const Finished finished = sheet.job(simulator, {"--detach"});
  EXPECT_EQ(finished.exit_code, 64);
  EXPECT_TRUE(holds(finished.err, "give --batch too")) << finished.err;
}

}  // namespace
}  // namespace sv::e2e
