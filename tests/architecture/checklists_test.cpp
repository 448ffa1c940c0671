#include "architecture/checklists.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

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
    if (entry.path().extension() == ".cpp") tests.merge(tests_defined_in(read_text(entry.path())));
  }
  return tests;
}

TEST(Checklists, name_every_line_and_only_tests_that_exist) {
  const std::set<std::string> tests = all_tests();
  ASSERT_GT(tests.size(), 700U);
  std::vector<std::string> lines = numbered('R', 26);
  const std::vector<std::string> security = numbered('S', 18);
  lines.insert(lines.end(), security.begin(), security.end());
  const std::string path = "docs/checklists.md";
  EXPECT_EQ(describe(find_wrong_checklist_lines(path, read_text(project_root() / path), lines, tests)), "");
}

TEST(Checklists, tests_are_found_in_every_form) {
  EXPECT_EQ(tests_defined_in("TEST(A, one) {}\n  TEST(B, in_a_text)\nTEST_F(C,\n       two) {\n"
                             "RC_GTEST_PROP(D, three, (int x)) {"),
            (std::set<std::string>{"A.one", "C.two", "D.three"}));
  EXPECT_EQ(tests_added_in("add_test(NAME simulation.planted_bugs COMMAND x)"),
            (std::set<std::string>{"simulation.planted_bugs"}));
}

TEST(Checklists, what_is_wrong_is_found) {
  const std::set<std::string> known{"Suite.name"};
  const auto findings = [&](std::string_view markdown) {
    return find_wrong_checklist_lines("x.md", markdown, {"R-01", "R-02"}, known).size();
  };
  const std::string good = "| R-01 | a | yes | `Suite.name`, `Suite.*`, `./dev test` | |\n";
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
  EXPECT_EQ(findings(good + "| R-02 | b | yes |\n"), 2U) << "no line, so it is missing too";
}

}  // namespace
}  // namespace sv::architecture
