#include "architecture/checklists.hpp"

#include "architecture/documents.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sv::architecture {
namespace {

std::vector<std::string> numbered(char letter, int count) {
  std::vector<std::string> lines;
  for (int i = 1; i <= count; ++i) lines.push_back(fmt::format("{}-{:02}", letter, i));
  return lines;
}

std::set<std::string> all_tests() {
  std::set<std::string> tests = tests_added_in(read_text(project_root() / "tests/CMakeLists.txt"));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(project_root() / "tests")) {
    if (entry.path().string().contains("node_modules")) continue;
    if (entry.path().extension() == ".cpp") tests.merge(tests_defined_in(read_text(entry.path())));
    if (entry.path().extension() == ".mjs") tests.merge(tests_in_browser(read_text(entry.path())));
  }
  for (const auto& entry : std::filesystem::directory_iterator(project_root() / "bench")) {
    if (entry.path().extension() == ".py") tests.merge(rows_of_bench(read_text(entry.path())));
  }
  tests.merge(commands_of_dev(read_text(project_root() / "dev")));
  return tests;
}

TEST(Checklists, name_every_line_and_only_tests_that_exist) {
  const std::set<std::string> tests = all_tests();
  ASSERT_GT(tests.size(), 700U);
  std::vector<std::string> lines = numbered('R', 26);
  const std::vector<std::string> security = numbered('S', 18);
  lines.insert(lines.end(), security.begin(), security.end());
  const std::vector<std::string> user = numbered('U', 17);
  lines.insert(lines.end(), user.begin(), user.end());
  const std::string path = "docs/checklists.md";
  EXPECT_EQ(describe(find_wrong_checklist_lines(path, read_text(project_root() / path), lines, tests)), "");
}

TEST(Checklists, tests_are_found_in_every_form) {
  EXPECT_EQ(tests_defined_in("TEST(A, one) {}\n  TEST(B, in_a_text)\nTEST_F(C,\n       two) {\n"
                             "RC_GTEST_PROP(D, three, (int x)) {"),
            (std::set<std::string>{"A.one", "C.two", "D.three"}));
  EXPECT_EQ(tests_in_browser("x\nawait test('one, two', async () => {"),
            std::set<std::string>{"browser: one, two"});
  EXPECT_EQ(rows_of_bench("    table.add(\"a, b\", 1)\n    table.add(f\"{x}\", 2)"),
            std::set<std::string>{"bench: a, b"});
  EXPECT_EQ(commands_of_dev("\ncmd_test() {\n"), std::set<std::string>{"./dev test"});
  EXPECT_EQ(tests_added_in("add_test(NAME simulation.planted_bugs COMMAND x)"),
            (std::set<std::string>{"simulation.planted_bugs"}));
}

// U-03.
TEST(Checklists, every_exit_code_is_expected_by_a_test) {
  const std::map<int, std::string> named =
      tests_of_exit_codes(read_text(project_root() / "docs/checklists.md"));
  // What each of them says, and the file that it stands in: a fixture may expect the code by a name.
  std::map<std::string, std::pair<std::string, std::string>> tests;
  for (const char* folder : {"tests/e2e", "tests/crash"}) {
    for (const auto& entry : std::filesystem::directory_iterator(project_root() / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string file = read_text(entry.path());
      for (const auto& [name, text] : texts_of_tests(file)) tests[name] = {text, file};
    }
  }
  std::set<int> codes;
  for (const auto& [code, test] : named) {
    codes.insert(code);
    const std::string number = std::to_string(code);
    const auto& [text, file] = tests[test];
    EXPECT_TRUE(std::regex_search(text, std::regex("(exit_code|wait\\(\\)), " + number + "\\)")) ||
                std::regex_search(file, std::regex("constexpr int k\\w+ = " + number + ";")))
        << test << " does not expect " << code;
  }
  EXPECT_EQ(codes, codes_of(read_text(project_root() / "src/base/exit_code.hpp")));
}

TEST(Checklists, what_is_wrong_is_found) {
  const std::set<std::string> known{"Suite.name", "./dev test"};
  const auto findings = [&](std::string_view markdown) {
    return find_wrong_checklist_lines("x.md", markdown, {"R-01", "R-02"}, known).size();
  };
  const std::string good = "| R-01 | a | yes | `Suite.name`, `Suite.*`, `./dev test --flag` | |\n";
  EXPECT_EQ(findings(good + "| R-02 | b | no | | all of it |\n"), 0U);
  EXPECT_EQ(findings(good), 1U) << "R-02 is missing";
  EXPECT_EQ(findings(good + good), 1U) << "R-01 comes twice";
  EXPECT_EQ(findings(good + "| R-02 | b | yes | `Suite.other` | |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | yes | `Suit.*` | |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | yes | `tests/none.cpp` | |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | perhaps | `Suite.name` | x |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | yes | `Suite.name` | a thing |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | partly | `Suite.name` | |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | yes | by faith | |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | yes | `browser: nothing` | |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | yes | `./dev magic --now` | |\n"), 1U);
  EXPECT_EQ(findings(good + "| R-02 | b | yes |\n"), 2U) << "no line, so it is missing too";
}

}  // namespace
}  // namespace sv::architecture
