// The store's file on disk: whose it is, its birth with private permissions, and how a damaged one is put
// aside.
//
// Nothing here deletes or changes a file's content.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace sv::store {

// "SVAN", at byte 68 of the file: tells our databases from others.
inline constexpr std::uint32_t kApplicationId = 0x5356414E;

enum class FileOwner {
  nobody,  // absent or empty
  ours,
  somebody_else,  // an SQLite database of another program, such as the cache of the Python original
  unknown,        // not an SQLite database: damaged, or no cache at all
};

struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

struct FileFacts {
  FileOwner owner = FileOwner::nobody;
  FileIdentity identity;
  std::uint64_t bytes = 0;
};

// Reads the file's header only.
Result<FileFacts> inspect_file(const std::string& path);

// What is missing of `directory` and its parents, mode 0700 whatever the umask.
Result<void> make_private_directories(const std::filesystem::path& directory);

// Creates an empty file, mode 0600, and its missing directories, mode 0700, whatever the umask. A file that
// is there already stays as it is. Refuses to create through a symbolic link.
Result<void> create_private_file(const std::string& path);

// Takes other people's permissions away from a file that is ours; does nothing when it is not our user's.
void make_private(const std::string& path);

// Renames the file and its -wal and -shm to `PATH.corrupt-YYYYMMDD-HHMMSS` (UTC) and gives that name. Gives
// an empty name and does nothing when the file is no longer the one with that identity: another process was
// quicker.
Result<std::string> move_aside(const std::string& path, FileIdentity identity, WallTime now);

// "cache/llm.sqlite" -> "cache/llm-answers.sqlite": where our answers go when the name is taken by somebody
// else.
std::string sibling_path(const std::string& path);

}  // namespace sv::store
