#include "store/claims_file.hpp"

#include "base/system_files.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>

namespace sv::store {

namespace {

using Entry = std::atomic<std::uint64_t>;
constexpr std::size_t kEntries = 16;
using Bucket = std::array<Entry, kEntries>;
constexpr std::size_t kBuckets = 4096;

constexpr std::uint64_t kMagic = 0x3130'4B53'4156'5300;  // "\0SVASK01"
constexpr std::uint64_t kNumberBits = 16;
constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << kNumberBits) - 1;

// Keys are hashes already.
struct Place {
  std::size_t bucket;
  std::uint64_t name;  // with room for the number of a process
};
Place place_of(const domain::AnswerKey& question) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8U | question[i];
  const std::size_t bucket = (std::size_t{question[8]} << 8U | question[9]) % kBuckets;
  return {.bucket = bucket, .name = value & ~kNumberMask};
}

std::unexpected<Error> fail_unshared(ErrorKind kind, const std::string& path, std::string_view reason) {
  return fail(kind, fmt::format("what other runs with the same answer cache are asking is not known: {}: {}; "
                                "runs at the same time may ask the same question twice",
                                path, reason));
}

std::unexpected<Error> fail_with_errno(const std::string& path, int code) {
  return fail_unshared(kind_of_system_error(code), path, std::generic_category().message(code));
}

}  // namespace

struct ClaimsFile::Table {
  Entry magic;
  Entry answers;
  std::array<std::byte, 4096 - 2 * sizeof(Entry)> unused;
  std::array<Bucket, kBuckets> buckets;
};

namespace {

// The byte that a process locks.
struct flock lock_of(short kind, std::uint64_t number, std::size_t table_bytes) {
  struct flock lock{};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(table_bytes + number);
  lock.l_len = 1;
  return lock;
}

}  // namespace

ClaimsFile::ClaimsFile(FileDescriptor file, Table* table)
    : file_(std::move(file)), table_(table), answers_at_start_(table_->answers.load()) {}

ClaimsFile::~ClaimsFile() { ::munmap(table_, sizeof(Table)); }

Result<std::unique_ptr<ClaimsFile>> ClaimsFile::open(const std::string& cache_path) {
  static_assert(Entry::is_always_lock_free && sizeof(Entry) == 8, "the table is shared between processes");
  const std::string path = cache_path + "-asking";
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat status{};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return fail_with_errno(path, errno);
  if (!S_ISREG(status.st_mode)) return fail_unshared(ErrorKind::invalid_input, path, "it is not a file");
  std::uint64_t magic = 0;
  const ssize_t got = ::pread(file.number(), &magic, sizeof magic, 0);
  if (got < 0) return fail_with_errno(path, errno);
  // One that its maker had no time to fill in is empty, or zeros.
  if (got > 0 && (got != sizeof magic || (magic != 0 && magic != kMagic))) {
    return fail_unshared(ErrorKind::invalid_input, path, "it belongs to another program; rename it");
  }
  // Allocated, not only long: to a hole on a full disk a mapping cannot be written. Two that make the file at
  // the same time do the same to it.
  if (const int code = ::posix_fallocate(file.number(), 0, sizeof(Table)); code != 0) {
    return fail_with_errno(path, code);
  }
  void* memory = ::mmap(nullptr, sizeof(Table), PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0);
  if (memory == MAP_FAILED) return fail_with_errno(path, errno);
  std::unique_ptr<ClaimsFile> opened(new ClaimsFile(std::move(file), static_cast<Table*>(memory)));
  opened->table_->magic.store(kMagic);
  if (!opened->take_number()) {
    return fail_unshared(ErrorKind::io, path, "no lock can be had on it");
  }
  return opened;
}

bool ClaimsFile::take_number() {
  for (std::uint64_t number = 1; number <= kMostProcesses; ++number) {
    struct flock lock = lock_of(F_WRLCK, number, sizeof(Table));
    if (::fcntl(file_.number(), F_OFD_SETLK, &lock) != 0) continue;
    number_ = number;
    // What a dead process has left under this number must not look alive.
    for (Bucket& bucket : table_->buckets) {
      for (Entry& entry : bucket) {
        if ((entry.load(std::memory_order_relaxed) & kNumberMask) == number) entry.store(0);
      }
    }
    return true;
  }
  return false;
}

bool ClaimsFile::is_alive(std::uint64_t number) const {
  struct flock lock = lock_of(F_WRLCK, number, sizeof(Table));
  // Without an answer of the kernel: alive, and who waits for it gives up in the end.
  return ::fcntl(file_.number(), F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

bool ClaimsFile::try_claim(const domain::AnswerKey& question) {
  const Place place = place_of(question);
  Bucket& bucket = table_->buckets[place.bucket];
  const auto is_asked_by_another = [&] {
    for (Entry& entry : bucket) {
      std::uint64_t present = entry.load();
      const std::uint64_t owner = present & kNumberMask;
      if (present == 0 || owner == number_ || (present & ~kNumberMask) != place.name) continue;
      if (is_alive(owner)) return true;
      entry.compare_exchange_strong(present, 0);
    }
    return false;
  };
  if (is_asked_by_another()) return false;
  for (int round = 0; round < 2; ++round) {
    for (Entry& entry : bucket) {
      std::uint64_t present = 0;
      if (!entry.compare_exchange_strong(present, place.name | number_)) continue;
      if (!is_asked_by_another()) return true;
      entry.store(0);
      return false;
    }
    // Full: of what the dead have left, perhaps.
    for (Entry& entry : bucket) {
      std::uint64_t present = entry.load();
      const std::uint64_t owner = present & kNumberMask;
      if (present != 0 && owner != number_ && !is_alive(owner)) entry.compare_exchange_strong(present, 0);
    }
  }
  return true;
}

void ClaimsFile::release(const domain::AnswerKey& question, bool is_answered) {
  // Counted first: who claims the question next must find the number changed.
  if (is_answered) {
    table_->answers.fetch_add(1);
    ++own_answers_;
  }
  const Place place = place_of(question);
  for (Entry& entry : table_->buckets[place.bucket]) {
    std::uint64_t mine = place.name | number_;
    if (entry.compare_exchange_strong(mine, 0)) return;
  }
}

std::uint64_t ClaimsFile::answers_of_others() const {
  return table_->answers.load() - answers_at_start_ - own_answers_;
}

}  // namespace sv::store
