#include "store/limits_file.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/system_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace sv::store {

namespace {

constexpr std::uint64_t kMagic = 0x3130'4D49'4C56'5300;  // "\0SVLIM01"; another layout takes another number
constexpr std::uint64_t kMagicMask = 0x0000'FFFF'FFFF'FFFF;  // without the layout
constexpr std::size_t kPageBytes = 4096;
// Whoever holds the file exclusively does so for microseconds, on a slow disk for a while.
constexpr Duration kLongestWait = std::chrono::seconds(2);

// No limit per minute is spent for longer by one request.
constexpr Duration kLongestAhead = std::chrono::hours(1);

struct alignas(64) Header {
  std::uint64_t magic = 0;
  Sha256Digest clock{};
};

struct alignas(64) Slot {
  std::atomic<std::uint64_t> name = 0;
  domain::PaceCells cells;
};

std::unexpected<Error> fail_unshared(ErrorKind kind, const std::string& path, std::string_view reason) {
  return fail(kind,
              fmt::format("limits are not shared with other runs that use the same answer cache: {}: {}; "
                          "runs one after the other are not affected",
                          path, reason));
}

std::unexpected<Error> fail_with_errno(const std::string& path, int code) {
  return fail_unshared(kind_of_system_error(code), path, std::generic_category().message(code));
}

// Ours, of whatever layout, or new.
bool is_ours(const FileDescriptor& file) {
  std::uint64_t magic = 0;
  const ssize_t got = ::pread(file.number(), &magic, sizeof magic, 0);
  return got == 0 || (got == sizeof magic && (magic == 0 || ((magic ^ kMagic) & kMagicMask) == 0));
}

std::string read_boot_id() {
  const FileDescriptor file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 64> text{};
  const ssize_t got = file.number() < 0 ? 0 : ::read(file.number(), text.data(), text.size());
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

// Empty where the kernel knows no time namespaces.
std::string read_time_namespace() {
  std::array<char, 64> text{};
  const ssize_t got = ::readlink("/proc/self/ns/time", text.data(), text.size());
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

Sha256Digest clock_identity() {
  FieldHasher hasher;
  hasher.add(read_boot_id()).add(read_time_namespace());
  return hasher.finish();
}

// Nothing is spent any more; or so much that it is damage, which must not hold a run up.
bool is_worthless(const Slot& slot, TimePoint now) {
  const std::array<std::int64_t, 3> times = {slot.cells.requests.all_spent_until.load(),
                                             slot.cells.tokens.all_spent_until.load(),
                                             slot.cells.paused_until.load()};
  const std::int64_t latest = *std::ranges::max_element(times);
  return latest <= now.time_since_epoch().count() ||
         latest > (now + kLongestAhead).time_since_epoch().count();
}

}  // namespace

struct LimitsFile::Page {
  Header header;
  std::array<Slot, kMostNames> slots;

  bool fits(const Sha256Digest& clock) const { return header.magic == kMagic && header.clock == clock; }

  // By the only one who holds the file.
  void tidy(const Sha256Digest& clock, TimePoint now) {
    const bool is_known = fits(clock);
    for (Slot& slot : slots) {
      if (!is_known || is_worthless(slot, now)) new (&slot) Slot();
    }
    header = {.magic = kMagic, .clock = clock};
  }
};

LimitsFile::LimitsFile(FileDescriptor file, Page* page)
    : file_(std::move(file)), page_(page), next_member_(random_seed() | 1U) {}

LimitsFile::~LimitsFile() { ::munmap(page_, kPageBytes); }

Result<std::unique_ptr<LimitsFile>> LimitsFile::open(const std::string& cache_path) {
  static_assert(sizeof(Page) <= kPageBytes && sizeof(Slot) == 128 && sizeof(Header) == 64);
  const std::string path = cache_path + "-limits";
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (file.number() < 0) return fail_with_errno(path, errno);
  const Sha256Digest clock = clock_identity();
  const SystemClock system;
  const Deadline deadline = Deadline::after(system.now(), kLongestWait);
  for (; !deadline.has_passed(system.now()); std::this_thread::yield()) {
    const bool is_alone = ::flock(file.number(), LOCK_EX | LOCK_NB) == 0;
    if (!is_alone && (errno != EWOULDBLOCK || ::flock(file.number(), LOCK_SH | LOCK_NB) != 0)) {
      if (errno == EWOULDBLOCK) continue;
      return fail_with_errno(path, errno);
    }
    struct stat status{};
    if (::fstat(file.number(), &status) != 0) return fail_with_errno(path, errno);
    if (!S_ISREG(status.st_mode)) return fail_unshared(ErrorKind::invalid_input, path, "it is not a file");
    if (!is_ours(file)) {
      return fail_unshared(ErrorKind::invalid_input, path, "it belongs to another program; rename it");
    }
    if (is_alone) {
      // Allocated, not only long: to a hole on a full disk a mapping cannot be written.
      if (const int code = ::posix_fallocate(file.number(), 0, kPageBytes); code != 0) {
        return fail_with_errno(path, code);
      }
    } else if (static_cast<std::size_t>(status.st_size) < kPageBytes) {
      ::flock(file.number(), LOCK_UN);  // its maker was killed: whoever comes first makes it
      continue;
    }
    void* memory = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0);
    if (memory == MAP_FAILED) return fail_with_errno(path, errno);
    // From here on the mapping has an owner.
    std::unique_ptr<LimitsFile> opened(new LimitsFile(std::move(file), static_cast<Page*>(memory)));
    if (is_alone) {
      opened->page_->tidy(clock, system.now());
      // The exclusive lock is given up on the way, so another may be alone for a moment; it finds a header
      // that fits.
      if (::flock(opened->file_.number(), LOCK_SH) != 0) return fail_with_errno(path, errno);
    }
    if (opened->page_->fits(clock)) return opened;
    return fail_unshared(ErrorKind::already_locked, path,
                         "runs with another clock (another container) or of another version use it");
  }
  return fail_unshared(ErrorKind::already_locked, path, "another process holds it");
}

std::optional<domain::PaceShare> LimitsFile::join(std::string_view name) {
  const Sha256Digest digest = sha256(name);
  std::uint64_t wanted = 0;
  std::memcpy(&wanted, digest.data(), sizeof wanted);
  wanted = std::max<std::uint64_t>(wanted, 1);
  for (Slot& slot : page_->slots) {
    std::uint64_t present = 0;
    const bool is_taken_now = slot.name.compare_exchange_strong(present, wanted);
    if (is_taken_now || present == wanted) {
      // Steps of two stay odd, so never 0.
      const std::uint64_t member = next_member_;
      next_member_ += 2;
      return domain::PaceShare{slot.cells, member};
    }
  }
  return std::nullopt;
}

}  // namespace sv::store
