// Every file of mistakes/ holds seeded mistakes and says in comments at its top where they are to be found:
//   # expect LINE:COLUMN part of the message -> part of the help
//   # env NAME=value
// Exactly these mistakes must be reported, no more and no less.
#include "config/settings_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace sv::config {
namespace {

namespace fs = std::filesystem;

const std::string kDirectory = std::string(SV_SOURCE_DIR) + "/tests/config/mistakes";
constexpr std::string_view kArrow = " -> ";

struct Expected {
  std::string place;  // "12:9"
  std::string message;
  std::string help;
};

struct Reported {
  std::string place;
  std::string message;
  std::string help;
};

struct Case {
  std::vector<Expected> expected;
  std::map<std::string, std::string> environment = {{"TEST_KEY", "sk-test-0123456789abcdef"}};
};

Case read_case(const std::string& content) {
  Case seeded;
  std::istringstream lines(content);
  for (std::string line; std::getline(lines, line) && line.starts_with("# ");) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.starts_with("# env ")) {
      const std::size_t equals = line.find('=');
      seeded.environment[line.substr(6, equals - 6)] = line.substr(equals + 1);
      continue;
    }
    EXPECT_TRUE(line.starts_with("# expect ")) << line;
    const std::string rest = line.substr(9);
    const std::size_t space = rest.find(' ');
    const std::size_t arrow = std::min(rest.find(kArrow), rest.size());
    Expected expected{rest.substr(0, space), rest.substr(space + 1, arrow - space - 1), ""};
    if (arrow < rest.size()) expected.help = rest.substr(arrow + kArrow.size());
    seeded.expected.push_back(expected);
  }
  return seeded;
}

// "bad.yaml:12:9: error: message", later "      = help: …".
std::vector<Reported> read_report(const std::string& text, const std::string& file) {
  std::vector<Reported> reported;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t error = line.find(": error: ");
    if (line.starts_with(file + ":") && error != std::string::npos) {
      reported.push_back({line.substr(file.size() + 1, error - file.size() - 1), line.substr(error + 9), ""});
    } else if (line.starts_with("      = help: ") && !reported.empty()) {
      reported.back().help = line.substr(14);
    }
  }
  return reported;
}

std::vector<std::string> seeded_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kDirectory)) names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

class SeededMistake : public testing::TestWithParam<std::string> {};

TEST_P(SeededMistake, is_found_at_its_line_and_column) {
  const std::string file = GetParam() + ".yaml";
  const Case seeded = read_case(read_file(kDirectory + "/" + file));
  ASSERT_FALSE(seeded.expected.empty());

  const Refusal refusal = refusal_of(LoadRequest{.config_path = file,
                                                 .overrides = {},
                                                 .environment = lookup_in(seeded.environment),
                                                 .working_directory = kDirectory});

  EXPECT_EQ(refusal.code, ExitCode::config);
  const std::vector<Reported> reported = read_report(refusal.text, file);
  ASSERT_EQ(reported.size(), seeded.expected.size()) << refusal.text;
  for (std::size_t i = 0; i < reported.size(); ++i) {
    const Expected& expected = seeded.expected[i];
    EXPECT_EQ(reported[i].place, expected.place) << refusal.text;
    EXPECT_NE(reported[i].message.find(expected.message), std::string::npos) << refusal.text;
    EXPECT_NE(reported[i].help.find(expected.help), std::string::npos) << refusal.text;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SeededMistake, testing::ValuesIn(seeded_files()),
                         [](const auto& info) { return info.param; });

TEST(SeededMistakes, are_at_least_forty) { EXPECT_GE(seeded_files().size(), 40U); }

}  // namespace
}  // namespace sv::config
