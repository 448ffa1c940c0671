// Which room may see which: as CMake has it and as the documents tell it.
#pragma once

#include "architecture/source_tree.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

struct RoomTable {
  std::vector<std::string> order;                     // lowest room first, as in src/CMakeLists.txt
  std::map<std::string, std::set<std::string>> sees;  // without the room itself
};

// Reads the `sv_room(NAME SEES … LINKS …)` calls of src/CMakeLists.txt.
RoomTable parse_cmake_rooms(std::string_view text);

// Reads the table rows "| `name/` | … | what it may see |" of docs/architecture.md; "all" means every other
// room.
RoomTable parse_documented_rooms(std::string_view text);

// Includes of rooms that the including room may not see.
std::vector<Finding> find_forbidden_includes(const std::vector<SourceFile>& files, const RoomTable& rooms);

// The file named by `#include "…"` or `#include <…>` in that line of a source file; empty for other lines.
std::string included_file(std::string_view line);

}  // namespace sv::architecture
