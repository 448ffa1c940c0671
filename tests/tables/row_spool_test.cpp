#include "tables/row_spool.hpp"

#include "base/random.hpp"
#include "tables/table_tools.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

namespace sv::tables {
namespace {

const TemporaryDirectory& directory() {
  static const TemporaryDirectory shared;
  return shared;
}

RowSpool open_spool() {
  Result<RowSpool> spool = RowSpool::open(directory().path());
  if (!spool) throw std::runtime_error(spool.error().message);
  return std::move(*spool);
}

std::optional<std::string> row_at(RowSpool& spool, std::uint64_t place) {
  const auto row = spool.read(place);
  if (!row) throw std::runtime_error(row.error().message);
  return *row ? std::optional<std::string>(**row) : std::nullopt;
}

TEST(RowSpool, scratch_files_have_no_names) {
  RowSpool spool = open_spool();
  ASSERT_TRUE(spool.put(3, "three"));
  EXPECT_EQ(row_at(spool, 3), "three");
  EXPECT_TRUE(directory().names().empty());
}

TEST(RowSpool, places_without_a_row_are_empty_wherever_they_are) {
  RowSpool spool = open_spool();
  ASSERT_TRUE(spool.put(5000, "x"));
  EXPECT_EQ(row_at(spool, 0), std::nullopt);
  EXPECT_EQ(row_at(spool, 4999), std::nullopt);
  EXPECT_EQ(row_at(spool, 5000), "x");
  EXPECT_EQ(row_at(spool, 5001), std::nullopt);
  EXPECT_EQ(row_at(spool, 10'000'000), std::nullopt);
}

TEST(RowSpool, tens_of_thousands_of_rows_in_shuffled_order_come_back_by_place) {
  constexpr std::uint64_t kRows = 20'000;
  const auto text_of = [](std::uint64_t place) {
    return std::to_string(place) + std::string(place % 400, 'x');
  };
  std::vector<std::uint64_t> places(kRows);
  for (std::uint64_t i = 0; i < kRows; ++i) places[i] = i;
  Random random(7);
  // As answers come: each within a thousand of its place; and a few from anywhere.
  for (std::uint64_t i = 0; i < kRows; ++i)
    std::swap(places[i], places[std::min(kRows - 1, i + random.below(1000))]);
  for (int i = 0; i < 50; ++i) std::swap(places[random.below(kRows)], places[random.below(kRows)]);
  RowSpool spool = open_spool();
  for (const std::uint64_t place : places) ASSERT_TRUE(spool.put(place, text_of(place)));
  for (std::uint64_t place = 0; place < kRows; ++place)
    ASSERT_EQ(row_at(spool, place), text_of(place)) << place;
}

TEST(RowSpool, rows_larger_than_all_buffers_are_kept) {
  RowSpool spool = open_spool();
  const std::string huge(3'000'000, 'h');
  ASSERT_TRUE(spool.put(1, "before"));
  ASSERT_TRUE(spool.put(0, huge));
  ASSERT_TRUE(spool.put(2, "behind"));
  EXPECT_EQ(row_at(spool, 0), huge);
  EXPECT_EQ(row_at(spool, 1), "before");
  EXPECT_EQ(row_at(spool, 2), "behind");
}

RC_GTEST_PROP(RowSpool, it_behaves_like_a_map, ()) {
  RowSpool spool = open_spool();
  std::map<std::uint64_t, std::string> model;
  const auto steps = *rc::gen::container<std::vector<std::pair<std::uint64_t, bool>>>(
      rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 9000), rc::gen::arbitrary<bool>()));
  std::size_t step = 0;
  for (const auto& [place, is_put] : steps) {
    if (is_put) {
      model[place] = std::to_string(++step);
      RC_ASSERT(spool.put(place, model[place]).has_value());
    } else {
      const auto found = model.find(place);
      RC_ASSERT(row_at(spool, place) == (found == model.end() ? std::nullopt : std::optional(found->second)));
    }
  }
}

TEST(RowSpool, a_missing_directory_is_told) {
  const auto spool = RowSpool::open(directory().path_of("none"));
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace sv::tables
