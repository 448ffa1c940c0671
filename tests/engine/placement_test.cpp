#include "engine/placement.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sv::engine {
namespace {

struct Built {
  Placement placement;
  std::vector<std::uint64_t> places;
};

// Feeds both sides in turns of the given lengths, as a run does.
Built place(const std::vector<std::string>& source, const std::vector<std::string>& target,
            std::size_t step = 1) {
  PlacementBuilder builder(false);
  std::size_t row = 0;
  std::size_t existing = 0;
  while (row < source.size() || existing < target.size()) {
    for (std::size_t i = 0; i < step && existing < target.size(); ++i, ++existing) {
      builder.add_existing_row(existing, target[existing], false);
    }
    if (existing == target.size()) builder.end_existing();
    for (std::size_t i = 0; i < step && row < source.size(); ++i, ++row)
      builder.add_source_row(row, source[row]);
  }
  Built built{.placement = builder.build(), .places = {}};
  for (row = 0; row < source.size(); ++row) built.places.push_back(built.placement.place_of(row).place);
  return built;
}

using Places = std::vector<std::uint64_t>;

TEST(Placement, into_an_empty_target_rows_go_in_source_order) {
  const Built built = place({"a", "b", "a", "c"}, {});
  EXPECT_EQ(built.places, (Places{0, 1, 2, 3}));
  EXPECT_EQ(built.placement.places(), 4U);
  EXPECT_EQ(built.placement.existing_rows(), 0U);
}

TEST(Placement, rows_keep_the_place_of_their_identifier_and_new_ones_follow) {
  // The drawing in the header.
  const Built built = place({"A", "B", "A", "C"}, {"B", "A", "X"});
  EXPECT_EQ(built.places, (Places{1, 0, 3, 4}));
  EXPECT_EQ(built.placement.places(), 5U);
  EXPECT_EQ(built.placement.existing_rows(), 3U);
}

TEST(Placement, identifiers_are_compared_trimmed_and_without_case) {
  const Built built = place({"  мост ЧЕРЕЗ Оку"}, {"x", "Мост через Оку "});
  EXPECT_EQ(built.places, (Places{1}));
}

// XLSX takes 32,767 characters of a cell, Google 50,000.
TEST(Placement, a_name_that_its_target_cut_is_the_same_name) {
  std::string name;
  while (name.size() < 40'000) name += "Мост ";
  const Built built = place({name}, {"x", name.substr(0, 32'760) + "…"});
  EXPECT_EQ(built.places, (Places{1}));
}

TEST(Placement, the_nth_of_an_identifier_belongs_to_the_nth) {
  const Built built = place({"a", "a", "a", "b"}, {"b", "a", "z", "a"});
  EXPECT_EQ(built.places, (Places{1, 3, 4, 0}));
}

TEST(Placement, target_rows_without_an_identifier_are_left_alone) {
  const Built built = place({"a", "b"}, {"", " ", "a"});
  EXPECT_EQ(built.places, (Places{2, 3}));
  EXPECT_EQ(built.placement.places(), 4U);
}

TEST(Placement, tells_which_partners_are_overdue_and_what_is_new) {
  PlacementBuilder builder(true);
  builder.add_existing_row(0, "a", true);
  builder.add_existing_row(1, "b", false);
  builder.end_existing();
  for (std::uint64_t row = 0; row < 3; ++row)
    builder.add_source_row(row, std::string(1, static_cast<char>('a' + row)));
  Placement placement = builder.build();
  EXPECT_TRUE(placement.place_of(0).must_ask_again);
  EXPECT_FALSE(placement.place_of(0).is_new);
  EXPECT_FALSE(placement.place_of(1).must_ask_again);
  EXPECT_TRUE(placement.place_of(2).must_ask_again) << "its check date is missing";
  EXPECT_TRUE(placement.place_of(2).is_new);
}

TEST(Placement, without_identifiers_rows_stand_in_order_and_meet_the_row_at_their_place) {
  PlacementBuilder builder(true);
  builder.add_row_in_order(0, true, false);
  builder.add_row_in_order(1, true, true);
  builder.add_row_in_order(2, false, false);
  Placement placement = builder.build();
  EXPECT_EQ(placement.places(), 3U);
  EXPECT_EQ(placement.existing_rows(), 2U);
  EXPECT_FALSE(placement.place_of(0).must_ask_again);
  EXPECT_TRUE(placement.place_of(1).must_ask_again);
  EXPECT_TRUE(placement.place_of(2).must_ask_again);
  EXPECT_EQ(placement.place_of(2).place, 2U);
}

TEST(Placement, names_an_identifier_that_repeats) {
  PlacementBuilder builder(false);
  builder.end_existing();
  builder.add_source_row(0, "Ferry");
  EXPECT_EQ(builder.repeated_rows(), 0U);
  builder.add_source_row(1, "ferry ");
  builder.add_source_row(2, "Ferry");
  EXPECT_EQ(builder.repeated_rows(), 2U);
  EXPECT_EQ(builder.repeated_identifier(), "ferry ");
}

// The rule said plainly: the n-th row of an identifier takes the n-th place of that identifier, and what is
// left goes behind the target in source order.
Places expected_places(const std::vector<std::string>& source, const std::vector<std::string>& target) {
  std::map<std::string, std::vector<std::uint64_t>> places_of;
  for (std::size_t i = 0; i < target.size(); ++i) places_of[fold_case(target[i])].push_back(i);
  std::map<std::string, std::size_t> used;
  std::uint64_t next_new = target.size();
  Places places;
  for (const std::string& identifier : source) {
    const std::string key = fold_case(identifier);
    const std::size_t n = used[key]++;
    places.push_back(n < places_of[key].size() ? places_of[key][n] : next_new++);
  }
  return places;
}

RC_GTEST_PROP(PlacementProperty, follows_the_rule_whatever_the_order, ()) {
  // Few different identifiers, so that they meet, repeat and cross.
  const auto identifier =
      rc::gen::map(rc::gen::inRange(0, 12), [](int n) { return std::string("id") + std::to_string(n); });
  const auto source = *rc::gen::container<std::vector<std::string>>(identifier);
  const auto target = *rc::gen::container<std::vector<std::string>>(identifier);
  const auto step = *rc::gen::inRange<std::size_t>(1, 8);
  const Built built = place(source, target, step);
  RC_ASSERT(built.places == expected_places(source, target));
  const std::set<std::uint64_t> different(built.places.begin(), built.places.end());
  RC_ASSERT(different.size() == built.places.size());
}

}  // namespace
}  // namespace sv::engine
