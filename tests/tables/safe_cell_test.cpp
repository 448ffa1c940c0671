#include "tables/safe_cell.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>

namespace sv::tables {
namespace {

std::string safe(std::string_view cell) { return (needs_safety_prefix(cell) ? "'" : "") + std::string(cell); }

std::string any_cell() {
  return *rc::gen::container<std::string>(
      rc::gen::element('=', '+', '-', '@', '\t', '\r', '\n', '\'', 'a', ' ', '\xEF', '\xBC', '\x8B'));
}

TEST(SafeCell, formulas_get_a_prefix) {
  for (const std::string_view cell :
       {"=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x",
        "=HYPERLINK(\"x\")", "-- a list", "@ojeda", "=cmd|' /C calc'!A0", "'=1", "''@x"}) {
    EXPECT_TRUE(needs_safety_prefix(cell)) << cell;
  }
}

TEST(SafeCell, ordinary_texts_get_none) {
  for (const std::string_view cell :
       {"", "a=1", " =1", "1-2", "• issue", "'quoted'", "'", "—", "Проект", "＿"}) {
    EXPECT_FALSE(needs_safety_prefix(cell)) << cell;
  }
}

RC_GTEST_PROP(SafeCell, the_prefix_comes_off_without_loss, ()) {
  const std::string cell = any_cell();
  RC_ASSERT(without_safety_prefix(safe(cell)) == cell);
}

RC_GTEST_PROP(SafeCell, no_written_cell_begins_dangerously, ()) {
  const std::string cell = safe(any_cell());
  RC_ASSERT(std::string_view("=+-@\t\r\n").find(cell.substr(0, 1)) == std::string_view::npos || cell.empty());
  RC_ASSERT(!cell.starts_with("＋"));
}

RC_GTEST_PROP(SafeCell, different_cells_are_written_differently, ()) {
  const std::string a = any_cell();
  const std::string b = any_cell();
  RC_PRE(a != b);
  RC_ASSERT(safe(a) != safe(b));
}

}  // namespace
}  // namespace sv::tables
