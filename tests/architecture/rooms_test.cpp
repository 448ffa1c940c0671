#include "architecture/room_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sv::architecture {
namespace {

RoomTable rooms_of_the_build() { return parse_cmake_rooms(read_text(project_root() / "src/CMakeLists.txt")); }

TEST(Rooms, include_only_what_they_may_see) {
  const std::vector<SourceFile> files = load_sources("src");
  ASSERT_GT(files.size(), 50U) << "the sources were not found below " << project_root();
  EXPECT_EQ(describe(find_forbidden_includes(files, rooms_of_the_build())), "");
}

TEST(Rooms, see_only_rooms_below_them) {
  const RoomTable rooms = rooms_of_the_build();
  ASSERT_GE(rooms.order.size(), 15U);
  for (auto room = rooms.order.begin(); room != rooms.order.end(); ++room) {
    for (const std::string& seen : rooms.sees.at(*room)) {
      EXPECT_NE(std::find(rooms.order.begin(), room, seen), room)
          << *room << "/ sees " << seen << "/, which does not come before it in src/CMakeLists.txt";
    }
  }
}

TEST(Rooms, are_the_ones_that_the_document_tells_of) {
  const RoomTable built = rooms_of_the_build();
  const RoomTable told = parse_documented_rooms(read_text(project_root() / "docs/architecture.md"));
  EXPECT_EQ(told.order, built.order)
      << "docs/architecture.md and src/CMakeLists.txt list the rooms in one order";
  for (const auto& [room, sees] : built.sees) {
    ASSERT_TRUE(told.sees.contains(room)) << room;
    EXPECT_EQ(told.sees.at(room), sees) << "what " << room << "/ may see (left: docs/architecture.md)";
  }
}

TEST(Rooms, an_include_of_a_hidden_room_is_found) {
  const RoomTable rooms = parse_cmake_rooms(
      "sv_room(base LINKS fmt)\nsv_room(http SEES base\n  LINKS curl)\nsv_room(engine SEES base)");
  const std::vector<SourceFile> files = {
      make_source_file("src/engine/run.cpp",
                       "#include <vector>\n#include \"base/error.hpp\"\n#include \"http/curl.hpp\"\n"),
      make_source_file("src/kitchen/sink.cpp", "")};
  const std::vector<Finding> findings = find_forbidden_includes(files, rooms);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].line, 3U);
  EXPECT_EQ(findings[1].path, "src/kitchen/sink.cpp");
}

TEST(Rooms, a_documented_row_may_say_none_or_all) {
  const RoomTable rooms =
      parse_documented_rooms("| `base/` | words | – |\n| `http/` | x | base |\n| `cli/` | y | all |\n");
  EXPECT_TRUE(rooms.sees.at("base").empty());
  EXPECT_EQ(rooms.sees.at("cli"), (std::set<std::string>{"base", "http"}));
}

}  // namespace
}  // namespace sv::architecture
