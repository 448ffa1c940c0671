#include "sheets/row_finder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sv::sheets {
namespace {

RowKey key(const std::string& anchor, std::uint64_t number) { return {.anchor = anchor, .number = number}; }

// The header, then a row for each place.
RowFinder finder_of(const std::vector<RowKey>& keys) {
  RowFinder finder;
  for (std::size_t i = 0; i < keys.size(); ++i) finder.expect(i, keys[i], i + 1);
  return finder;
}

TEST(RowFinder, rows_that_moved_are_found_by_their_anchor) {
  RowFinder finder = finder_of({key("a", 2), key("b", 3)});
  finder.look({{}, key("people's", 0), key("b", 3), key("a", 2)});
  EXPECT_EQ(finder.row_of(0), 3U);
  EXPECT_EQ(finder.row_of(1), 2U);
  EXPECT_EQ(finder.place_at(1), std::nullopt);
  EXPECT_EQ(finder.place_at(3), 0U);
}

TEST(RowFinder, a_row_that_has_gone_is_nowhere_until_it_is_back) {
  RowFinder finder = finder_of({key("a", 2), key("b", 3)});
  finder.look({{}, key("b", 3)});
  EXPECT_EQ(finder.row_of(0), std::nullopt);
  finder.look({{}, key("b", 3), key("a", 2)});
  EXPECT_EQ(finder.row_of(0), 2U);
}

TEST(RowFinder, a_row_whose_number_is_overwritten_is_still_its_own) {
  RowFinder finder = finder_of({key("a", 2), key("b", 3)});
  finder.look({{}, key("a", 3), key("b", 3)});
  EXPECT_EQ(finder.row_of(0), 1U);
  EXPECT_EQ(finder.row_of(1), 2U);
}

TEST(RowFinder, rows_of_one_name_are_told_apart_by_number_then_by_place) {
  RowFinder finder = finder_of({key("a", 2), key("a", 3), key("a", 4)});
  finder.look({{}, key("a", 4), key("a", 2), key("a", 3)});
  EXPECT_EQ(finder.row_of(0), 2U);
  EXPECT_EQ(finder.row_of(1), 3U);
  EXPECT_EQ(finder.row_of(2), 1U);
  // Somebody copies a row above it: the row itself is the one that stands where it stood.
  RowFinder copied = finder_of({key("a", 2), key("b", 3)});
  copied.look({{}, key("a", 2), key("b", 3), key("a", 2)});
  EXPECT_EQ(copied.row_of(0), 1U);
}

TEST(RowFinder, rows_without_a_name_are_nobodys) {
  RowFinder finder = finder_of({key("", 0), key("b", 3)});
  finder.look({{}, key("b", 3), {}});
  EXPECT_EQ(finder.row_of(1), 1U);
  EXPECT_EQ(finder.place_at(2), std::nullopt);
}

RC_GTEST_PROP(RowFinderProperty, any_edit_leaves_each_row_with_its_own_place, ()) {
  // Few names, so that many rows share one; numbers are each place's own.
  const auto names = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 6));
  std::vector<RowKey> keys;
  for (std::size_t i = 0; i < names.size(); ++i) keys.push_back(key(fmt::format("n{}", names[i]), i + 2));
  RowFinder finder = finder_of(keys);
  std::vector<RowKey> rows = keys;
  rows.insert(rows.begin(), RowKey{});
  const auto edits = *rc::gen::container<std::vector<std::pair<int, std::size_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange<std::size_t>(0, 50)));
  for (const auto& [kind, where] : edits) {
    const std::size_t row = 1 + where % std::max<std::size_t>(rows.size(), 1);
    if (kind == 0)
      rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(std::min(row, rows.size())), RowKey{});
    if (kind == 1 && row < rows.size()) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(row));
    if (kind == 2)
      std::rotate(rows.begin() + 1, rows.begin() + static_cast<std::ptrdiff_t>(std::min(row, rows.size())),
                  rows.end());
    if (where % 3 == 0) finder.look(rows);  // not after each edit
  }
  finder.look(rows);
  for (std::size_t place = 0; place < keys.size(); ++place) {
    const bool is_there = std::ranges::find(rows, keys[place]) != rows.end();
    const std::optional<std::uint64_t> row = finder.row_of(place);
    RC_ASSERT(row.has_value() == is_there);
    if (row) RC_ASSERT(rows[*row] == keys[place]);
    if (row) RC_ASSERT(finder.place_at(*row) == place);
  }
}

}  // namespace
}  // namespace sv::sheets
