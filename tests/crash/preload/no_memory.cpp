// Loaded into the program with LD_PRELOAD: its K-th allocation fails (SV_NO_MEMORY_AT=K), and with
// SV_NO_MEMORY_AFTER=1 all later ones too. Counted from the program's first act (its setrlimit) on: before
// that it is the loader's matter.
//
// Rejected: libfiu, which ./dev does not install.
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* block, std::size_t size);             // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
}

namespace {

constinit std::atomic<bool> counts{false};
constinit std::atomic<long> calls{0};
long fail_at = 0;
bool fails_for_ever = false;

bool fails() {
  if (!counts.load(std::memory_order_relaxed)) return false;
  const long number = ++calls;
  if (number != fail_at && !(fails_for_ever && number > fail_at)) return false;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) { return fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* block, std::size_t size) { return fails() ? nullptr : __libc_realloc(block, size); }
void* memalign(std::size_t alignment, std::size_t size) {
  return fails() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  *block = memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit* limit) noexcept {
  if (const char* megabytes = std::getenv("SV_MEMORY_MB"); megabytes != nullptr) {
    const auto bytes = static_cast<rlim_t>(std::atol(megabytes)) << 20U;
    const struct rlimit space{.rlim_cur = bytes, .rlim_max = bytes};
    ::syscall(SYS_prlimit64, 0, RLIMIT_AS, &space, nullptr);
  }
  if (!counts) {
    const char* at = std::getenv("SV_NO_MEMORY_AT");
    fail_at = at == nullptr ? 0 : std::atol(at);
    fails_for_ever = std::getenv("SV_NO_MEMORY_AFTER") != nullptr;
    counts = fail_at > 0;
  }
  return static_cast<int>(::syscall(SYS_prlimit64, 0, resource, limit, nullptr));
}

}  // extern "C"
