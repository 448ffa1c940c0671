#include "architecture/checklists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>
#include <sstream>
#include <string>

namespace sv::architecture {

namespace {

std::set<std::string> matches(std::string_view text, const std::regex& pattern) {
  const std::string subject(text);
  std::set<std::string> names;
  for (std::sregex_iterator it(subject.begin(), subject.end(), pattern), end; it != end; ++it)
    names.insert(it->size() > 2 ? (*it)[1].str() + "." + (*it)[2].str() : (*it)[1].str());
  return names;
}

std::set<std::string> with_prefix(std::string_view prefix, const std::set<std::string>& names) {
  std::set<std::string> all;
  for (const std::string& name : names) all.insert(std::string(prefix) + name);
  return all;
}

// "| R-01 | what | yes | by | not tried |"
struct Line {
  std::string name;
  std::string proved;
  std::string by;
  std::string not_tried;
};

bool read_line(const std::string& text, Line& line) {
  static const std::regex kRow(R"(\| ([RSU]-[0-9]{2}) \| [^|]+ \| (\w+) \|(?: ([^|]*))? \|(?: ([^|]*))? \|)");
  std::smatch row;
  if (!std::regex_match(text, row, kRow)) return false;
  line = {.name = row[1], .proved = row[2], .by = row[3], .not_tried = row[4]};
  return true;
}

// "Suite.name", "Suite.*" or a path; anything else in a code span is none of the lint's business.
bool is_there(const std::string& span, const std::set<std::string>& known) {
  static const std::regex kTest(R"(\w+\.(\w+|\*))");
  static const std::regex kPath(R"((tests|fuzz|src)/[\w/.]+)");
  static const std::regex kCommand(R"((\./dev \w+).*)");
  std::smatch command;
  if (span.starts_with("browser: ") || span.starts_with("bench: ")) return known.contains(span);
  if (std::regex_match(span, command, kCommand)) return known.contains(command[1]);
  if (std::regex_match(span, kPath)) return std::filesystem::exists(project_root() / span);
  if (!std::regex_match(span, kTest)) return true;
  if (!span.ends_with(".*")) return known.contains(span);
  const std::string suite = span.substr(0, span.size() - 1);
  const auto first = known.lower_bound(suite);
  return first != known.end() && first->starts_with(suite);
}

}  // namespace

std::set<std::string> tests_defined_in(std::string_view cpp) {
  static const std::regex kTest(
      R"(\n(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\(\s*(\w+),\s*(\w+))");
  return matches("\n" + std::string(cpp), kTest);
}

std::set<std::string> tests_added_in(std::string_view cmake) {
  static const std::regex kTest(R"(add_test\(NAME ([\w.]+))");
  return matches(cmake, kTest);
}

std::set<std::string> tests_in_browser(std::string_view script) {
  static const std::regex kTest(R"(\nawait test\('([^'\n]+)')");
  return with_prefix("browser: ", matches(script, kTest));
}

std::set<std::string> rows_of_bench(std::string_view python) {
  static const std::regex kRow(R"rx(table\.add\("([^"\n]+)")rx");
  return with_prefix("bench: ", matches(python, kRow));
}

std::set<std::string> commands_of_dev(std::string_view script) {
  static const std::regex kCommand(R"(\ncmd_(\w+)\(\) \{)");
  return with_prefix("./dev ", matches(script, kCommand));
}

std::map<std::string, std::string> texts_of_tests(std::string_view cpp) {
  static const std::regex kTest(R"(\n(?:TEST|TEST_F|TEST_P)\(\s*(\w+),\s*(\w+))");
  const std::string code(cpp);
  std::map<std::string, std::string> tests;
  for (std::sregex_iterator it(code.begin(), code.end(), kTest), end; it != end;) {
    std::string& text = tests[(*it)[1].str() + "." + (*it)[2].str()];
    const auto from = static_cast<std::size_t>(it->position());
    const std::size_t to = ++it == end ? code.size() : static_cast<std::size_t>(it->position());
    text = code.substr(from, to - from);
  }
  return tests;
}

std::map<int, std::string> tests_of_exit_codes(std::string_view markdown) {
  static const std::regex kRow(R"(\n\| ([0-9]+) \| `([^`]+)` \|)");
  const std::string text(markdown);
  std::map<int, std::string> tests;
  for (std::sregex_iterator it(text.begin(), text.end(), kRow), end; it != end; ++it)
    tests[std::stoi((*it)[1])] = (*it)[2];
  return tests;
}

std::vector<Finding> find_wrong_checklist_lines(const std::string& path, std::string_view markdown,
                                                const std::vector<std::string>& lines,
                                                const std::set<std::string>& known) {
  static constexpr std::array<std::string_view, 3> kProved = {"yes", "partly", "no"};
  static const std::regex kSpan("`([^`]+)`");
  std::vector<Finding> findings;
  std::vector<std::string> found;
  std::istringstream in{std::string(markdown)};
  std::size_t number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    const auto wrong = [&](std::string message) { findings.push_back({path, number, std::move(message)}); };
    Line line;
    if (!read_line(text, line)) {
      if (text.starts_with("| R-") || text.starts_with("| S-") || text.starts_with("| U-"))
        wrong("a line has five cells: name, what, proved, by, what is not tried");
      continue;
    }
    found.push_back(line.name);
    if (std::ranges::find(kProved, line.proved) == kProved.end())
      wrong(fmt::format("{} is '{}': say yes, partly or no", line.name, line.proved));
    if ((line.proved == "yes") != line.not_tried.empty())
      wrong(
          fmt::format("{} is '{}': what is not tried is said there, and only there", line.name, line.proved));
    const std::set<std::string> spans = matches(line.by, kSpan);
    if (spans.empty() != (line.proved == "no"))
      wrong(fmt::format("{} is '{}': tests are named, unless there are none", line.name, line.proved));
    for (const std::string& span : spans) {
      if (!is_there(span, known)) wrong(fmt::format("{} names {}, which is not there", line.name, span));
    }
  }
  if (found != lines)
    findings.push_back(
        {path, 0, fmt::format("the lines are {}, each once and in this order", fmt::join(lines, " "))});
  return findings;
}

}  // namespace sv::architecture
