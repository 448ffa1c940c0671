// The store among others: threads, processes, kill -9, a disk that is full.
#include "store_harness.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

// Commits `count` answers from `first` on; the exit code says whether all were kept.
int commit_range(const std::string& path, const std::string& run_id, std::uint64_t first,
                 std::uint64_t count) {
  StoreHarness harness(path, run_id, 2ms, 16);
  if (!harness.is_open()) return 2;
  for (std::uint64_t i = first; i < first + count; ++i) {
    harness.start_commit(key_of(i), make_answer(i));
    if (i % 10 == 9) harness.run();
  }
  harness.run();
  return harness.committed() == count ? 0 : 1;
}

// Children must leave without the parent's destructors and test results.
template <typename Work>
pid_t start_process(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  return child;
}

int exit_code_of(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void expect_all(const std::string& path, std::uint64_t count) {
  StoreHarness harness(path, "reader");
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_TRUE(harness.warnings().empty());
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto found = harness.find(key_of(i));
    ASSERT_NE(found, nullptr) << i;
    ASSERT_TRUE(same(*found, make_answer(i))) << i;
  }
}

TEST(StoreProcesses, lose_nothing_when_they_create_and_write_one_file_at_once) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  std::vector<pid_t> children;
  for (std::uint64_t n = 0; n < 4; ++n) {
    children.push_back(
        start_process([&path, n] { return commit_range(path, "run-" + std::to_string(n), n * 100, 100); }));
  }
  for (const pid_t child : children) EXPECT_EQ(exit_code_of(child), 0);
  expect_all(path, 400);
}

TEST(StoreProcesses, agree_on_the_first_answer_when_they_write_the_same_keys) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  const pid_t one = start_process([&path] { return commit_range(path, "run-1", 0, 100); });
  const pid_t two = start_process([&path] { return commit_range(path, "run-2", 0, 100); });
  EXPECT_EQ(exit_code_of(one), 0);
  EXPECT_EQ(exit_code_of(two), 0);
  expect_all(path, 100);
}

TEST(StoreProcesses, lose_nothing_as_threads_of_one_process_either) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  std::vector<std::thread> threads;
  std::array<int, 3> codes{-1, -1, -1};
  for (std::uint64_t n = 0; n < codes.size(); ++n) {
    threads.emplace_back(
        [&path, &codes, n] { codes.at(n) = commit_range(path, "run-" + std::to_string(n), n * 100, 100); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(codes, (std::array<int, 3>{0, 0, 0}));
  expect_all(path, 300);
}

// The child reports each key when it is told that it is committed; then it is killed in the middle of its
// work.
TEST(StoreProcesses, keep_every_committed_answer_when_killed) {
  for (const int reports_before_kill : {1, 20, 150}) {
    const TempDirectory directory;
    const std::string path = directory.file("answers.sqlite");
    std::array<int, 2> pipe_ends{};
    ASSERT_EQ(::pipe(pipe_ends.data()), 0);
    const pid_t child = start_process([&path, &pipe_ends] {
      StoreHarness harness(path, "killed run", 2ms, 16);
      if (!harness.is_open()) return 2;
      for (std::uint64_t i = 0;; ++i) {
        harness.store().commit(key_of(i), std::make_shared<const domain::Answer>(make_answer(i)),
                               [i, &pipe_ends](const Result<void>& result) {
                                 if (result && ::write(pipe_ends[1], &i, sizeof i) != sizeof i) ::_exit(3);
                               });
        if (i % 10 == 9) harness.run();
      }
    });
    ::close(pipe_ends[1]);
    std::vector<std::uint64_t> reported;
    std::uint64_t number = 0;
    while (::read(pipe_ends[0], &number, sizeof number) == sizeof number) {
      reported.push_back(number);
      if (reported.size() == static_cast<std::size_t>(reports_before_kill))
        ASSERT_EQ(::kill(child, SIGKILL), 0);
    }
    ::close(pipe_ends[0]);
    EXPECT_EQ(exit_code_of(child), -SIGKILL);
    ASSERT_GE(reported.size(), static_cast<std::size_t>(reports_before_kill));
    StoreHarness harness(path, "next run");
    ASSERT_TRUE(harness.is_open()) << harness.error().message;
    EXPECT_TRUE(harness.warnings().empty());
    for (const std::uint64_t i : reported) {
      const auto found = harness.find(key_of(i));
      ASSERT_NE(found, nullptr) << i;
      ASSERT_TRUE(same(*found, make_answer(i))) << i;
    }
  }
}

// A limit on the size of files stands in for a full disk: writing fails in the middle of a transaction.
TEST(StoreProcesses, report_a_full_disk_and_still_find_what_is_there) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  const pid_t child = start_process([&path] {
    StoreHarness harness(path, "run-1", 1ms);
    if (!harness.is_open()) return 2;
    if (!harness.commit(key_of(0), make_answer(0))) return 3;
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 200'000, .rlim_max = 200'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 4;
    domain::Answer large = make_answer(1);
    large.raw_json.assign(1'000'000, 'x');
    const Result<void> refused = harness.commit(key_of(1), large);
    if (refused) return 5;
    if (refused.error().kind != ErrorKind::io) return 6;
    if (refused.error().message.find(path) == std::string::npos) return 7;
    if (harness.find(key_of(0)) == nullptr) return 8;
    if (harness.find(key_of(1)) != nullptr) return 9;
    if (harness.store().stats().failures != 1) return 10;
    // What still fits is still kept.
    if (!harness.commit(key_of(2), make_answer(2))) return 11;
    return harness.find(key_of(2)) != nullptr ? 0 : 12;
  });
  EXPECT_EQ(exit_code_of(child), 0);
  StoreHarness harness(path, "run-2");
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_NE(harness.find(key_of(0)), nullptr);
  EXPECT_NE(harness.find(key_of(2)), nullptr);
}

}  // namespace
}  // namespace sv::store
