// Room for files that have to have names for a while.
#pragma once

#include "base/error.hpp"

#include <string>
#include <utility>

namespace sv::tables {

// A directory of this process alone, removed with everything in it. A killed process leaves it in the
// system's directory for temporary files.
class ScratchDirectory {
 public:
  static Result<ScratchDirectory> make();
  ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;
  ~ScratchDirectory();
  const std::string& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace sv::tables
