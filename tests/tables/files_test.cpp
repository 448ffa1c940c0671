#include "tables/files.hpp"

#include "tables/table_tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sv::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ReplacementFile, nothing_is_seen_before_commit) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("r.csv", "old");
  {
    auto file = ReplacementFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(file->write("new"));
    EXPECT_EQ(content_of(path), "old");
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_THAT(directory.names(), ElementsAre("r.csv"));
}

TEST(ReplacementFile, commit_replaces_the_file_and_leaves_nothing_behind) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("r.csv", "old");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  auto file = ReplacementFile::open(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("new "));
  ASSERT_TRUE(file->write("text"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(path), "new text");
  EXPECT_THAT(directory.names(), ElementsAre("r.csv"));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(ReplacementFile, a_new_file_obeys_the_umask) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(027);
  auto file = ReplacementFile::open(directory.path_of("new.csv"));
  ::umask(before);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->commit());
  struct stat status{};
  ASSERT_EQ(::stat(directory.path_of("new.csv").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(ReplacementFile, a_killed_process_leaves_the_old_file_and_no_litter) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("r.csv", "old");
  const pid_t child = ::fork();
  if (child == 0) {
    auto file = ReplacementFile::open(path);
    if (file && file->write("half of the new")) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(content_of(path), "old");
  if (directory.names().size() != 1)
    GTEST_SKIP() << "this file system has no O_TMPFILE; litter is promised only with it";
}

TEST(ReplacementFile, a_name_of_the_greatest_length_is_replaced_too) {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of(std::string(255, 'n'));
  auto file = ReplacementFile::open(path);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE(file->write("x"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(content_of(path), "x");
}

TEST(ReplacementFile, a_missing_directory_is_told_by_kind) {
  const TemporaryDirectory directory;
  const auto file = ReplacementFile::open(directory.path_of("none/r.csv"));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::not_found);
}

TEST(Files, scratch_files_are_private_and_nameless) {
  const TemporaryDirectory directory;
  const auto file = open_scratch_file(directory.path());
  ASSERT_TRUE(file);
  struct stat status{};
  ASSERT_EQ(::fstat(file->number(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(directory.names(), IsEmpty());
}

TEST(Files, directory_and_name_of_a_path) {
  EXPECT_EQ(directory_of("a.csv"), ".");
  EXPECT_EQ(directory_of("/a.csv"), "/");
  EXPECT_EQ(directory_of("x/y/a.csv"), "x/y");
  EXPECT_EQ(file_name_of("x/y/a.csv"), "a.csv");
  EXPECT_EQ(file_name_of("a.csv"), "a.csv");
}

}  // namespace
}  // namespace sv::tables
