#include "architecture/lints.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace sv::architecture {
namespace {

class Lints : public testing::Test {
 protected:
  static const std::vector<SourceFile>& sources() {
    static const std::vector<SourceFile> kFiles = load_sources("src");
    return kFiles;
  }
};

std::vector<SourceFile> one(std::string_view path, std::string_view text) {
  return {make_source_file(std::string(path), text)};
}

TEST_F(Lints, nothing_is_detached) {
  EXPECT_EQ(describe(find_detached(sources())), "");
  EXPECT_EQ(find_detached(one("src/engine/a.cpp", "co_spawn(io, f(), boost::asio::detached);")).size(), 1U);
  EXPECT_EQ(find_detached(one("src/engine/a.cpp", "// never detached\nsay(\"detached\");")).size(), 0U);
}

TEST_F(Lints, no_thread_sleeps) {
  EXPECT_EQ(describe(find_thread_sleeps(sources())), "");
  EXPECT_EQ(
      find_thread_sleeps(one("src/llm/a.cpp", "std::this_thread::sleep_for(delay);\nusleep(3);")).size(), 2U);
  EXPECT_EQ(find_thread_sleeps(one("src/llm/a.cpp", "co_await clock_.sleep_until(due);")).size(), 0U);
}

TEST_F(Lints, clocks_are_read_in_base_only) {
  EXPECT_EQ(describe(find_clock_reads(sources())), "");
  EXPECT_EQ(
      find_clock_reads(one("src/llm/a.cpp", "auto t = std::chrono::steady_clock::now();\nx = time(nullptr);"))
          .size(),
      2U);
  EXPECT_EQ(find_clock_reads(one("src/base/clock.cpp", "return std::chrono::steady_clock::now();")).size(),
            0U);
  EXPECT_EQ(find_clock_reads(one("src/llm/a.cpp", "const TimePoint now = clock_.now();")).size(), 0U);
}

TEST_F(Lints, each_library_stays_in_its_rooms) {
  EXPECT_EQ(describe(find_misplaced_libraries(sources())), "");
  EXPECT_EQ(
      find_misplaced_libraries(one("src/engine/a.cpp", "#include <curl/curl.h>\n#include <sqlite3.h>\n"))
          .size(),
      2U);
  EXPECT_EQ(find_misplaced_libraries(one("src/http/a.cpp", "#include <curl/curl.h>\n")).size(), 0U);
}

TEST_F(Lints, inner_rooms_do_not_print) {
  EXPECT_EQ(describe(find_prints(sources())), "");
  EXPECT_EQ(find_prints(one("src/engine/a.cpp", "std::cout << 1;\nstd::fprintf(stderr, \"x\");")).size(), 2U);
  EXPECT_EQ(find_prints(one("src/cli/a.cpp", "std::cout << 1;")).size(), 0U);
}

TEST_F(Lints, concrete_adapters_are_named_in_the_assembly_only) {
  EXPECT_EQ(describe(find_adapters_outside_assembly(sources())), "");
  EXPECT_EQ(
      find_adapters_outside_assembly(one("src/cli/run_command.cpp", "#include \"http/curl_transport.hpp\"\n"))
          .size(),
      1U);
  EXPECT_EQ(
      find_adapters_outside_assembly(one("src/cli/assemble.cpp", "#include \"http/curl_transport.hpp\"\n"))
          .size(),
      0U);
}

TEST_F(Lints, files_are_short) {
  std::vector<SourceFile> files = sources();
  const std::vector<SourceFile> tests = load_sources("tests");
  files.insert(files.end(), tests.begin(), tests.end());
  EXPECT_EQ(describe(find_long_files(files)), "");
  EXPECT_EQ(find_long_files(one("src/a/b.cpp", std::string(501, '\n'))).size(), 1U);
  EXPECT_EQ(find_long_files(one("src/a/b.cpp", std::string(500, '\n'))).size(), 0U);
}

TEST_F(Lints, a_todo_names_its_issue) {
  EXPECT_EQ(describe(find_stray_todos(sources())), "");
  EXPECT_EQ(find_stray_todos(one("src/a/b.cpp", "x();  // TODO: later\n")).size(), 1U);
  EXPECT_EQ(find_stray_todos(one("src/a/b.cpp", "x();  // TODO(#12): later\n")).size(), 0U);
}

TEST_F(Lints, headers_say_what_they_promise) {
  EXPECT_EQ(describe(find_silent_headers(sources())), "");
  EXPECT_EQ(find_silent_headers(one("src/a/b.hpp", "struct A {};\n")).size(), 2U);
}

TEST(SourceTree, comments_and_literals_are_no_code_but_keep_their_lines) {
  const SourceFile file = make_source_file("src/a/b.cpp",
                                           "int a = 1'000; /* one\ntwo */ f(\"x // y\\\"z\");  // three\n"
                                           "g(R\"(sleep_for(\n)\"); h('\"');\n");
  ASSERT_EQ(file.lines.size(), 4U);
  EXPECT_EQ(file.code[0], "int a = 1'000; ");
  EXPECT_EQ(file.code[1], " f(\"\");  ");
  EXPECT_EQ(file.code[2], "g(\"\"");
  EXPECT_EQ(file.code[3], "); h('');");
}

}  // namespace
}  // namespace sv::architecture
