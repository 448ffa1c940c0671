// docs/checklists.md: which tests prove the lines of the checklists R and S.
#pragma once

#include "architecture/source_tree.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

// "Suite.name" of each GoogleTest test or RapidCheck property that a C++ text defines.
std::set<std::string> tests_defined_in(std::string_view cpp);

// Names of `add_test` in a CMakeLists.txt.
std::set<std::string> tests_added_in(std::string_view cmake);

// What is wrong with the document: lines that are missing, come twice or are out of place, tests that are
// none of `known`, files that are not there, "yes" beside something that is not tried and the other way
// round. `lines` are the wanted ones, in order: "R-01", ….
std::vector<Finding> find_wrong_checklist_lines(const std::string& path, std::string_view markdown,
                                                const std::vector<std::string>& lines,
                                                const std::set<std::string>& known);

}  // namespace sv::architecture
