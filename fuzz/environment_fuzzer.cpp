// Any bytes are a `.env` file: values and problems, and no problem shows a value.
#include "base/assert.hpp"
#include "config/env_file.hpp"

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sv::config::SourceText source(".env", std::string(reinterpret_cast<const char*>(data), size));
  const sv::config::EnvFile file = sv::config::parse_env_file(source);
  for (const auto& [name, value] : file.values) {
    SV_ASSERT(!name.empty(), "a variable has a name");
    SV_ASSERT(value.size() <= size, "a value is part of the file");
  }
  for (const std::string& problem : file.problems) {
    SV_ASSERT(problem.starts_with(".env:"), "a problem has its place");
  }
  return 0;
}
