#include "workbooks/number_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <charconv>
#include <string>

namespace sv::workbooks {
namespace {

using Kind = NumberFormat::Kind;

std::string shown(double value, std::string_view code) {
  return number_text(value, parse_number_format(code), false);
}

TEST(NumberText, days_are_told_from_numbers_by_their_format) {
  EXPECT_EQ(shown(45292, "dd.mm.yyyy"), "2024-01-01");
  EXPECT_EQ(shown(45292, "[$-419]d mmmm yyyy;@"), "2024-01-01");
  EXPECT_EQ(shown(45292, "yyyy\\-mm\\-dd"), "2024-01-01");
  EXPECT_EQ(shown(45292.5, "dd.mm.yyyy hh:mm"), "2024-01-01 12:00");
  EXPECT_EQ(shown(45292, "dd.mm.yyyy hh:mm"), "2024-01-01") << "no time, none shown";
  EXPECT_EQ(shown(45292.5, "dd.mm.yyyy"), "2024-01-01");
  EXPECT_EQ(shown(0.75, "hh:mm:ss"), "18:00");
  EXPECT_EQ(shown(45292, "General"), "45292");
  EXPECT_EQ(shown(45292, ""), "45292");
  EXPECT_EQ(shown(45292, "0"), "45292");
  EXPECT_EQ(shown(45292, "#,##0.00 \"days\""), "45292.00") << "a word in quotes is no format";
  EXPECT_EQ(shown(0.425, "0.0%"), "42.5%");
  EXPECT_EQ(shown(12, "[Red]0.0;[Blue]-0.0"), "12.0");
}

TEST(NumberText, the_calendar_of_1900_has_a_day_too_many_and_that_of_1904_begins_later) {
  EXPECT_EQ(shown(1, "yyyy-mm-dd"), "1900-01-01");
  EXPECT_EQ(shown(59, "yyyy-mm-dd"), "1900-02-28");
  EXPECT_EQ(shown(61, "yyyy-mm-dd"), "1900-03-01");
  EXPECT_EQ(number_text(0, {.kind = Kind::date}, true), "1904-01-01");
  EXPECT_EQ(shown(2'958'465, "yyyy-mm-dd"), "9999-12-31");
  EXPECT_EQ(shown(2'958'466, "yyyy-mm-dd"), "2958466") << "no such day";
  EXPECT_EQ(shown(-1, "yyyy-mm-dd"), "-1");
}

TEST(NumberText, general_numbers_have_no_tail) {
  EXPECT_EQ(number_text(0.1 + 0.2, {}, false), "0.3");
  EXPECT_EQ(number_text(1e15, {}, false), "1e+15");
  EXPECT_EQ(number_text(-0.0, {}, false), "0");
  EXPECT_EQ(number_text(1234567, {}, false), "1234567");
}

TEST(NumberText, formats_that_have_a_number_only) {
  EXPECT_EQ(builtin_number_format(14).kind, Kind::date);
  EXPECT_EQ(builtin_number_format(22).kind, Kind::date_time);
  EXPECT_EQ(builtin_number_format(10), (NumberFormat{.kind = Kind::percent, .decimals = 2}));
  EXPECT_EQ(builtin_number_format(49).kind, Kind::general);
  EXPECT_EQ(builtin_number_format(164).kind, Kind::general);
}

RC_GTEST_PROP(NumberText, whole_numbers_are_shown_whole, (std::int32_t value)) {
  RC_ASSERT(number_text(value, {}, false) == std::to_string(value));
}

RC_GTEST_PROP(NumberText, any_code_is_read_without_harm, (const std::string& code, double value)) {
  static_cast<void>(number_text(value, parse_number_format(code), false));
}

}  // namespace
}  // namespace sv::workbooks
