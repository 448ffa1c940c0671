// Reads the small files that settings consist of.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>

namespace sv::config {

// The whole file. Errors: not_found, permission_denied, oversized (more than `max_bytes`), io (a directory, a
// read error). Messages name the path. Pipes are read to their end, so that `--config <(…)` works.
Result<std::string> read_whole_file(const std::string& path, std::size_t max_bytes);

// `path` seen from `directory`: unchanged when it is absolute or `directory` is empty.
std::string join_path(const std::string& directory, const std::string& path);
// The part before the last `/`; "" when there is none.
std::string directory_of(const std::string& path);

}  // namespace sv::config
