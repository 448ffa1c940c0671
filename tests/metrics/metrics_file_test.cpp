#include "metrics/metrics_file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

namespace sv::metrics {
namespace {

using namespace std::chrono_literals;

class MetricsFileTest : public ::testing::Test {
 protected:
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  static std::string new_directory() {
    std::string name = "/tmp/sv-metrics-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
  }
  static std::string read(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_),
                                                  std::filesystem::directory_iterator()));
  }
  std::string next() { return "figures " + std::to_string(++asked_); }

  std::string directory_ = new_directory();
  std::string path_ = directory_ + "/run.prom";
  int asked_ = 0;
  MetricsFile file_{path_, [this] { return next(); }};
};

TEST_F(MetricsFileTest, is_readable_for_everyone_and_stands_alone) {
  const mode_t before = ::umask(077);
  const Result<void> first = replace_text_file(path_, "one, longer");
  const Result<void> second = replace_text_file(path_, "two");
  ::umask(before);
  EXPECT_TRUE(first && second);
  EXPECT_EQ(read(path_), "two");
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  EXPECT_EQ(files(), 1U) << "no temporary file is left";
}

TEST_F(MetricsFileTest, a_reader_of_the_old_file_keeps_the_old_text_whole) {
  ASSERT_TRUE(replace_text_file(path_, "old"));
  std::ifstream reader(path_, std::ios::binary);
  ASSERT_TRUE(replace_text_file(path_, "new"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), std::istreambuf_iterator<char>()), "old");
}

TEST_F(MetricsFileTest, is_written_at_once_and_every_ten_seconds) {
  const TimePoint start{};
  EXPECT_EQ(file_.tick(start), std::nullopt);
  EXPECT_EQ(read(path_), "figures 1");
  file_.tick(start + 9'999ms);
  EXPECT_EQ(asked_, 1);
  file_.tick(start + 10s);
  EXPECT_EQ(read(path_), "figures 2");
  file_.tick(start + 10'100ms);
  EXPECT_EQ(asked_, 2);
  file_.write();
  EXPECT_EQ(read(path_), "figures 3");
}

TEST_F(MetricsFileTest, a_failure_is_told_once_leaves_nothing_behind_and_may_pass) {
  std::filesystem::create_directory(path_);  // in the way, for root too
  const std::optional<Error> error = file_.tick(TimePoint{});
  ASSERT_TRUE(error);
  EXPECT_NE(error->message.find(path_), std::string::npos) << error->message;
  EXPECT_EQ(files(), 1U) << "no temporary file is left";
  EXPECT_EQ(file_.tick(TimePoint{} + 10s), std::nullopt);
  EXPECT_EQ(asked_, 2) << "tried again";
  std::filesystem::remove(path_);
  EXPECT_EQ(file_.tick(TimePoint{} + 20s), std::nullopt);
  EXPECT_EQ(read(path_), "figures 3");
}

TEST_F(MetricsFileTest, a_directory_that_went_away_is_an_error_with_its_kind) {
  const Result<void> written = replace_text_file(directory_ + "/gone/run.prom", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace sv::metrics
