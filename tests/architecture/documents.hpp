// What the documents claim, so that it can be compared with what is.
#pragma once

#include "architecture/source_tree.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

// Every *.md of the project, paths from the root; not of build/ and hidden folders.
std::vector<std::string> find_documents();

// Relative links of a Markdown text that lead nowhere. `path` is the document's, from the project's root.
std::vector<Finding> find_broken_links(const std::string& path, std::string_view text);

// "--base-url" and the like in code spans and code blocks that speak of status-validator.
std::set<std::string> flags_named_in(std::string_view markdown);

// The first column of every table row "| 64 | …", two codes in "| 130, 143 | …".
std::set<int> codes_listed_in(std::string_view markdown);

// The same with their second columns, without backticks.
std::map<int, std::string> codes_explained_in(std::string_view markdown);

// Likewise, of the section EXIT STATUS of the manual page (roff).
std::map<int, std::string> codes_in_manual(std::string_view page);

// The enumerators of base/exit_code.hpp by their numbers.
std::set<int> codes_of(std::string_view exit_code_header);

// Settings path → default: of config/settings_table.cpp, and of the tables in docs/configuration.md.
std::map<std::string, std::string> settings_of_the_code(std::string_view settings_table);
std::map<std::string, std::string> settings_documented(std::string_view markdown);

}  // namespace sv::architecture
