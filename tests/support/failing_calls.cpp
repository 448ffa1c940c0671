#include "support/failing_calls.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <dlfcn.h>
#include <fcntl.h>
#include <mutex>
#include <string_view>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace sv {

struct FailingCalls::Plan {
  SystemCall call;
  int error_number;
  std::string part;
  long skipped;
  long times;
  long failures = 0;
};

namespace {

std::mutex mutex;
// Not freed at the end: libraries close files after that.
std::vector<FailingCalls::Plan*>& plans() {
  static auto* const all = new std::vector<FailingCalls::Plan*>;
  return *all;
}
constinit bool is_any =
    false;  // without the lock: no test changes it while another thread works on its files

bool fails_on(SystemCall call, std::string_view path, int& error_number) {
  const std::lock_guard lock(mutex);
  for (FailingCalls::Plan* plan : plans()) {
    if (plan->call != call || path.find(plan->part) == std::string_view::npos) continue;
    if (plan->skipped > 0) {
      --plan->skipped;
      continue;
    }
    if (plan->failures >= plan->times) continue;
    ++plan->failures;
    error_number = plan->error_number;
    return true;
  }
  return false;
}

bool fails(SystemCall call, const char* path, int& error_number) {
  return is_any && path != nullptr && fails_on(call, path, error_number);
}

bool fails(SystemCall call, int file, int& error_number) {
  if (!is_any || file < 0) return false;
  std::array<char, 32> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
  std::array<char, 4096> path{};
  const ssize_t size = ::readlink(link.data(), path.data(), path.size());
  return size > 0 && fails_on(call, {path.data(), static_cast<std::size_t>(size)}, error_number);
}

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// The result of a call that fails: -1 and errno, or nothing at all.
template <typename Result>
Result failed(int error_number) {
  if (error_number == 0) return 0;
  errno = error_number;
  return -1;
}

int open_with(const char* name, const char* path, int flags, mode_t mode) {
  int error_number = 0;
  if (fails(SystemCall::open, path, error_number)) return failed<int>(error_number);
  return real<int(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : mode_t{0};
}

}  // namespace

FailingCalls::FailingCalls(SystemCall call, int error_number, std::string part, long skipped, long times)
    : plan_(new Plan{call, error_number, std::move(part), skipped, times}) {
  const std::lock_guard lock(mutex);
  plans().push_back(plan_);
  is_any = true;
}

FailingCalls::~FailingCalls() {
  const std::lock_guard lock(mutex);
  std::erase(plans(), plan_);
  is_any = !plans().empty();
  delete plan_;
}

long FailingCalls::failures() const {
  const std::lock_guard lock(mutex);
  return plan_->failures;
}

}  // namespace sv

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the names of the C library are reserved
// ones
#define SV_FAILING(call, subject, result, name, type, ...)                                             \
  int error_number = 0;                                                                                \
  if (sv::fails(sv::SystemCall::call, subject, error_number)) return sv::failed<result>(error_number); \
  static auto* const next = sv::real<type>(name);                                                      \
  return next(__VA_ARGS__)

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = sv::mode_of(flags, arguments);
  va_end(arguments);
  return sv::open_with("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = sv::mode_of(flags, arguments);
  va_end(arguments);
  return sv::open_with("open64", path, flags, mode);
}
ssize_t read(int file, void* into, size_t size) {
  SV_FAILING(read, file, ssize_t, "read", ssize_t(int, void*, size_t), file, into, size);
}
ssize_t pread(int file, void* into, size_t size, off_t at) {
  SV_FAILING(read, file, ssize_t, "pread", ssize_t(int, void*, size_t, off_t), file, into, size, at);
}
ssize_t pread64(int file, void* into, size_t size, off64_t at) {
  SV_FAILING(read, file, ssize_t, "pread64", ssize_t(int, void*, size_t, off64_t), file, into, size, at);
}
// What hardened code calls when the buffer's size is known.
ssize_t __read_chk(int file, void* into, size_t size, size_t) { return read(file, into, size); }
ssize_t __pread_chk(int file, void* into, size_t size, off_t at, size_t) {
  return pread(file, into, size, at);
}
ssize_t __pread64_chk(int file, void* into, size_t size, off64_t at, size_t) {
  return pread64(file, into, size, at);
}
ssize_t write(int file, const void* bytes, size_t size) {
  SV_FAILING(write, file, ssize_t, "write", ssize_t(int, const void*, size_t), file, bytes, size);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  SV_FAILING(write, file, ssize_t, "pwrite", ssize_t(int, const void*, size_t, off_t), file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  SV_FAILING(write, file, ssize_t, "pwrite64", ssize_t(int, const void*, size_t, off64_t), file, bytes, size,
             at);
}
int fsync(int file) { SV_FAILING(sync, file, int, "fsync", int(int), file); }
int fdatasync(int file) { SV_FAILING(sync, file, int, "fdatasync", int(int), file); }
int stat(const char* path, struct stat* status) noexcept {
  SV_FAILING(look, path, int, "stat", int(const char*, struct stat*), path, status);
}
int lstat(const char* path, struct stat* status) noexcept {
  SV_FAILING(look, path, int, "lstat", int(const char*, struct stat*), path, status);
}
int fstat(int file, struct stat* status) noexcept {
  SV_FAILING(look, file, int, "fstat", int(int, struct stat*), file, status);
}
int rename(const char* from, const char* to) noexcept {
  SV_FAILING(rename, from, int, "rename", int(const char*, const char*), from, to);
}
int linkat(int from_directory, const char* from, int to_directory, const char* to, int flags) noexcept {
  SV_FAILING(link, to, int, "linkat", int(int, const char*, int, const char*, int), from_directory, from,
             to_directory, to, flags);
}
int flock(int file, int operation) noexcept {
  SV_FAILING(lock, file, int, "flock", int(int, int), file, operation);
}
int ftruncate(int file, off_t size) noexcept {
  SV_FAILING(truncate, file, int, "ftruncate", int(int, off_t), file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
  SV_FAILING(truncate, file, int, "ftruncate64", int(int, off64_t), file, size);
}
int mkdir(const char* path, mode_t mode) noexcept {
  SV_FAILING(make_directory, path, int, "mkdir", int(const char*, mode_t), path, mode);
}
off_t lseek(int file, off_t offset, int whence) noexcept {
  SV_FAILING(seek, file, off_t, "lseek", off_t(int, off_t, int), file, offset, whence);
}
int fchmod(int file, mode_t mode) noexcept {
  SV_FAILING(change_mode, file, int, "fchmod", int(int, mode_t), file, mode);
}
int fstatvfs(int file, struct statvfs* space) noexcept {
  SV_FAILING(tell_space, file, int, "fstatvfs", int(int, struct statvfs*), file, space);
}
int access(const char* path, int mode) noexcept {
  SV_FAILING(may_access, path, int, "access", int(const char*, int), path, mode);
}
// Gives its error number and leaves errno alone.
int posix_fallocate(int file, off_t offset, off_t size) {
  int error_number = 0;
  if (sv::fails(sv::SystemCall::allocate, file, error_number)) return error_number;
  static auto* const next = sv::real<int(int, off_t, off_t)>("posix_fallocate");
  return next(file, offset, size);
}
void* mmap(void* address, size_t size, int protection, int flags, int file, off_t offset) noexcept {
  int error_number = 0;
  if (sv::fails(sv::SystemCall::map, file, error_number)) {
    errno = error_number;
    return MAP_FAILED;
  }
  // Allocators map memory before anything else works.
  static auto* const next = sv::real<void*(void*, size_t, int, int, int, off_t)>("mmap");
  return next(address, size, protection, flags, file, offset);
}

}  // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
