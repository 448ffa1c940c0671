// Kills `run --batch` at every write and every send: no batch is made twice for the same rows, and the review
// is that of a run that asks one by one.
#include "e2e/program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <signal.h>
#include <string>
#include <vector>

namespace sv::crash {
namespace {

using e2e::Directory;
using e2e::Finished;
using e2e::Process;
using e2e::Simulator;

constexpr int kRows = 30;
constexpr std::uint64_t kQuestions = 27;  // every tenth row repeats the one before
constexpr int kKilled = 128 + SIGKILL;

// Rows of a review without the time of the answer.
std::vector<std::vector<std::string>> comparable(const std::string& review) {
  std::vector<std::vector<std::string>> rows = e2e::read_csv(review);
  if (rows.empty()) return rows;
  const auto check_date = std::ranges::find(rows.front(), "Check date") - rows.front().begin();
  for (auto& row : rows) row.erase(row.begin() + check_date);
  return rows;
}

class Job {
 public:
  explicit Job(const Simulator& simulator) : simulator_(simulator) {
    std::string sheet = "Project,Status,Comment\n";
    for (int i = 0; i < kRows; ++i) {
      sheet += fmt::format("P{},{},\"Done: {}. Plan: none.\"\n", i,
                           i % 10 < 8 && i % 7 == 0 ? "Finito" : "Done", i % 10 == 9 ? i - 1 : i);
    }
    directory_.write("statuses.csv", sheet);
    directory_.write("rules.md", "1. Say what is done.\n");
  }

  Process start(bool by_batch, std::map<std::string, std::string> environment = {}) const {
    environment["OPENAI_API_KEY"] = "sk-test-0123456789abcdef";
    std::vector<std::string> words{"run",
                                   "statuses.csv",
                                   "--output",
                                   "review.csv",
                                   "--rules",
                                   "rules.md",
                                   "--model",
                                   "gpt-4o-mini",
                                   "--cache",
                                   "cache.sqlite",
                                   "--base-url",
                                   simulator_.base_url(),
                                   "--allowed-status",
                                   "Done"};
    // Two parts.
    if (by_batch) words.insert(words.end(), {"--batch", "--batch-rows", "20"});
    return Process(words, directory_.path(), environment);
  }
  std::vector<std::vector<std::string>> review() const { return comparable(directory_.read("review.csv")); }

 private:
  const Simulator& simulator_;
  Directory directory_;
};

class BatchCrash : public testing::Test {
 protected:
  BatchCrash() {
    const Job undisturbed(simulator_);
    const Finished finished = undisturbed.start(false).wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    expected_ = undisturbed.review();
    EXPECT_EQ(expected_.size(), static_cast<std::size_t>(kRows) + 1);
  }

  // The last process was not killed.
  void check_end(const Job& job, const std::string& when) {
    EXPECT_EQ(job.review(), expected_) << when;
    EXPECT_EQ(simulator_.ledger("rows.answered_again"), 0U) << when << ": a row was paid for twice";
    EXPECT_EQ(simulator_.ledger("batches.lines"), kQuestions) << when;
    EXPECT_EQ(simulator_.ledger("batches.created"), 2U) << when;
    EXPECT_EQ(simulator_.ledger("requests"), 0U) << when << ": asked at the full price";
  }

  Simulator simulator_{{"--batch-time", "20ms"}};
  std::vector<std::vector<std::string>> expected_;
};

TEST_F(BatchCrash, a_death_at_any_write_or_send_makes_no_second_batch) {
  for (const char* moment : {"SV_KILL_AT", "SV_KILL_AFTER"}) {
    int boundaries = 0;
    for (int call = 1; !HasFailure(); ++call) {
      ASSERT_LT(call, 5000) << "it never gets to its end";
      simulator_.reset();
      const Job job(simulator_);
      const Finished first =
          job.start(true, {{"LD_PRELOAD", SV_KILL_AT_LIBRARY}, {moment, std::to_string(call)}}).wait();
      const std::string when = fmt::format("{}={}", moment, call);
      if (first.exit_code == 0) break;
      ASSERT_EQ(first.exit_code, kKilled) << first.err;
      ++boundaries;
      const Finished second = job.start(true).wait();
      EXPECT_EQ(second.exit_code, 0) << when << ": " << second.err;
      check_end(job, when + "\n" + first.err + second.err);
    }
    fmt::print("{}: {} boundaries\n", moment, boundaries);
    EXPECT_GT(boundaries, 60) << "the library counts the program's calls";
  }
}

TEST_F(BatchCrash, deaths_one_after_another_make_no_second_batch) {
  std::mt19937_64 random(3);
  // Up to the end of an undisturbed run and a little beyond; restarts are shorter.
  std::uniform_int_distribution<int> call(1, 60);
  for (int sequence = 0; sequence < 20 && !HasFailure(); ++sequence) {
    simulator_.reset();
    const Job job(simulator_);
    for (int death = 0; death < 6; ++death) {
      job.start(true, {{"LD_PRELOAD", SV_KILL_AT_LIBRARY}, {"SV_KILL_AT", std::to_string(call(random))}})
          .wait();
    }
    const Finished last = job.start(true).wait();
    EXPECT_EQ(last.exit_code, 0) << last.err;
    check_end(job, fmt::format("sequence {}\n{}", sequence, last.err));
  }
}

// Issue 6, acceptance line 3: many rows in several files, in shuffled output, with lines that fail, a batch
// that expires and one that the queue has no room for; a kill -9 before and after each step of each part. In
// CI with few rows; SV_BATCH_ROWS=120000 plays it as it is asked for.
struct Large {
  int rows = 3'000;
  int rows_a_part = 1'000;
};

Large large() {
  const char* asked = std::getenv("SV_BATCH_ROWS");
  const int rows = asked == nullptr ? 0 : std::atoi(asked);
  return rows > 0 ? Large{rows, rows / 3} : Large{};
}

class LargeBatches : public testing::Test {
 protected:
  LargeBatches() {
    std::string sheet = "Project,Status,Comment\n";
    for (int i = 0; i < size_.rows; ++i) {
      sheet += fmt::format("P{},{},\"Done: {} of the bridges. Plan: none.\"\n", i,
                           i % 7 == 0 ? "Finito" : "Done", i);
    }
    directory_.write("statuses.csv", sheet);
    directory_.write("rules.md", "1. Say what is done.\n");
  }
  Process start(bool by_batch, std::map<std::string, std::string> environment = {}) const {
    environment["OPENAI_API_KEY"] = "sk-test-0123456789abcdef";
    std::vector<std::string> words{"run",
                                   "statuses.csv",
                                   "--output",
                                   by_batch ? "review.csv" : "online.csv",
                                   "--rules",
                                   "rules.md",
                                   "--model",
                                   "gpt-4o-mini",
                                   "--cache",
                                   by_batch ? "cache.sqlite" : "online.sqlite",
                                   "--base-url",
                                   simulator_.base_url(),
                                   "--allowed-status",
                                   "Done",
                                   "--workers",
                                   "200"};
    if (by_batch) words.insert(words.end(), {"--batch", "--batch-rows", std::to_string(size_.rows_a_part)});
    return Process(words, directory_.path(), environment);
  }
  // 120,000 rows take some ten minutes.
  Finished finish(bool by_batch) const {
    Process process = start(by_batch);
    e2e::wait_for([&] { return process.has_ended(); }, "the run does not end", std::chrono::minutes(60));
    return process.wait();
  }
  // Starts it to be killed at the first of these steps that it notes. False: it ended before, well.
  bool dies_at(const char* moment, const std::string& steps) const {
    Process process = start(true, {{"LD_PRELOAD", SV_KILL_AT_LIBRARY}, {moment, steps}});
    e2e::wait_for([&] { return process.has_ended(); }, "no step and no end", std::chrono::minutes(60));
    const Finished finished = process.wait();
    EXPECT_TRUE(finished.exit_code == kKilled || finished.exit_code == 0) << finished.err;
    return finished.exit_code == kKilled;
  }
  // What the journal of the run noted last of a batch; empty: nothing.
  std::string last_step() const {
    for (const auto& entry : std::filesystem::directory_iterator(directory_.file("cache.sqlite-runs"))) {
      if (entry.path().extension() != ".journal") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string lines{std::istreambuf_iterator<char>(file), {}};
      const std::size_t at = lines.rfind("\"as\":\"", lines.rfind("\"t\":\"batch\"") + 40);
      return at == std::string::npos ? std::string() : lines.substr(at + 6, lines.find('"', at + 6) - at - 6);
    }
    return {};
  }

  Large size_ = large();
  Directory directory_;
  // Of the creations the second expires and the third has no room in the queue.
  Simulator simulator_{
      {"--batch-time", "400ms", "--batch-line-errors", "1%", "--batch-expire", "2", "--batch-fail", "3"}};
};

TEST_F(LargeBatches, killed_before_and_after_every_step_end_with_the_review_of_an_online_run) {
  ASSERT_EQ(finish(false).exit_code, 0);
  const std::vector<std::vector<std::string>> expected = comparable(directory_.read("online.csv"));
  simulator_.reset();
  // A process does one step more than the one before and dies. What it finds half done it may have to do once
  // more: such steps are not the ones that the next is to die at.
  const std::map<std::string, std::string> next_steps{{"", "planned"},
                                                      {"planned", "uploaded,ended"},
                                                      {"uploaded", "creating,ended"},
                                                      {"creating", "created,ended"},
                                                      {"created", "planned,ended"},
                                                      {"ended", "planned,ended"}};
  std::map<std::string, int> kills;
  std::string step;
  int lives = 0;
  for (bool goes_on = true; goes_on;) {
    ASSERT_LT(++lives, 200) << "it never gets to its end";
    const std::string& steps = next_steps.at(step);
    goes_on = dies_at("SV_KILL_AT_STEP", steps) && dies_at("SV_KILL_AFTER_STEP", steps);
    if (!goes_on) break;
    step = last_step();
    ASSERT_TRUE(next_steps.contains(step)) << step;
    kills[step] += 2;
  }
  const Finished last = finish(true);
  ASSERT_EQ(last.exit_code, 0) << last.err;
  const std::uint64_t batches = simulator_.ledger("batches.created");
  fmt::print("{} rows: {} batches created, {} lines answered, {} of them failed, {} asked one by one; kills:",
             size_.rows, batches, simulator_.ledger("batches.lines"),
             simulator_.ledger("batches.line_errors"), simulator_.ledger("requests"));
  for (const auto& [at, count] : kills) fmt::print(" {} at {}", count, at);
  fmt::print("\n");
  for (const char* each : {"planned", "uploaded", "creating", "created", "ended"}) {
    EXPECT_GE(kills[each], 2 * static_cast<int>(batches)) << each << ": before and after, of each batch";
  }
  EXPECT_EQ(comparable(directory_.read("review.csv")), expected);
  EXPECT_EQ(simulator_.ledger("rows.answered_again"), 0U) << "a row was paid for twice";
  EXPECT_EQ(simulator_.ledger("batches.expired"), 1U);
  EXPECT_GE(simulator_.ledger("batches.failed"), 1U);
  // A line that failed is not paid. Whoever was not killed meanwhile asks its row one by one; a process that
  // does not remember it puts the row into a batch again.
  EXPECT_EQ(simulator_.ledger("batches.lines") + simulator_.ledger("requests"),
            static_cast<std::uint64_t>(size_.rows) + simulator_.ledger("batches.line_errors"));
}

}  // namespace
}  // namespace sv::crash
