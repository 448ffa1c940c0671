// `.env` files: NAME=value lines.
//
//   # comment                      after a value a comment needs a space before its '#'
//   export NAME=value              `export` is allowed
//   NAME='as it stands'            \' and \\ are the only escapes
//   NAME="with \n, \t, \" and \\"  may go on over several lines, as '…' may
//   NAME=                          empty, which is not the same as not there
//
// The last of several lines with the same name counts. `${OTHER}` is not replaced: a line that holds it is
// reported and left out, because the Python original would have replaced it.
#pragma once

#include "config/source_text.hpp"

#include <map>
#include <string>
#include <vector>

namespace sv::config {

constexpr std::size_t kMaxEnvFileBytes = 65'536;

struct EnvFile {
  std::map<std::string, std::string> values;
  // Lines that were not understood and are left out: "path:3: …", without their text.
  std::vector<std::string> problems;
};

// Never fails: other programs may read the same file, by other rules.
EnvFile parse_env_file(const SourceText& source);

}  // namespace sv::config
