// Real processes, real time, one limits file: a second of a fast limit.
#include "base/clock.hpp"
#include "limits/pacer.hpp"
#include "store/limits_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sv {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPerMinute = 60'000;
constexpr double kPerSecond = kPerMinute / 60.0;

// Sends `rows` as the pacer lets it, then writes when each went.
int run_process(const std::string& cache, const std::string& log, int rows) {
  const auto ledger = store::LimitsFile::open(cache);
  if (!ledger) return 1;
  limits::Pacer pacer({.requests_per_minute = kPerMinute}, (*ledger)->join("provider"));
  const SystemClock clock;
  std::vector<std::int64_t> sent;
  while (sent.size() < static_cast<std::size_t>(rows)) {
    const TimePoint now = clock.now();
    if (pacer.try_reserve(now, 0)) {
      sent.push_back(now.time_since_epoch().count());
      continue;
    }
    const TimePoint when = pacer.earliest(now, 0);
    if (when > now) std::this_thread::sleep_until(pacer.wake_at(now, when));
  }
  std::FILE* file = std::fopen(log.c_str(), "wb");
  if (file == nullptr) return 2;
  const bool is_written = std::fwrite(sent.data(), sizeof sent[0], sent.size(), file) == sent.size();
  return std::fclose(file) == 0 && is_written ? 0 : 3;
}

std::vector<std::int64_t> read_log(const std::string& log) {
  std::vector<std::int64_t> sent(std::filesystem::file_size(log) / sizeof(std::int64_t));
  std::FILE* file = std::fopen(log.c_str(), "rb");
  EXPECT_EQ(std::fread(sent.data(), sizeof sent[0], sent.size(), file), sent.size());
  std::fclose(file);
  return sent;
}

TEST(SharedLimitOfProcesses, is_not_exceeded_in_any_window_by_all_of_them_together) {
  std::string folder = std::filesystem::temp_directory_path() / "sv-shared-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string cache = folder + "/answers.sqlite";
  const std::vector<int> rows = {500, 500, 50};
  std::vector<pid_t> children;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(run_process(cache, folder + "/log" + std::to_string(i), rows[i]));
    children.push_back(child);
  }
  std::vector<std::int64_t> sent;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    int status = -1;
    ASSERT_EQ(::waitpid(children[i], &status, 0), children[i]);
    ASSERT_EQ(status, 0);
    const std::vector<std::int64_t> of_one = read_log(folder + "/log" + std::to_string(i));
    ASSERT_EQ(of_one.size(), static_cast<std::size_t>(rows[i]));
    sent.insert(sent.end(), of_one.begin(), of_one.end());
  }
  std::ranges::sort(sent);
  // In any window that begins and ends with a request at most rate * (length + burst), and one.
  double before = 0;
  double lowest = 0;
  double worst = 0;
  for (const std::int64_t at : sent) {
    const double level = before - kPerSecond * 0.995 * static_cast<double>(at - sent.front()) / 1e9;
    lowest = std::min(lowest, level);
    worst = std::max(worst, level + 1 - lowest);
    before += 1;
  }
  EXPECT_LE(worst, kPerSecond * 0.05 + 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sv
