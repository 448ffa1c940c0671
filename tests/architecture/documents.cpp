#include "architecture/documents.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <sstream>
#include <string>

namespace sv::architecture {

namespace {

// Flags of other programs that the documents name.
constexpr std::array<std::string_view, 1> kForeignFlags = {"--gtest_filter"};

std::string decoded(std::string_view target) {
  std::string text(target);
  for (std::size_t at = text.find("%20"); at != std::string::npos; at = text.find("%20", at))
    text.replace(at, 3, " ");
  return text;
}

bool is_elsewhere(std::string_view target) {
  return target.starts_with("http://") || target.starts_with("https://") || target.starts_with("mailto:");
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, '|');) {
    const std::size_t begin = cell.find_first_not_of(' ');
    const std::size_t end = cell.find_last_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
  }
  return cells;
}

}  // namespace

std::vector<std::string> find_documents() {
  std::vector<std::string> documents;
  auto entries = std::filesystem::recursive_directory_iterator(project_root());
  for (auto entry = begin(entries); entry != end(entries); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && (name.starts_with('.') || name == "build" || name == "node_modules"))
      entry.disable_recursion_pending();
    if (!entry->is_regular_file() || entry->path().extension() != ".md") continue;
    documents.push_back(std::filesystem::relative(entry->path(), project_root()).generic_string());
  }
  std::ranges::sort(documents);
  return documents;
}

std::vector<Finding> find_broken_links(const std::string& path, std::string_view text) {
  static const std::regex kLink(R"(\]\(([^)\s]+)\))");
  std::vector<Finding> findings;
  std::istringstream in{std::string(text)};
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    for (std::sregex_iterator it(line.begin(), line.end(), kLink), end; it != end; ++it) {
      std::string target = decoded((*it)[1].str());
      if (is_elsewhere(target)) continue;
      target.resize(std::min(target.find('#'), target.size()));
      if (target.empty()) continue;
      const auto file = project_root() / std::filesystem::path(path).parent_path() / target;
      if (!std::filesystem::exists(file))
        findings.push_back({path, number, "the link to " + target + " leads nowhere"});
    }
  }
  return findings;
}

std::set<std::string> flags_named_in(std::string_view markdown) {
  static const std::regex kFlag(R"((^|[\s`(])(--[a-z][a-z_-]+))");
  const std::string text(markdown);
  std::set<std::string> flags;
  for (std::sregex_iterator it(text.begin(), text.end(), kFlag), end; it != end; ++it) {
    const std::string flag = (*it)[2];
    if (std::ranges::find(kForeignFlags, flag) == kForeignFlags.end()) flags.insert(flag);
  }
  return flags;
}

std::set<int> codes_listed_in(std::string_view markdown) {
  static const std::regex kRow(R"(^\| ([0-9]+)(?:, ([0-9]+))? \|.*)");
  std::istringstream in{std::string(markdown)};
  std::set<int> codes;
  for (std::string line; std::getline(in, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    codes.insert(std::stoi(row[1]));
    if (row[2].matched) codes.insert(std::stoi(row[2]));
  }
  return codes;
}

std::map<int, std::string> codes_explained_in(std::string_view markdown) {
  static const std::regex kRow(R"(^\| ([0-9]+) \| (.*) \|$)");
  std::istringstream in{std::string(markdown)};
  std::map<int, std::string> codes;
  for (std::string line; std::getline(in, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    std::string meaning = row[2];
    std::erase(meaning, '`');
    codes[std::stoi(row[1])] = meaning;
  }
  return codes;
}

std::map<int, std::string> codes_in_manual(std::string_view page) {
  static const std::regex kTerm(R"(^\\fB([0-9]+)\\fR$)");
  std::istringstream in{std::string(page)};
  std::map<int, std::string> codes;
  std::string line;
  while (std::getline(in, line) && line != ".SH EXIT STATUS") {
  }
  while (std::getline(in, line) && !line.starts_with(".SH ")) {
    std::smatch term;
    if (!std::regex_match(line, term, kTerm)) continue;
    std::string meaning;
    std::getline(in, meaning);
    std::erase(meaning, '\\');  // "\-" is a hyphen that can be copied
    codes[std::stoi(term[1])] = meaning;
  }
  return codes;
}

std::set<int> codes_of(std::string_view exit_code_header) {
  static const std::regex kEnumerator(R"(\w+ = ([0-9]+),)");
  const std::string text(exit_code_header);
  std::set<int> codes;
  for (std::sregex_iterator it(text.begin(), text.end(), kEnumerator), end; it != end; ++it)
    codes.insert(std::stoi((*it)[1]));
  return codes;
}

std::map<std::string, std::string> settings_of_the_code(std::string_view settings_table) {
  static const std::regex kEntry(R"rx(\.path = "([^"]+)"([^}]*)\})rx");
  static const std::regex kDefault(R"rx(\.default_value = "([^"]*)")rx");
  const std::string text(settings_table);
  std::map<std::string, std::string> settings;
  for (std::sregex_iterator it(text.begin(), text.end(), kEntry), end; it != end; ++it) {
    const std::string rest = (*it)[2];
    std::smatch value;
    settings[(*it)[1]] = std::regex_search(rest, value, kDefault) ? value[1].str() : "";
  }
  return settings;
}

std::map<std::string, std::string> settings_documented(std::string_view markdown) {
  static const std::regex kKey(R"(`([a-zA-Z_.]+)`)");
  std::istringstream in{std::string(markdown)};
  std::map<std::string, std::string> settings;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## What differs")) break;  // that table is about keys too, but does not define them
    const std::vector<std::string> cells = cells_of(line);
    std::smatch key;
    if (cells.size() < 5 || !std::regex_match(cells[1], key, kKey)) continue;
    std::string value = cells[3];
    std::erase(value, '`');
    settings[key[1]] = value;
  }
  return settings;
}

}  // namespace sv::architecture
