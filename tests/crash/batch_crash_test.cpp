// Kills `run --batch` at every write and every send: no batch is made twice for the same rows, and the review
// is that of a run that asks one by one.
#include "e2e/program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <signal.h>
#include <string>
#include <thread>
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

}  // namespace
}  // namespace sv::crash
