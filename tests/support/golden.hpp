// Golden files: the expected text stands in a file beside the test. SV_ACCEPT_GOLDEN=1 writes what the code
// gives now; look at the difference before it is committed.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace sv::support {

// `file` is relative to tests/, for example "prompt/golden/question_en.txt".
inline void expect_golden(std::string_view file, std::string_view actual) {
  const std::filesystem::path path = std::filesystem::path(SV_SOURCE_DIR) / "tests" / file;
  if (const char* accept = std::getenv("SV_ACCEPT_GOLDEN"); accept != nullptr && *accept == '1') {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream stream(path, std::ios::binary);
  ASSERT_TRUE(stream) << path << " is missing: run with SV_ACCEPT_GOLDEN=1 to write it";
  const std::string expected{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  EXPECT_EQ(expected, actual) << "differs from " << path << "; if meant so, run with SV_ACCEPT_GOLDEN=1";
}

}  // namespace sv::support
