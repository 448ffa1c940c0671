// The example sheets are what a newcomer sees first: they must show every kind of mistake, and fit their
// settings.
#include "architecture/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sv::architecture {
namespace {

using Record = std::vector<std::string>;

// A plain reading of RFC 4180, on purpose not the one of tables/.
std::vector<Record> read_records(std::string_view text, char delimiter) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<Record> records;
  Record record;
  std::string cell;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      const bool is_escaped_quote = c == '"' && text.substr(i).starts_with("\"\"");
      if (c == '"' && !is_escaped_quote) {
        is_quoted = false;
        continue;
      }
      if (is_escaped_quote) ++i;
      cell += c;
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == delimiter || c == '\n') {
      record.push_back(std::exchange(cell, {}));
      if (c == '\n') records.push_back(std::exchange(record, {}));
    } else {
      cell += c;
    }
  }
  return records;
}

struct Example {
  std::string folder;
  char delimiter;
};

class Examples : public testing::TestWithParam<Example> {
 protected:
  std::string text_of(const std::string& name) const {
    return read_text(project_root() / "examples" / GetParam().folder / name);
  }
  std::vector<Record> records() const { return read_records(text_of("statuses.csv"), GetParam().delimiter); }

  // "  status: Статус      # …" → "Статус".
  std::string setting(const std::string& key) const {
    const std::regex line("(?:^|\n) *" + key + ": ([^#\n]*[^# \n])");
    const std::string text = text_of("config.yaml");
    std::smatch match;
    return std::regex_search(text, match, line) ? match[1].str() : "";
  }

  std::set<std::string> allowed_statuses() const {
    static const std::regex kItem("\n  - ([^\n]*)");
    const std::string text = text_of("config.yaml");
    std::set<std::string> allowed;
    for (std::sregex_iterator it(text.begin(), text.end(), kItem), end; it != end; ++it)
      allowed.insert((*it)[1]);
    return allowed;
  }
};

TEST_P(Examples, have_thirty_rows_and_the_columns_of_their_settings) {
  const std::vector<Record> all = records();
  ASSERT_GT(all.size(), 30U);
  for (const Record& record : all) EXPECT_EQ(record.size(), all.front().size()) << record.front();
  for (const char* key : {"status", "comment", "completion_date", "identifier", "project_manager"}) {
    EXPECT_NE(std::ranges::find(all.front(), setting(key)), all.front().end()) << key << ": " << setting(key);
  }
  EXPECT_TRUE(
      std::filesystem::exists(project_root() / "examples" / GetParam().folder / setting("rules_file")));
}

TEST_P(Examples, show_every_kind_of_mistake) {
  const std::vector<Record> all = records();
  std::map<std::string, std::size_t> column;
  for (const char* key : {"status", "comment", "completion_date", "identifier"}) {
    const auto at = std::ranges::find(all.front(), setting(key));
    column[key] = static_cast<std::size_t>(at - all.front().begin());
  }
  const std::set<std::string> allowed = allowed_statuses();
  ASSERT_EQ(allowed.size(), 5U);

  std::set<std::string> seen;
  std::set<std::string> identifiers;
  for (auto record = all.begin() + 1; record != all.end(); ++record) {
    const std::string& comment = (*record)[column["comment"]];
    const std::string& date = (*record)[column["completion_date"]];
    const std::string& identifier = (*record)[column["identifier"]];
    if (!allowed.contains((*record)[column["status"]])) seen.insert("a status that is not allowed");
    if (comment.empty()) seen.insert("an empty comment");
    if (comment.starts_with("=")) seen.insert("a formula");
    if (comment.find('\n') != std::string::npos) seen.insert("line breaks in a cell");
    if (comment.find('"') != std::string::npos) seen.insert("quotes in a cell");
    if (date.empty()) seen.insert("no date");
    if (!date.empty() && !std::regex_match(date, std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}")))
      seen.insert("no real date");
    if (date.starts_with("2024") || date.starts_with("2025")) seen.insert("a date in the past");
    if (identifier.empty()) seen.insert("no identifier");
    if (!identifier.empty() && !identifiers.insert(identifier).second)
      seen.insert("a project that occurs twice");
  }
  EXPECT_EQ(seen.size(), 10U) << testing::PrintToString(seen);
}

INSTANTIATE_TEST_SUITE_P(Languages, Examples, testing::Values(Example{"en", ','}, Example{"ru", ';'}),
                         [](const auto& parameter) { return parameter.param.folder; });

}  // namespace
}  // namespace sv::architecture
