// Kills the real program, at random times and at every write, and holds the next run to the contract of
// reliability.md §3: nothing lost, nothing twice, no finished row asked about again, and the journal's count
// of requests equal to the provider's.
//
// Real processes die in real time, so these tests wait for real: the moment of a death is what is tried out.
#include "e2e/program.hpp"
#include "store/database.hpp"
#include "store/run_history.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
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
using Environment = std::map<std::string, std::string>;

constexpr int kRows = 60;
constexpr std::size_t kWorkers = 8;
// Answers that are waiting for their group's commit (20 ms) when 8 requests of 10 ms are in flight; more
// while a slow disk holds the group before up, so it is the mean that is checked.
constexpr std::size_t kUncommitted = 32;
constexpr int kKilled = 128 + SIGKILL;

// ./dev crash --kills N sets it.
int wanted_kills(int usual) {
  const char* wanted = std::getenv("SV_KILLS");
  return wanted == nullptr ? usual : std::max(1, std::atoi(wanted));
}

std::string sheet() {
  std::string text = "Project,Status,Comment\n";
  for (int i = 0; i < kRows; ++i) {
    // Every tenth row repeats the one before, every seventh is wrong.
    text += fmt::format("P{},{},\"Done: {}. Plan: none.\"\n", i, i % 7 == 0 ? "Finito" : "Done",
                        i % 10 == 9 ? i - 1 : i);
  }
  return text;
}

// Rows of a review without the time of the answer.
std::vector<std::vector<std::string>> comparable(const std::string& review) {
  std::vector<std::vector<std::string>> rows = e2e::read_csv(review);
  if (rows.empty()) return rows;
  const auto check_date = std::ranges::find(rows.front(), "Check date") - rows.front().begin();
  for (auto& row : rows) {
    if (static_cast<std::ptrdiff_t>(row.size()) > check_date) row.erase(row.begin() + check_date);
  }
  return rows;
}

// One job: a sheet, its answer cache and its review, worked on by process after process.
class Job {
 public:
  explicit Job(const Simulator& simulator) : simulator_(simulator) {
    directory_.write("statuses.csv", sheet());
    directory_.write("rules.md", "1. Say what is done.\n");
  }

  std::vector<std::string> words() const {
    return {"run",
            "statuses.csv",
            "--output",
            "review.csv",
            "--rules",
            "rules.md",
            "--model",
            "m",
            "--base-url",
            simulator_.base_url(),
            "--allowed-status",
            "Done",
            "--cache",
            "cache.sqlite",
            "--workers",
            std::to_string(kWorkers)};
  }
  const Directory& directory() const { return directory_; }

  Process start(Environment environment = {}) const {
    environment["OPENAI_API_KEY"] = "sk-test-0123456789abcdef";
    return Process(words(), directory_.path(), environment);
  }

  // Keys of the answers that are durable, as the journal writes them.
  std::set<std::string> committed() const {
    std::set<std::string> keys;
    sqlite3* database = nullptr;
    // As the program would find them: what a crash left in the WAL belongs to it.
    if (sqlite3_open_v2(directory_.file("cache.sqlite").c_str(), &database, SQLITE_OPEN_READWRITE, nullptr) ==
        SQLITE_OK) {
      sqlite3_stmt* statement = nullptr;
      if (sqlite3_prepare_v2(database, "SELECT lower(hex(substr(key, 1, 8))) FROM answer", -1, &statement,
                             nullptr) == SQLITE_OK) {
        while (sqlite3_step(statement) == SQLITE_ROW) {
          keys.insert(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
        }
      }
      sqlite3_finalize(statement);
    }
    sqlite3_close(database);
    return keys;
  }

  // Between two processes: what the last one asked about must not have been known before it.
  void check_after_process() {
    std::vector<std::string> asked;
    std::size_t requests = 0;
    std::size_t open = 0;
    for (const std::string& path : store::list_journals(directory_.file("cache.sqlite"))) {
      const auto run = store::read_journal(path, [&](const store::JournalRecord& record) {
        if (const auto* ask = std::get_if<store::JournalAsked>(&record)) asked.push_back(ask->key);
      });
      ASSERT_TRUE(run.has_value());
      // A write that crosses a page may be cut there; then its request was not sent yet.
      EXPECT_LE(run->damaged_lines, run->processes);
      requests += run->requests;
      open += run->open_requests();
    }
    std::size_t repeated = 0;
    const std::set<std::string> before(
        asked.begin(), asked.begin() + static_cast<std::ptrdiff_t>(std::min(known_asks_, asked.size())));
    for (std::size_t i = known_asks_; i < asked.size(); ++i) {
      EXPECT_FALSE(committed_.contains(asked[i])) << "a finished row was asked about again: " << asked[i];
      repeated += before.contains(asked[i]) ? 1 : 0;
    }
    repeats_ += repeated;
    known_asks_ = asked.size();
    committed_ = committed();
    requests_ = requests;
    open_ = open;
  }

  std::size_t repeats() const { return repeats_; }
  std::size_t requests() const { return requests_; }
  std::size_t open() const { return open_; }

 private:
  const Simulator& simulator_;
  Directory directory_;
  std::set<std::string> committed_;
  std::size_t known_asks_ = 0;
  std::size_t repeats_ = 0;
  std::size_t requests_ = 0;
  std::size_t open_ = 0;
};

class Crash : public testing::Test {
 protected:
  Crash() {
    const Job undisturbed(simulator_);
    const Finished finished = undisturbed.start().wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    expected_ = comparable(undisturbed.directory().read("review.csv"));
    EXPECT_EQ(expected_.size(), static_cast<std::size_t>(kRows) + 1);
    simulator_.reset();
  }

  // The last process of a job was not killed: everything is there, once.
  void check_end(Job& job) {
    job.check_after_process();
    EXPECT_EQ(comparable(job.directory().read("review.csv")), expected_);
    // What was begun but has no end in the journal may or may not have reached the provider.
    const std::uint64_t served = simulator_.ledger("requests") - served_before_;
    EXPECT_LE(served, job.requests());
    EXPECT_GE(served + job.open(), job.requests());
    served_before_ += served;
  }

  Simulator simulator_{{"--latency", "10ms"}};
  std::vector<std::vector<std::string>> expected_;
  std::uint64_t served_before_ = 0;
};

TEST_F(Crash, a_thousand_kills_at_random_times_lose_nothing) {
  const int kills = wanted_kills(1000);
  std::mt19937_64 random(1);
  std::uniform_int_distribution<int> delay(
      0, 160'000);  // microseconds: from the start to a little beyond the end
  int killed = 0;
  std::size_t repeats = 0;
  int jobs = 0;
  while (killed < kills && !HasFailure()) {
    Job job(simulator_);
    ++jobs;
    // Up to four deaths, some of them while the run recovers from the one before.
    for (int deaths = 0; deaths < 4 && killed < kills; ++deaths) {
      Process process = job.start();
      std::this_thread::sleep_for(std::chrono::microseconds(delay(random)));
      process.signal(SIGKILL);
      const Finished finished = process.wait();
      ASSERT_TRUE(finished.exit_code == kKilled || finished.exit_code == 0) << finished.err;
      job.check_after_process();
      if (finished.exit_code != kKilled) break;
      ++killed;
    }
    const Finished finished = job.start().wait();
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    check_end(job);
    repeats += job.repeats();
  }
  EXPECT_LE(repeats, static_cast<std::size_t>(killed) * (kWorkers + kUncommitted));
  fmt::print("{} kills in {} jobs: {:.1f} requests repeated per kill (at most {} allowed)\n", killed, jobs,
             static_cast<double>(repeats) / std::max(1, killed), kWorkers + kUncommitted);
}

TEST_F(Crash, a_death_at_any_write_or_send_loses_nothing) {
  for (const char* moment : {"SV_KILL_AT", "SV_KILL_AFTER"}) {
    simulator_.reset();
    served_before_ = 0;
    int boundaries = 0;
    for (int call = 1; !HasFailure(); ++call) {
      ASSERT_LT(call, 5000) << "it never gets to its end";
      Job job(simulator_);
      const Finished first =
          job.start({{"LD_PRELOAD", SV_KILL_AT_LIBRARY}, {moment, std::to_string(call)}}).wait();
      if (first.exit_code == 0) break;
      ASSERT_EQ(first.exit_code, kKilled) << first.err;
      ++boundaries;
      job.check_after_process();
      const Finished second = job.start().wait();
      EXPECT_EQ(second.exit_code, 0) << moment << "=" << call << ": " << second.err;
      check_end(job);
    }
    fmt::print("{}: {} boundaries\n", moment, boundaries);
    EXPECT_GT(boundaries, kRows) << "the library counts the program's calls";
  }
}

TEST_F(Crash, deaths_while_recovering_lose_nothing) {
  std::mt19937_64 random(2);
  std::uniform_int_distribution<int> delay(0, 60'000);
  // The 200 of the checklist in a usual run, and no more where more kills are wanted.
  const int sequences = std::min(wanted_kills(1000) / 5, 200);
  for (int sequence = 0; sequence < sequences && !HasFailure(); ++sequence) {
    Job job(simulator_);
    for (int death = 0; death < 6; ++death) {
      Process process = job.start();
      std::this_thread::sleep_for(std::chrono::microseconds(delay(random)));
      process.signal(SIGKILL);
      process.wait();
      job.check_after_process();
    }
    EXPECT_EQ(job.start().wait().exit_code, 0);
    check_end(job);
  }
}

TEST_F(Crash, a_full_or_broken_disk_at_any_write_is_told_and_loses_nothing) {
  for (const char* fault : {"SV_FULL_AT", "SV_BROKEN_AT"}) {
    int points = 0;
    // Every third: each takes three processes' time, and the calls of a run repeat themselves.
    for (int call = 1; !HasFailure(); call += 3) {
      ASSERT_LT(call, 5000);
      Job job(simulator_);
      const Finished first =
          job.start({{"LD_PRELOAD", SV_KILL_AT_LIBRARY}, {fault, std::to_string(call)}}).wait();
      if (first.exit_code == 0 && comparable(job.directory().read("review.csv")) == expected_) break;
      ++points;
      EXPECT_TRUE(first.exit_code == 73 || first.exit_code == 74)
          << fault << "=" << call << " gave " << first.exit_code << ": " << first.err;
      EXPECT_NE(first.err, "") << "it says why";
      const Finished second = job.start().wait();
      EXPECT_EQ(second.exit_code, 0) << fault << "=" << call << ": " << second.err;
      EXPECT_EQ(comparable(job.directory().read("review.csv")), expected_) << fault << "=" << call;
    }
    simulator_.reset();
    fmt::print("{}: {} points\n", fault, points);
    EXPECT_GT(points, 20);
  }
}

// reliability.md R-05: what ends for want of memory says so, loses nothing, and leaves nothing half made.
class OutOfMemory : public Crash {
 protected:
  // One process without enough memory, then one with it. Whether the first came to its end.
  bool play(Environment environment, const std::string& what) {
    environment["LD_PRELOAD"] = SV_NO_MEMORY_LIBRARY;
    Job job(simulator_);
    const Finished first = job.start(environment).wait();
    ++points_;
    endings_ += first.exit_code == kNoMemory ? 1 : 0;
    // A library that gets no memory tells it as an error of its own: of the disk (74), of a connection (69,
    // 75).
    const std::set<int> known{0, 2, kNoMemory, 69, 73, 74, 75, 78};
    EXPECT_TRUE(known.contains(first.exit_code)) << what << " gave " << first.exit_code << ": " << first.err;
    if (first.exit_code == 0) {
      EXPECT_EQ(comparable(job.directory().read("review.csv")), expected_) << what;
    } else {
      EXPECT_NE(first.err, "") << "it says why: " << what;
    }
    if (first.exit_code == kNoMemory) {
      // The second: a run that is refused before it begins.
      EXPECT_TRUE(first.err.contains("out of memory") || first.err.contains("MB of memory"))
          << what << ": " << first.err;
    }
    if (first.exit_code != 0 && first.exit_code != 2) {
      EXPECT_FALSE(job.directory().has("review.csv")) << what;
    }
    job.check_after_process();
    const Finished second = job.start().wait();
    EXPECT_EQ(second.exit_code, 0) << what << ": " << second.err;
    check_end(job);
    return first.exit_code == 0;
  }

  static constexpr int kNoMemory = 71;
  int points_ = 0;
  int endings_ = 0;
};

TEST_F(OutOfMemory, has_an_exit_code_of_its_own) {
  Job job(simulator_);
  const Finished first =
      job.start({{"LD_PRELOAD", SV_NO_MEMORY_LIBRARY}, {"SV_NO_MEMORY_AT", "1"}, {"SV_NO_MEMORY_AFTER", "1"}})
          .wait();
  EXPECT_EQ(first.exit_code, 71) << first.err;
}

TEST_F(OutOfMemory, from_any_allocation_on_is_told_and_loses_nothing) {
  bool is_whole = false;
  for (long call = 1; !is_whole && !HasFailure(); call += 1 + call / 8) {
    ASSERT_LT(call, 100'000'000) << "it never gets to its end";
    is_whole = play({{"SV_NO_MEMORY_AT", std::to_string(call)}, {"SV_NO_MEMORY_AFTER", "1"}},
                    fmt::format("from allocation {} on", call));
  }
  fmt::print("{} points, {} ended for want of memory\n", points_, endings_);
  EXPECT_GT(endings_, 20);
}

TEST_F(OutOfMemory, of_a_single_allocation_is_told_and_loses_nothing) {
  // Some 20,000 allocations are made in such a run; the last points lie behind its end.
  for (long call = 1; call < 60'000 && !HasFailure(); call += 1 + call / 8)
    play({{"SV_NO_MEMORY_AT", std::to_string(call)}}, fmt::format("allocation {}", call));
  fmt::print("{} points, {} ended for want of memory\n", points_, endings_);
  EXPECT_GT(endings_, 20);
}

TEST_F(OutOfMemory, in_a_small_address_space_is_told_and_loses_nothing) {
  bool is_whole = false;
  for (int megabytes = 16; !is_whole && !HasFailure(); megabytes += 8) {
    ASSERT_LT(megabytes, 4096) << "it never gets to its end";
    is_whole = play({{"SV_MEMORY_MB", std::to_string(megabytes)}}, fmt::format("{} MB", megabytes));
    if (is_whole) fmt::print("{} MB are enough\n", megabytes);
  }
  EXPECT_GT(endings_, 2);
}

}  // namespace
}  // namespace sv::crash
