#include "store/store_file.hpp"

#include "base/file_descriptor.hpp"
#include "base/system_files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace sv::store {

namespace {

// SQLite file format 3, section 1.3.
constexpr std::size_t kHeaderBytes = 100;
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kApplicationIdOffset = 68;

constexpr mode_t kPrivateFile = 0600;
constexpr mode_t kPrivateDirectory = 0700;
// Names tried when several damaged files are put aside within one second.
constexpr int kMostNamesAside = 100;

std::unexpected<Error> fail_with_errno(std::string_view what, const std::string& path, int code) {
  return fail(kind_of_system_error(code),
              fmt::format("{} {}: {}; make the place writable or use another --cache", what, path,
                          std::generic_category().message(code)));
}

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

bool exists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace

Result<void> make_private_directories(const std::filesystem::path& directory) {
  std::filesystem::path made;
  for (const std::filesystem::path& part : directory) {
    made /= part;
    if (::mkdir(made.c_str(), kPrivateDirectory) == 0 || errno == EEXIST) continue;
    // An existing parent may refuse with another code (read-only file systems): then it must simply be there.
    const int code = errno;
    std::error_code ignored;
    if (!std::filesystem::is_directory(made, ignored))
      return fail_with_errno("cannot create directory", made, code);
  }
  return {};
}

Result<FileFacts> inspect_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) {
    if (errno == ENOENT) return FileFacts{};
    return fail_with_errno("cannot open the answer cache", path, errno);
  }
  struct stat status{};
  if (::fstat(file.number(), &status) != 0)
    return fail_with_errno("cannot look at the answer cache", path, errno);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the answer cache {} is not a file; use another --cache", path));
  }
  FileFacts facts{.owner = FileOwner::nobody,
                  .identity = {.device = status.st_dev, .inode = status.st_ino},
                  .bytes = static_cast<std::uint64_t>(status.st_size)};
  if (status.st_size == 0) return facts;
  std::array<char, kHeaderBytes> header{};
  const ssize_t got = ::pread(file.number(), header.data(), header.size(), 0);
  if (got < 0) return fail_with_errno("cannot read the answer cache", path, errno);
  if (static_cast<std::size_t>(got) < header.size() ||
      std::string_view(header.data(), kMagic.size()) != kMagic) {
    facts.owner = FileOwner::unknown;
    return facts;
  }
  facts.owner = big_endian(&header[kApplicationIdOffset]) == kApplicationId ? FileOwner::ours
                                                                            : FileOwner::somebody_else;
  return facts;
}

Result<void> create_private_file(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (Result<void> made = make_private_directories(parent); !made) return made;
  const FileDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivateFile));
  if (file.number() < 0) {
    std::error_code ignored;
    // There already, perhaps by another process a moment ago. A link to nowhere is not: it is refused.
    if (errno == EEXIST && std::filesystem::exists(path, ignored)) return {};
    return fail_with_errno("cannot create the answer cache", path, errno);
  }
  return {};
}

void make_private(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || status.st_uid != ::geteuid()) return;
  if ((status.st_mode & 0077U) != 0) static_cast<void>(::chmod(path.c_str(), kPrivateFile));
}

Result<std::string> move_aside(const std::string& path, FileIdentity identity, WallTime now) {
  const Result<FileFacts> facts = inspect_file(path);
  if (!facts) return std::unexpected(facts.error());
  if (facts->identity != identity) return std::string();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const std::string base = fmt::format("{}.corrupt-{:%Y%m%d-%H%M%S}", path,
                                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
  std::string target = base;
  for (int number = 2; exists(target) && number <= kMostNamesAside; ++number)
    target = fmt::format("{}-{}", base, number);
  // The side files first: without them a newcomer at the old name could not be mixed up with the old content.
  for (const char* suffix : {"-wal", "-shm", ""}) {
    if (::rename((path + suffix).c_str(), (target + suffix).c_str()) == 0) continue;
    if (errno != ENOENT) return fail_with_errno("cannot move the damaged answer cache", path + suffix, errno);
  }
  return target;
}

std::string sibling_path(const std::string& path) {
  const std::filesystem::path original(path);
  return (original.parent_path() / (original.stem().string() + "-answers.sqlite")).string();
}

}  // namespace sv::store
