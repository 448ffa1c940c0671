// docs/checklists.md: which tests prove the lines of the checklists R, S and U.
#pragma once

#include "architecture/source_tree.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

// "Suite.name" of each GoogleTest test or RapidCheck property that a C++ text defines.
std::set<std::string> tests_defined_in(std::string_view cpp);

// Names of `add_test` in a CMakeLists.txt.
std::set<std::string> tests_added_in(std::string_view cmake);

// "browser: the keyboard is enough" of each test in a script of tests/browser.
std::set<std::string> tests_in_browser(std::string_view script);

// "bench: --help, median of 20" of each row of bench/*.py whose name is a plain literal.
std::set<std::string> rows_of_bench(std::string_view python);

// "./dev newcomer" of each command.
std::set<std::string> commands_of_dev(std::string_view script);

// "Suite.name" → its text, up to the next test.
std::map<std::string, std::string> texts_of_tests(std::string_view cpp);

// The rows "| 70 | `Suite.name` |": which test expects which exit code.
std::map<int, std::string> tests_of_exit_codes(std::string_view markdown);

// What is wrong with the document: lines that are missing, come twice or are out of place, tests that are
// none of `known`, files that are not there, "yes" beside something that is not tried and the other way
// round. `lines` are the wanted ones, in order: "R-01", ….
std::vector<Finding> find_wrong_checklist_lines(const std::string& path, std::string_view markdown,
                                                const std::vector<std::string>& lines,
                                                const std::set<std::string>& known);

}  // namespace sv::architecture
