// Files as the tables need them: scratch files without a name, and a
// replacement that becomes visible in one step.
//
// Calls block, on the thread that makes them. Errors carry the path and the system's reason; never file
// contents.
#pragma once

#include "base/error.hpp"
#include "base/file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>

namespace sv::tables {

// Enough to notice that a file is not the one that was looked at before.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  bool is_same_file(const FileStamp& other) const { return device == other.device && inode == other.inode; }
  bool operator==(const FileStamp&) const = default;
};

// "cannot <action> <path>: <reason of the system>", the kind from errno: not_found, permission_denied, else
// io.
Error file_error(std::string_view action, std::string_view path, int error_number);

// Safe to show: paths may hold anything but NUL.
std::string shown_path(std::string_view path);

// A regular file for reading; what can be read only once (a pipe, a terminal) or is a directory is refused.
Result<FileDescriptor> open_regular_file(const std::string& path);

// Nothing when there is no such file.
std::optional<FileStamp> stamp_of(const std::string& path);
FileStamp stamp_of(const FileDescriptor& file);

// A file for this process alone (0600) that has no name, so that whatever ends the process also removes it.
Result<FileDescriptor> open_scratch_file(const std::string& directory);

// The directory part of a path; "." when it has none.
std::string directory_of(std::string_view path);
std::string file_name_of(std::string_view path);

// The new content of a file, written beside it and put in its place all at once and durably: a reader, and
// whoever comes after a crash, sees the old file or the new one, never a part. Without commit() nothing has
// happened.
//
// While it is written it has no name where the file system allows that (O_TMPFILE), so a killed process
// leaves no litter; elsewhere it is `.<name>.<random>.tmp`, removed by the destructor.
class ReplacementFile {
 public:
  static Result<ReplacementFile> open(std::string target_path);
  ReplacementFile(ReplacementFile&&) = default;
  ReplacementFile& operator=(ReplacementFile&&) = delete;
  ~ReplacementFile();

  Result<void> write(std::string_view bytes);
  // A file that is replaced hands on its mode and, where permitted, its owner; a new one has 0666 less the
  // umask.
  Result<void> commit();

 private:
  ReplacementFile(std::string target_path, std::string temporary_path, FileDescriptor file, bool is_named)
      : target_path_(std::move(target_path)),
        temporary_path_(std::move(temporary_path)),
        file_(std::move(file)),
        is_named_(is_named) {}

  std::string target_path_;
  std::string temporary_path_;
  FileDescriptor file_;
  bool is_named_;  // the temporary path exists and is ours to remove
};

}  // namespace sv::tables
