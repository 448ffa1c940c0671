// Loaded into the program with LD_PRELOAD: at its K-th call that changes a file or sends bytes, the process
// is killed (SV_KILL_AT=K, before the call; SV_KILL_AFTER=K, after it), or that call and all later ones on
// files fail as on a full disk (SV_FULL_AT=K) or a broken one (SV_BROKEN_AT=K). Or at the first step of a
// batch that it writes into its journal (SV_KILL_AT_STEP=uploaded,creating, before the write;
// SV_KILL_AFTER_STEP, after it), whatever number that call has: for runs that are never twice the same.
//
// Rejected: strace -e inject, which needs the right to trace and slows each call down a hundred times.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

long setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? 0 : std::atol(value);
}

const long kKillAt = setting("SV_KILL_AT");
const long kKillAfter = setting("SV_KILL_AFTER");
const long kFullAt = setting("SV_FULL_AT");
const long kBrokenAt = setting("SV_BROKEN_AT");
std::atomic<long> calls{0};
const char* const kKillAtStep = std::getenv("SV_KILL_AT_STEP");
const char* const kKillAfterStep = std::getenv("SV_KILL_AFTER_STEP");

void die() { static_cast<void>(::kill(::getpid(), SIGKILL)); }

// What is printed is none of the program's state.
bool is_counted(int file) {
  struct stat status{};
  return file > STDERR_FILENO && ::fstat(file, &status) == 0 &&
         (S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode));
}

bool is_regular(int file) {
  struct stat status{};
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

// Whether these lines of a journal have one of the `steps`. That a part never was (void) is none.
bool has_step(const char* steps, const void* bytes, size_t size) {
  if (steps == nullptr) return false;
  const std::string_view lines(static_cast<const char*>(bytes), size);
  std::string_view rest(steps);
  while (!rest.empty()) {
    const std::string_view step = rest.substr(0, rest.find(','));
    rest.remove_prefix(step.size() == rest.size() ? step.size() : step.size() + 1);
    const std::string member = "\"as\":\"" + std::string(step) + "\"";
    if (lines.find("\"t\":\"batch\"") != std::string_view::npos &&
        lines.find(member) != std::string_view::npos && lines.find("\"void\"") == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// The number of this call, after which `real` is made unless it fails.
template <typename Real>
auto around(bool can_fail, Real real) -> decltype(real()) {
  const long number = ++calls;
  if (number == kKillAt) die();
  if (can_fail && kFullAt > 0 && number >= kFullAt) {
    errno = ENOSPC;
    return -1;
  }
  if (can_fail && kBrokenAt > 0 && number >= kBrokenAt) {
    errno = EIO;
    return -1;
  }
  const auto result = real();
  if (number == kKillAfter) die();
  return result;
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  if (!is_counted(file)) return real(file, bytes, size);
  if (has_step(kKillAtStep, bytes, size)) die();
  const ssize_t written = around(is_regular(file), [&] { return real(file, bytes, size); });
  if (has_step(kKillAfterStep, bytes, size)) die();
  return written;
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return around(true, [&] { return real(file, bytes, size, at); });
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) { return pwrite64(file, bytes, size, at); }

int ftruncate(int file, off_t size) {
  static auto* const real = next<int(int, off_t)>("ftruncate");
  return around(true, [&] { return real(file, size); });
}

int fdatasync(int file) {
  static auto* const real = next<int(int)>("fdatasync");
  return around(true, [&] { return real(file); });
}

int fsync(int file) {
  static auto* const real = next<int(int)>("fsync");
  return around(true, [&] { return real(file); });
}

int rename(const char* from, const char* to) {
  static auto* const real = next<int(const char*, const char*)>("rename");
  return around(true, [&] { return real(from, to); });
}

int linkat(int from_directory, const char* from, int to_directory, const char* to, int flags) {
  static auto* const real = next<int(int, const char*, int, const char*, int)>("linkat");
  return around(true, [&] { return real(from_directory, from, to_directory, to, flags); });
}

int unlink(const char* path) {
  static auto* const real = next<int(const char*)>("unlink");
  return around(false, [&] { return real(path); });
}

ssize_t send(int socket, const void* bytes, size_t size, int flags) {
  static auto* const real = next<ssize_t(int, const void*, size_t, int)>("send");
  return around(false, [&] { return real(socket, bytes, size, flags); });
}

ssize_t sendto(int socket, const void* bytes, size_t size, int flags, const sockaddr* to, socklen_t length) {
  static auto* const real =
      next<ssize_t(int, const void*, size_t, int, const sockaddr*, socklen_t)>("sendto");
  return around(false, [&] { return real(socket, bytes, size, flags, to, length); });
}

}  // extern "C"
