#include "tables/files.hpp"

#include "base/random.hpp"
#include "base/system_files.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sv::tables {

namespace {

FileStamp to_stamp(const struct stat& status) {
  return {.device = static_cast<std::uint64_t>(status.st_dev),
          .inode = static_cast<std::uint64_t>(status.st_ino),
          .size = status.st_size,
          .modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

// The file system or the kernel knows no O_TMPFILE (NFS, some FUSE file systems).
bool is_tmpfile_unsupported(int error_number) {
  constexpr std::array kUnsupported = {EOPNOTSUPP, EISDIR, EINVAL, ENOENT};
  return std::ranges::find(kUnsupported, error_number) != kUnsupported.end();
}

std::string temporary_name(std::string_view directory, std::string_view name) {
  // A name may have 255 bytes; ours must fit even where the target's own name is that long.
  return fmt::format("{}/.{}.{}.tmp", directory, name.substr(0, 200), unguessable_hex(8));
}

}  // namespace

std::string shown_path(std::string_view path) {
  // A line break is legal in a name, but a message is one line.
  std::string shown = sanitize_for_terminal(path);
  std::ranges::replace(shown, '\n', ' ');
  std::ranges::replace(shown, '\t', ' ');
  return shown;
}

Error file_error(std::string_view action, std::string_view path, int error_number) {
  return {kind_of_system_error(error_number), fmt::format("cannot {} {}: {}", action, shown_path(path),
                                                          std::generic_category().message(error_number))};
}

Result<FileDescriptor> open_regular_file(const std::string& path) {
  // O_NONBLOCK: opening a pipe without a writer must not hang; it has no effect on a regular file.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open()) return std::unexpected(file_error("open", path, errno));
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return std::unexpected(file_error("look at", path, errno));
  if (S_ISDIR(status.st_mode))
    return fail(ErrorKind::invalid_input, shown_path(path) + " is a directory, not a file");
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::invalid_input,
                shown_path(path) +
                    " is not a regular file; rows are read more than once, so save them to a file first");
  }
  ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return file;
}

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return to_stamp(status);
}

FileStamp stamp_of(const FileDescriptor& file) {
  struct stat status{};
  static_cast<void>(::fstat(file.number(), &status));  // all zeros, which is no file's, where it fails
  return to_stamp(status);
}

Result<FileDescriptor> open_scratch_file(const std::string& directory) {
  FileDescriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.is_open()) return file;
  if (!is_tmpfile_unsupported(errno))
    return std::unexpected(file_error("write to directory", directory, errno));
  const std::string path = temporary_name(directory, "status-validator");
  file = FileDescriptor(::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!file.is_open()) return std::unexpected(file_error("write to directory", directory, errno));
  ::unlink(path.c_str());
  return file;
}

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string file_name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

Result<ReplacementFile> ReplacementFile::open(std::string target_path) {
  const std::string directory = directory_of(target_path);
  std::string temporary = temporary_name(directory, file_name_of(target_path));
  // Mode 0666: the kernel takes the umask off, which a program with threads cannot ask for safely.
  FileDescriptor unnamed(::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  // Naming it later goes through /proc, which some containers lack.
  if (unnamed.is_open() && ::access("/proc/self/fd", X_OK) == 0) {
    return ReplacementFile(std::move(target_path), std::move(temporary), std::move(unnamed), false);
  }
  if (!unnamed.is_open() && !is_tmpfile_unsupported(errno)) {
    return std::unexpected(file_error("write to directory", directory, errno));
  }
  FileDescriptor named(::open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
  if (!named.is_open()) return std::unexpected(file_error("create", temporary, errno));
  return ReplacementFile(std::move(target_path), std::move(temporary), std::move(named), true);
}

ReplacementFile::~ReplacementFile() {
  if (is_named_ && file_.is_open()) ::unlink(temporary_path_.c_str());
}

Result<void> ReplacementFile::write(std::string_view bytes) {
  const int error_number = write_all(file_.number(), bytes);
  if (error_number != 0) return std::unexpected(file_error("write", target_path_, error_number));
  return {};
}

Result<void> ReplacementFile::commit() {
  struct stat old{};
  if (::stat(target_path_.c_str(), &old) == 0) {
    // The owner may be handed on only by root; the mode last, because chown clears set-id bits.
    [[maybe_unused]] const int ignored = ::fchown(file_.number(), old.st_uid, old.st_gid);
    if (::fchmod(file_.number(), old.st_mode & 0777U) != 0) {
      return std::unexpected(file_error("set the mode of", target_path_, errno));
    }
  }
  if (::fsync(file_.number()) != 0) return std::unexpected(file_error("write", target_path_, errno));
  if (!is_named_) {
    // linkat() cannot replace an existing name, rename() can: so a name first, then the rename.
    const std::string self = fmt::format("/proc/self/fd/{}", file_.number());
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temporary_path_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return std::unexpected(file_error("create", temporary_path_, errno));
    }
    is_named_ = true;
  }
  if (::rename(temporary_path_.c_str(), target_path_.c_str()) != 0) {
    return std::unexpected(file_error("replace", target_path_, errno));
  }
  is_named_ = false;
  const std::string directory = directory_of(target_path_);
  const FileDescriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that cannot sync directories; the rename stands all the same.
  if (folder.is_open() && ::fsync(folder.number()) != 0 && errno != EINVAL) {
    return std::unexpected(file_error("write to directory", directory, errno));
  }
  return {};
}

}  // namespace sv::tables
