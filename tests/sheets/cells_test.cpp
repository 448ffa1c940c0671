#include "sheets/a1.hpp"
#include "sheets/cell_text.hpp"
#include "sheets/target_tab.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <fstream>
#include <set>
#include <string>

namespace sv::sheets {
namespace {

TEST(CellText, row_numbers_are_read_however_they_are_shown) {
  EXPECT_EQ(row_number_of("12"), 12U);
  EXPECT_EQ(row_number_of("1 204"), 1204U);
  EXPECT_EQ(row_number_of("1,204"), 1204U);
  EXPECT_EQ(row_number_of(""), 0U);
  EXPECT_EQ(row_number_of("-3"), 0U);
  EXPECT_EQ(row_number_of("A5"), 0U);
  EXPECT_EQ(row_number_of(std::string(40, '9')), 0U);
}

TEST(CellText, what_a_cell_cannot_hold_is_cut_between_characters) {
  const std::string fits(kMostCellCharacters, 'x');
  EXPECT_EQ(fit_cell(fits), fits);
  EXPECT_EQ(fit_cell(fits + "x"), fits.substr(1) + "…");
  std::string cyrillic;
  for (std::size_t i = 0; i < kMostCellCharacters; ++i) cyrillic += "ж";
  EXPECT_EQ(fit_cell(cyrillic), cyrillic) << "bytes are not what is counted";
  std::string wide;  // two UTF-16 units each
  for (std::size_t i = 0; i < kMostCellCharacters / 2 + 1; ++i) wide += "🌵";
  EXPECT_EQ(fit_cell(wide), wide.substr(0, (kMostCellCharacters / 2 - 1) * 4) + "…");
}

RC_GTEST_PROP(CellTextProperty, packed_cells_come_back, (const std::vector<std::string>& cells)) {
  const std::vector<std::string_view> views(cells.begin(), cells.end());
  RC_ASSERT(unpack_cells(pack_cells(views)) == cells);
}

// tests/node/paths.golden: what Google's own client sent.
TEST(Paths, are_those_of_googles_own_client) {
  std::ifstream golden(std::string(SV_SOURCE_DIR) + "/tests/node/paths.golden");
  std::set<std::string> theirs;
  for (std::string line; std::getline(golden, line);) theirs.insert(line.substr(0, line.find('?')));
  ASSERT_GT(theirs.size(), 10U);
  for (const char* title : {"2025", "P1", "Отчёт 1/2: it's!", "a:b"}) {
    const std::string ours = "GET /v4/spreadsheets/ID/values/" + percent_encode(a1_range(title, 1, 2, 0, 1));
    EXPECT_TRUE(theirs.contains(ours)) << ours;
  }
  EXPECT_TRUE(theirs.contains("POST /v4/spreadsheets/ID:batchUpdate"));
  EXPECT_TRUE(theirs.contains("GET /v4/spreadsheets/ID/values:batchGet"));
}

TEST(Paths, columns_and_rows_are_quoted_too) {
  EXPECT_EQ(a1_column("it's", 27), "'it''s'!AB:AB");
  EXPECT_EQ(a1_rows("P1", 1, 1), "'P1'!1:1");
}

}  // namespace
}  // namespace sv::sheets
