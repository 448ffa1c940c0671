#include "base/available_memory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sv {
namespace {

using BoundBy = AvailableMemory::BoundBy;
constexpr std::uint64_t kMiB = 1024 * 1024;

class Memory : public testing::Test {
 protected:
  Memory() {
    char name[] = "/tmp/sv-memory-XXXXXX";
    root_ = ::mkdtemp(name);
    write("proc/self/statm", "2560 100 50 1 0 200 0\n");
    write("proc/meminfo", "MemTotal:  8000000 kB\nMemFree:  100 kB\nMemAvailable:   2048000 kB\n");
  }
  ~Memory() override { std::filesystem::remove_all(root_); }
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::optional<AvailableMemory> look() const { return available_memory(root_ / "proc", root_ / "groups"); }
  std::filesystem::path root_;
};

TEST_F(Memory, is_what_the_machine_can_give_where_nothing_else_bounds_it) {
  const auto found = look();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, 2000 * kMiB);
  EXPECT_EQ(found->bound_by, BoundBy::machine);
  EXPECT_EQ(to_string(found->bound_by), "the machine");
}

TEST_F(Memory, is_unknown_where_nothing_can_be_read) {
  std::filesystem::remove_all(root_ / "proc");
  EXPECT_FALSE(look());
}

TEST_F(Memory, of_a_control_group_is_without_the_page_cache_that_it_can_drop) {
  write("proc/self/cgroup", "0::/a.slice/b.service\n");
  write("groups/a.slice/b.service/memory.max", "104857600\n");
  write("groups/a.slice/b.service/memory.current", "94371840\n");
  write("groups/a.slice/b.service/memory.stat", "anon 1\ninactive_file 20971520\nactive_file 10485760\n");
  const auto found = look();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, 40 * kMiB);
  EXPECT_EQ(found->bound_by, BoundBy::control_group);
}

TEST_F(Memory, of_a_group_is_bounded_by_the_groups_that_hold_it) {
  write("proc/self/cgroup", "0::/a.slice/b.service\n");
  write("groups/a.slice/b.service/memory.max", "max\n");
  write("groups/a.slice/b.service/memory.current", "1048576\n");
  write("groups/a.slice/memory.max", "52428800\n");
  write("groups/a.slice/memory.current", "62914560\n");  // above its limit, as it can be for a moment
  const auto found = look();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, 0U);
  EXPECT_EQ(found->bound_by, BoundBy::control_group);
}

TEST_F(Memory, of_a_container_is_that_of_the_root_group) {
  write("proc/self/cgroup", "0::/\n");
  write("groups/memory.max", "33554432\n");
  write("groups/memory.current", "1048576\n");
  const auto found = look();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, 31 * kMiB);
}

TEST_F(Memory, of_a_process_is_what_its_own_limit_leaves) {
  // In a child: a limit of the address space cannot be taken back.
  const pid_t child = ::fork();
  if (child == 0) {
    rlimit limit{};
    ::getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = 1024 * kMiB;
    ::setrlimit(RLIMIT_AS, &limit);
    const auto found = look();
    // statm above: 2,560 pages of 4 KiB.
    ::_exit(found && found->bytes == 1014 * kMiB && found->bound_by == BoundBy::process ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
  EXPECT_EQ(status, 0);
#endif
}

TEST(MemoryHere, can_be_told) { EXPECT_TRUE(available_memory()); }

}  // namespace
}  // namespace sv
