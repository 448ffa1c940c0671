// What security.md §7 asks of the program as it is delivered, read from the built file (S-16).
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace sv::e2e {
namespace {

std::string readelf(const std::string& flags) {
  const std::string command = "LC_ALL=C readelf -W " + flags + " '" SV_PROGRAM "' 2>/dev/null";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> block{};
  while (pipe && !std::feof(pipe.get())) {
    text.append(block.data(), std::fread(block.data(), 1, block.size(), pipe.get()));
  }
  return text;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The line of `text` that begins with `label` after spaces.
std::string line_of(const std::string& text, const std::string& label) {
  const std::size_t at = text.find(label);
  return at == std::string::npos ? std::string() : text.substr(at, text.find('\n', at) - at);
}

TEST(Hardening, the_program_is_built_as_the_guide_advises) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers have their own build";
#endif
#ifdef SV_COVERAGE
  GTEST_SKIP() << "branches are counted in a build that is not delivered";
#endif
  const std::string headers = readelf("-h -l");
  if (headers.empty()) GTEST_SKIP() << "readelf is not installed (apt-get install binutils)";
  EXPECT_TRUE(holds(line_of(headers, "Type:"), "DYN")) << "position-independent";
  EXPECT_TRUE(holds(headers, "GNU_RELRO")) << "relocations are read-only";
  EXPECT_TRUE(holds(line_of(headers, "GNU_STACK"), " RW ")) << "no code on the stack";
  const std::string dynamic = readelf("-d");
  EXPECT_TRUE(holds(dynamic, "BIND_NOW")) << "and all of them, at the start";
  for (const char* unwanted : {"RPATH", "RUNPATH", "TEXTREL"})
    EXPECT_FALSE(holds(dynamic, unwanted)) << unwanted;
  const std::string symbols = readelf("--dyn-syms");
  EXPECT_TRUE(holds(symbols, "__stack_chk_fail")) << "stack protector";
  EXPECT_TRUE(holds(symbols, "__memcpy_chk")) << "fortified";
  EXPECT_FALSE(holds(symbols, " gets@")) << "never";
}

}  // namespace
}  // namespace sv::e2e
