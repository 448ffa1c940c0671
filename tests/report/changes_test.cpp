#include "report/changes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <set>

namespace sv::report {
namespace {

using ports::RowState;
using ports::RowVerdict;

RowState row(std::uint64_t number, const std::string& name, const std::string& text, RowVerdict verdict,
             const std::string& manager = "Ada") {
  return {.number = number, .identifier = name, .manager = manager, .text_hash = text, .verdict = verdict};
}
constexpr RowVerdict kValid = RowVerdict::valid;
constexpr RowVerdict kInvalid = RowVerdict::invalid;

TEST(Changes, verdicts_then_and_now_make_five_kinds) {
  const std::vector<std::pair<std::pair<RowVerdict, RowVerdict>, Change>> cases{
      {{kValid, kInvalid}, Change::newly_broken},
      {{kValid, RowVerdict::needs_review}, Change::newly_broken},
      {{kInvalid, kValid}, Change::fixed},
      {{RowVerdict::needs_review, kValid}, Change::fixed},
      {{kInvalid, RowVerdict::needs_review}, Change::still_broken},
      {{kValid, kValid}, Change::unchanged},
      {{kValid, RowVerdict::none}, Change::unknown},
      {{RowVerdict::none, kInvalid}, Change::unknown}};
  for (const auto& [verdicts, change] : cases) {
    const Changes found =
        compare_rows({row(2, "A", "x", verdicts.first)}, {row(2, "A", "x", verdicts.second)});
    EXPECT_EQ(found.rows.at(0).change, change);
  }
}

TEST(Changes, rows_that_moved_are_found_whatever_their_case) {
  const Changes found = compare_rows({row(2, "Bridge", "x", kValid), row(3, "Порт", "y", kInvalid)},
                                     {row(9, " порт ", "y", kInvalid), row(10, "BRIDGE", "x", kInvalid)});
  EXPECT_EQ(found.rows.at(0).change, Change::still_broken);
  EXPECT_EQ(found.rows.at(0).earlier_number, 3U);
  EXPECT_EQ(found.rows.at(1).change, Change::newly_broken);
  EXPECT_EQ(found.rows.at(1).earlier_identifier, "");
  EXPECT_TRUE(found.gone.empty());
}

TEST(Changes, of_rows_with_one_name_the_same_texts_go_together_first) {
  const Changes found =
      compare_rows({row(2, "A", "x", kValid), row(3, "A", "y", kInvalid)},
                   {row(2, "A", "y", kInvalid), row(3, "A", "x", kValid), row(4, "A", "z", kValid)});
  EXPECT_EQ(found.rows.at(0), (RowChange{.change = Change::still_broken, .earlier_number = 3}));
  EXPECT_EQ(found.rows.at(1), (RowChange{.change = Change::unchanged, .earlier_number = 2}));
  EXPECT_EQ(found.rows.at(2).change, Change::added);
}

TEST(Changes, a_row_that_was_renamed_is_known_by_its_text_where_that_is_the_only_one) {
  const Changes found = compare_rows({row(2, "Old", "x", kInvalid)}, {row(2, "New", "x", kValid)});
  EXPECT_EQ(found.rows.at(0).change, Change::fixed);
  EXPECT_EQ(found.rows.at(0).earlier_identifier, "Old");

  const Changes both = compare_rows({row(2, "Old", "x", kInvalid)}, {row(2, "New", "changed", kValid)});
  EXPECT_EQ(both.rows.at(0).change, Change::added) << "renamed and rewritten at once: nobody can tell";
  ASSERT_EQ(both.gone.size(), 1U);
  EXPECT_EQ(both.gone.at(0).identifier, "Old");

  const Changes many =
      compare_rows({row(2, "P", "Done", kValid), row(3, "Q", "Done", kValid)}, {row(2, "R", "Done", kValid)});
  EXPECT_EQ(many.rows.at(0).change, Change::added) << "two have that text: either may have been renamed";
  EXPECT_EQ(many.gone.size(), 2U);

  const Changes others =
      compare_rows({row(2, "Old", "x", kValid, "Ada")}, {row(2, "New", "x", kValid, "Alan")});
  EXPECT_EQ(others.rows.at(0).change, Change::added) << "another manager's row may say the same";
}

TEST(Changes, an_edited_row_is_told_as_edited) {
  const Changes found = compare_rows({row(2, "A", "x", kInvalid)}, {row(2, "A", "y", kInvalid)});
  EXPECT_EQ(found.rows.at(0).change, Change::still_broken);
  EXPECT_TRUE(found.rows.at(0).is_edited);
}

TEST(Changes, rows_without_names_go_by_their_text_and_then_by_their_place) {
  const Changes found =
      compare_rows({row(2, "", "x", kValid), row(3, "", "y", kInvalid), row(4, "", "z", kValid)},
                   {row(2, "", "y", kInvalid), row(3, "", "x", kValid), row(4, "", "new", kInvalid)});
  EXPECT_EQ(found.rows.at(0), (RowChange{.change = Change::still_broken, .earlier_number = 3}));
  EXPECT_EQ(found.rows.at(1), (RowChange{.change = Change::unchanged, .earlier_number = 2}));
  EXPECT_EQ(found.rows.at(2),
            (RowChange{.change = Change::newly_broken, .is_edited = true, .earlier_number = 4}));
}

// Whatever happened to a sheet, every row of then is in exactly one place now: some row's partner, or gone.
TEST(Changes, account_for_every_row) {
  rc::check([] {
    const auto sheet = [] {
      std::vector<RowState> rows;
      const auto count = *rc::gen::inRange(0, 12);
      for (int i = 0; i < count; ++i) {
        rows.push_back(
            row(static_cast<std::uint64_t>(i) + 2, *rc::gen::element<std::string>("A", "B", "C", ""),
                *rc::gen::element<std::string>("x", "y", "z"), *rc::gen::element(kValid, kInvalid)));
      }
      return rows;
    };
    const std::vector<RowState> earlier = sheet();
    const std::vector<RowState> now = sheet();
    const Changes changes = compare_rows(earlier, now);
    RC_ASSERT(changes.rows.size() == now.size());
    std::multiset<std::uint64_t> met;
    for (const RowChange& change : changes.rows) {
      if (change.change != Change::added) met.insert(change.earlier_number);
    }
    for (const RowState& gone : changes.gone) met.insert(gone.number);
    std::multiset<std::uint64_t> all;
    for (const RowState& one : earlier) all.insert(one.number);
    RC_ASSERT(met == all);
    // The same sheet again: nothing has changed.
    for (const RowChange& change : compare_rows(now, now).rows) {
      RC_ASSERT(!change.is_edited);
      RC_ASSERT(change.change == Change::unchanged || change.change == Change::still_broken);
    }
  });
}

}  // namespace
}  // namespace sv::report
