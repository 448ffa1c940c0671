// Calls of the operating system that fail, in this process, on the files that a test means: what a full,
// broken or read-only disk and a hostile file system do. The test program defines those calls itself
// (failing_calls.cpp), so libraries such as SQLite meet them too.
#pragma once

#include <limits>
#include <string>

namespace sv {

enum class SystemCall {
  open,
  read,
  write,
  sync,  // fsync, fdatasync
  look,  // stat, fstat, lstat
  rename,
  link,
  lock,  // flock, fcntl's locks
  truncate,
  make_directory,
  map,
  allocate,  // posix_fallocate
  seek,
  change_mode,
  tell_space,  // fstatvfs
  may_access,
};

// While this lives, calls of that kind on paths that hold `part` fail with `error_number`: `times` of them,
// after the first `skipped`. Error number 0: reading and writing give no byte. Files without a name count by
// their directory.
class FailingCalls {
 public:
  static constexpr long kAll = std::numeric_limits<long>::max();

  FailingCalls(SystemCall call, int error_number, std::string part, long skipped = 0, long times = kAll);
  FailingCalls(const FailingCalls&) = delete;
  FailingCalls& operator=(const FailingCalls&) = delete;
  ~FailingCalls();

  // How many calls failed.
  long failures() const;

  struct Plan;

 private:
  Plan* plan_;
};

}  // namespace sv
