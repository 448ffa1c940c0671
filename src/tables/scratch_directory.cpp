#include "tables/scratch_directory.hpp"

#include "tables/files.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace sv::tables {

Result<ScratchDirectory> ScratchDirectory::make() {
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / "status-validator-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) {
    return std::unexpected(file_error("make a scratch directory as", pattern, error ? error.value() : errno));
  }
  return ScratchDirectory(pattern);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace sv::tables
