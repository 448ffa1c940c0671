#include "architecture/room_table.hpp"

#include <fmt/format.h>

#include <regex>
#include <sstream>

namespace sv::architecture {

namespace {

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

}  // namespace

RoomTable parse_cmake_rooms(std::string_view text) {
  static const std::regex kRoom(R"(sv_room\(\s*(\w+)([^)]*)\))");
  RoomTable rooms;
  const std::string all(text);
  for (std::sregex_iterator it(all.begin(), all.end(), kRoom), end; it != end; ++it) {
    const std::string name = (*it)[1];
    std::istringstream in((*it)[2]);
    std::set<std::string>& sees = rooms.sees[name];
    bool is_seen_list = false;
    for (std::string word; in >> word;) {
      if (word == "SEES" || word == "LINKS") {
        is_seen_list = word == "SEES";
      } else if (is_seen_list) {
        sees.insert(word);
      }
    }
    rooms.order.push_back(name);
  }
  return rooms;
}

RoomTable parse_documented_rooms(std::string_view text) {
  static const std::regex kRow(R"(^\| `(\w+)/` \|.*\| ([^|]+) \|\s*$)");
  RoomTable rooms;
  std::istringstream in{std::string(text)};
  std::vector<std::string> seeing_all;
  for (std::string line; std::getline(in, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    const std::string name = row[1];
    const std::string seen = row[2];
    rooms.order.push_back(name);
    rooms.sees[name] = seen == "–" ? std::set<std::string>{} : words_of(seen);
    if (seen == "all") seeing_all.push_back(name);
  }
  for (const std::string& name : seeing_all) {
    rooms.sees[name].clear();
    for (const std::string& other : rooms.order) {
      if (other != name) rooms.sees[name].insert(other);
    }
  }
  return rooms;
}

std::string included_file(std::string_view line) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)");
  std::cmatch include;
  if (!std::regex_match(line.data(), line.data() + line.size(), include, kInclude)) return {};
  return include[1];
}

std::vector<Finding> find_forbidden_includes(const std::vector<SourceFile>& files, const RoomTable& rooms) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    const std::string room = file.room();
    const auto sees = rooms.sees.find(room);
    if (sees == rooms.sees.end()) {
      findings.push_back({file.path, 0, "'" + room + "' is no room of src/CMakeLists.txt"});
      continue;
    }
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string included = included_file(file.lines[i]);
      const std::string other = included.substr(0, included.find('/'));
      if (included.find('/') == std::string::npos || !rooms.sees.contains(other) || other == room) continue;
      if (sees->second.contains(other)) continue;
      findings.push_back(
          {file.path, i + 1,
           fmt::format("{}/ may not see {}/ (docs/architecture.md): go through ports/, or move the code",
                       room, other)});
    }
  }
  return findings;
}

}  // namespace sv::architecture
