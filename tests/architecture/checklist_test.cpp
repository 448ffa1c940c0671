// docs/checklist-u.md: every line of the checklist is there, and every test that it names exists.
#include "architecture/documents.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {
namespace {

namespace fs = std::filesystem;

constexpr int kLines = 17;

std::string table() { return read_text(project_root() / "docs/checklist-u.md"); }

// "Suite.name" → what stands between it and the next test.
std::map<std::string, std::string> written_tests() {
  static const std::regex kTest(
      R"((?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\((\w+),\s*(\w+))");
  std::map<std::string, std::string> tests;
  for (const SourceFile& file : load_sources("tests")) {
    std::string code;
    for (const std::string& line : file.lines) code += line + '\n';
    std::string* last = nullptr;
    std::size_t from = 0;
    for (std::sregex_iterator it(code.begin(), code.end(), kTest), end; it != end; ++it) {
      const auto begin = static_cast<std::size_t>(it->position());
      if (last != nullptr) *last = code.substr(from, begin - from);
      last = &tests[(*it)[1].str() + "." + (*it)[2].str()];
      from = begin;
    }
    if (last != nullptr) *last = code.substr(from);
  }
  return tests;
}

// Everything below a folder with that ending, as one text.
std::string all_of(std::string_view folder, std::string_view ending) {
  std::string text;
  for (const auto& entry : fs::directory_iterator(project_root() / folder)) {
    if (entry.path().extension() == ending) text += read_text(entry.path());
  }
  return text;
}

struct Row {
  std::string name;  // "U-03", or an exit code
  std::vector<std::string> held_by;
};

std::vector<Row> rows_of(const std::string& markdown) {
  static const std::regex kRow(R"(^\| (U-[0-9]{2}|[0-9]+) \|.*)");
  std::vector<Row> rows;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, kRow)) continue;
    Row row{.name = match[1], .held_by = {}};
    // The last cell.
    const std::size_t end = line.rfind(" |");
    const std::size_t begin = line.rfind("| ", end - 1);
    std::istringstream spans(line.substr(begin, end - begin));
    std::string between;
    for (std::string span; std::getline(spans, between, '`') && std::getline(spans, span, '`');)
      row.held_by.push_back(span);
    rows.push_back(row);
  }
  return rows;
}

TEST(Checklist, has_every_line_and_something_that_holds_it) {
  std::set<std::string> named;
  for (const Row& row : rows_of(table())) {
    EXPECT_FALSE(row.held_by.empty()) << row.name;
    EXPECT_TRUE(named.insert(row.name).second) << row.name << " stands twice";
  }
  for (int number = 1; number <= kLines; ++number)
    EXPECT_TRUE(named.contains((number < 10 ? "U-0" : "U-") + std::to_string(number))) << number;
}

TEST(Checklist, names_only_what_exists) {
  const std::map<std::string, std::string> tests = written_tests();
  ASSERT_GT(tests.size(), 500U);
  const std::string browser = all_of("tests/browser", ".mjs");
  const std::string bench = all_of("bench", ".py");
  const std::string door = read_text(project_root() / "dev");
  for (const Row& row : rows_of(table())) {
    for (const std::string& what : row.held_by) {
      if (what.starts_with("browser: ")) {
        EXPECT_NE(browser.find("test('" + what.substr(9) + "'"), std::string::npos)
            << row.name << ": " << what;
      } else if (what.starts_with("bench: ")) {
        EXPECT_NE(bench.find('"' + what.substr(7) + '"'), std::string::npos) << row.name << ": " << what;
      } else if (what.starts_with("./dev ")) {
        EXPECT_NE(door.find("\ncmd_" + what.substr(6) + "() {"), std::string::npos)
            << row.name << ": " << what;
      } else if (what.starts_with("tests/")) {
        EXPECT_TRUE(fs::exists(project_root() / what.substr(0, what.find(' ')))) << row.name << ": " << what;
      } else {
        EXPECT_TRUE(tests.contains(what)) << row.name << ": " << what;
      }
    }
  }
}

// U-03: a test that expects the code, for each code that there is.
TEST(Checklist, every_exit_code_is_reached_by_a_test) {
  const std::map<std::string, std::string> tests = written_tests();
  std::set<int> reached;
  for (const Row& row : rows_of(table())) {
    if (row.name.starts_with("U-")) continue;
    ASSERT_EQ(row.held_by.size(), 1U) << row.name;
    const auto test = tests.find(row.held_by.front());
    ASSERT_NE(test, tests.end()) << row.held_by.front();
    EXPECT_TRUE(std::regex_search(test->second, std::regex("(exit_code|wait\\(\\)), " + row.name + "\\)")))
        << test->first << " does not expect " << row.name;
    reached.insert(std::stoi(row.name));
  }
  EXPECT_EQ(reached, codes_of(read_text(project_root() / "src/base/exit_code.hpp")));
}

}  // namespace
}  // namespace sv::architecture
