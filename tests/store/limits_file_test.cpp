#include "store/limits_file.hpp"

#include "base/clock.hpp"
#include "store_harness.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

std::int64_t in(Duration duration) { return (SystemClock().now() + duration).time_since_epoch().count(); }

// The cells of `name` as the cache's next user finds them.
domain::PaceCells& cells_of(LimitsFile& file, std::string_view name) { return file.join(name)->cells; }

struct OpenedFile {
  TempDirectory directory;
  std::string cache = directory.file("answers.sqlite");

  std::unique_ptr<LimitsFile> open() {
    Result<std::unique_ptr<LimitsFile>> opened = LimitsFile::open(cache);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? *std::move(opened) : nullptr;
  }
  std::string path() const { return cache + "-limits"; }
};

TEST(LimitsFile, gives_all_who_open_it_the_same_cells_by_name) {
  OpenedFile setting;
  const auto first = setting.open();
  const auto second = setting.open();
  cells_of(*first, "a").requests.sent = 7;
  EXPECT_EQ(cells_of(*second, "a").requests.sent, 7U);
  EXPECT_EQ(cells_of(*second, "b").requests.sent, 0U);
  cells_of(*second, "b").paused_until = 5;
  EXPECT_EQ(cells_of(*first, "b").paused_until, 5);
  EXPECT_NE(first->join("a")->member, second->join("a")->member);
  struct stat status{};
  ASSERT_EQ(::stat(setting.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(LimitsFile, has_room_for_so_many_names_and_says_when_it_is_full) {
  OpenedFile setting;
  const auto file = setting.open();
  for (std::size_t i = 0; i < LimitsFile::kMostNames; ++i) {
    ASSERT_TRUE(file->join("name " + std::to_string(i))) << i;
  }
  EXPECT_FALSE(file->join("one more"));
  EXPECT_TRUE(file->join("name 3"));
}

TEST(LimitsFile, keeps_what_is_spent_for_the_next_run_and_forgets_what_is_paid_off_or_absurd) {
  OpenedFile setting;
  {
    const auto file = setting.open();
    cells_of(*file, "spent").requests.all_spent_until = in(10min);
    cells_of(*file, "paused").paused_until = in(10min);
    cells_of(*file, "tokens spent").tokens.all_spent_until = in(10min);
    cells_of(*file, "damaged").tokens.all_spent_until = in(2h);
    cells_of(*file, "paid off").requests.all_spent_until = in(-1s);
    cells_of(*file, "paid off").requests.per_minute = 500;
  }
  const auto file = setting.open();
  EXPECT_GT(cells_of(*file, "spent").requests.all_spent_until, in(9min));
  EXPECT_GT(cells_of(*file, "paused").paused_until, in(9min));
  EXPECT_GT(cells_of(*file, "tokens spent").tokens.all_spent_until, in(9min));
  EXPECT_EQ(cells_of(*file, "damaged").tokens.all_spent_until, 0);
  EXPECT_EQ(cells_of(*file, "paid off").requests.per_minute, 0U);
}

TEST(LimitsFile, keeps_what_others_have_heard_while_they_hold_it) {
  OpenedFile setting;
  const auto first = setting.open();
  cells_of(*first, "heard").requests.per_minute = 500;
  const auto second = setting.open();
  EXPECT_EQ(cells_of(*second, "heard").requests.per_minute, 500U);
}

// Times of another boot would hold everything back for as long as the machine has been up.
TEST(LimitsFile, begins_anew_when_its_times_are_those_of_another_clock) {
  OpenedFile setting;
  {
    const auto file = setting.open();
    cells_of(*file, "spent").requests.all_spent_until = in(10min);
  }
  {
    std::fstream bytes(setting.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(8);
    bytes.put('?').put('?').put('?');
  }
  const auto file = setting.open();
  EXPECT_EQ(cells_of(*file, "spent").requests.all_spent_until, 0);
}

TEST(LimitsFile, refuses_a_file_whose_users_have_another_clock) {
  OpenedFile setting;
  const auto file = setting.open();
  std::fstream(setting.path(), std::ios::in | std::ios::out | std::ios::binary).seekp(8).put('?').put('?');
  const auto refused = LimitsFile::open(setting.cache);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::already_locked);
  EXPECT_NE(refused.error().message.find(setting.path()), std::string::npos);
}

TEST(LimitsFile, leaves_a_file_of_somebody_else_as_it_is) {
  OpenedFile setting;
  std::ofstream(setting.path()) << "my own limits\n";
  const auto refused = LimitsFile::open(setting.cache);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(std::filesystem::file_size(setting.path()), 14U);

  std::filesystem::remove(setting.path());
  std::filesystem::create_symlink(setting.directory.file("elsewhere"), setting.path());
  EXPECT_FALSE(LimitsFile::open(setting.cache));
  EXPECT_FALSE(std::filesystem::exists(setting.directory.file("elsewhere")));

  std::filesystem::remove(setting.path());
  std::filesystem::create_directory(setting.path());
  EXPECT_FALSE(LimitsFile::open(setting.cache));
}

TEST(LimitsFile, of_a_killed_process_holds_nobody_up) {
  OpenedFile setting;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto file = LimitsFile::open(setting.cache);
    cells_of(**file, "a").requests.sent = 3;
    static_cast<void>(::write(ready[1], "!", 1));
    ::pause();
    ::_exit(0);
  }
  char mark = 0;
  ASSERT_EQ(::read(ready[0], &mark, 1), 1);
  {
    const auto beside = setting.open();
    EXPECT_EQ(cells_of(*beside, "a").requests.sent, 3U);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(cells_of(*beside, "a").requests.sent, 3U);
  }
  const auto after = setting.open();
  EXPECT_EQ(cells_of(*after, "a").requests.sent, 0U);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(LimitsFile, is_opened_by_many_processes_at_once) {
  OpenedFile setting;
  std::vector<pid_t> children;
  constexpr std::uint64_t kProcesses = 8;
  constexpr std::uint64_t kRounds = 50;
  const auto held = setting.open();
  for (std::uint64_t n = 0; n < kProcesses; ++n) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (std::uint64_t round = 0; round < kRounds; ++round) {
        const auto file = LimitsFile::open(setting.cache);
        if (!file) ::_exit(1);
        (*file)->join("shared")->cells.requests.sent.fetch_add(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(cells_of(*held, "shared").requests.sent, kProcesses * kRounds);
}

}  // namespace
}  // namespace sv::store
