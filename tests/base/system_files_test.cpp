#include "base/system_files.hpp"

#include "support/failing_calls.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace sv {
namespace {

class SystemFiles : public testing::Test {
 protected:
  SystemFiles() { file_ = ::mkstemp(path_.data()); }
  ~SystemFiles() override {
    ::close(file_);
    ::unlink(path_.c_str());
  }
  std::string content() const {
    std::string text(100, '?');
    const ssize_t got = read_up_to_at(file_, text.data(), text.size(), 0);
    EXPECT_GE(got, 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
  }

  std::string path_ = "/tmp/sv-system-files-XXXXXX";
  int file_ = -1;
};

TEST_F(SystemFiles, are_written_and_read_whole) {
  EXPECT_EQ(write_all(file_, "status"), 0);
  EXPECT_EQ(write_all_at(file_, "US", 4), 0);
  EXPECT_EQ(content(), "statUS");
  ASSERT_EQ(::lseek(file_, 1, SEEK_SET), 1);
  std::string text(3, '?');
  EXPECT_EQ(read_up_to(file_, text.data(), text.size()), 3);
  EXPECT_EQ(text, "tat");
  EXPECT_EQ(read_up_to_at(file_, text.data(), text.size(), 5), 1) << "the end comes first";
  EXPECT_EQ(text, "Sat");
}

TEST_F(SystemFiles, go_on_after_an_interruption) {
  {
    const FailingCalls interrupted(SystemCall::write, EINTR, path_, 0, 2);
    EXPECT_EQ(write_all(file_, "status"), 0);
    EXPECT_EQ(interrupted.failures(), 2);
  }
  const FailingCalls interrupted(SystemCall::read, EINTR, path_, 0, 2);
  EXPECT_EQ(content(), "status");
  EXPECT_EQ(interrupted.failures(), 2);
}

TEST_F(SystemFiles, tell_what_went_wrong) {
  {
    const FailingCalls full(SystemCall::write, ENOSPC, path_);
    EXPECT_EQ(write_all(file_, "status"), ENOSPC);
    EXPECT_EQ(write_all_at(file_, "status", 7), ENOSPC);
  }
  {
    const FailingCalls takes_nothing(SystemCall::write, 0, path_);
    EXPECT_EQ(write_all(file_, "status"), EIO) << "and does not try for ever";
  }
  const FailingCalls broken(SystemCall::read, EIO, path_);
  std::string text(3, '?');
  EXPECT_EQ(read_up_to(file_, text.data(), text.size()), -EIO);
  EXPECT_EQ(read_up_to_at(file_, text.data(), text.size(), 0), -EIO);
}

TEST(SystemError, has_the_kind_that_people_can_act_on) {
  EXPECT_EQ(kind_of_system_error(ENOENT), ErrorKind::not_found);
  EXPECT_EQ(kind_of_system_error(ENOTDIR), ErrorKind::not_found);
  for (const int refused : {EACCES, EPERM, EROFS})
    EXPECT_EQ(kind_of_system_error(refused), ErrorKind::permission_denied);
  for (const int broken : {EIO, ENOSPC, EMFILE}) EXPECT_EQ(kind_of_system_error(broken), ErrorKind::io);
}

}  // namespace
}  // namespace sv
