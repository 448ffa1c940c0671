#include "engine/check_date.hpp"

#include <gtest/gtest.h>

namespace sv::engine {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr sys_days kWednesday = sys_days(2026y / 11 / 25);

TEST(CheckDate, reads_the_forms_that_reviews_and_spreadsheets_use) {
  const std::optional day(2026y / 11 / 25);
  for (const char* text : {"25.11.2026 09:30", " 25.11.2026 ", "25.11.2026 9:30:05", "2026-11-25",
                           "2026-11-25 09:30", "2026-11-25T09:30:00"}) {
    EXPECT_EQ(read_check_date(text), day) << text;
  }
  EXPECT_EQ(read_check_date("1.2.2026"), std::optional(2026y / 2 / 1));
}

TEST(CheckDate, does_not_guess) {
  for (const char* text : {"",
                           "yesterday",
                           "25.11",
                           "25.11.26",
                           "31.02.2026",
                           "25/11/2026",
                           "25.11.2026 25:00",
                           "25.11.2026 09:3x",
                           "2026-13-01",
                           "0.1.2026",
                           "25.11.2026 and more",
                           "2026-11",
                           "20x6-11-25",
                           "2026-1x-25",
                           "2026-11_25",
                           "2026-11-x5",
                           "x5.11.2026",
                           "25-11.2026",
                           "25.xx.2026",
                           "25.11-2026",
                           "25.11.20x6",
                           "25.11.2026_09:30",
                           "25.11.2026 9",
                           "25.11.2026 xx:30",
                           "25.11.2026 09-30",
                           "25.11.2026 09:60",
                           "25.11.2026 09:30-05",
                           "25.11.2026 09:30:5",
                           "25.11.2026 09:30:61",
                           "25.11.2026 09:30:05.5"}) {
    EXPECT_EQ(read_check_date(text), std::nullopt) << text;
  }
}

TEST(CheckDate, the_iso_week_begins_on_monday) {
  EXPECT_EQ(monday_of(kWednesday), sys_days(2026y / 11 / 23));
  EXPECT_EQ(monday_of(sys_days(2026y / 11 / 23)), sys_days(2026y / 11 / 23));
  EXPECT_EQ(monday_of(sys_days(2026y / 11 / 29)), sys_days(2026y / 11 / 23));
  EXPECT_EQ(monday_of(sys_days(2027y / 1 / 1)), sys_days(2026y / 12 / 28));
}

TEST(CheckDate, is_due_when_missing_unreadable_or_before_this_week) {
  EXPECT_TRUE(is_check_due("", kWednesday));
  EXPECT_TRUE(is_check_due("soon", kWednesday));
  EXPECT_TRUE(is_check_due("22.11.2026 23:59", kWednesday));
  EXPECT_FALSE(is_check_due("23.11.2026 00:00", kWednesday));
  EXPECT_FALSE(is_check_due("25.11.2026 09:30", kWednesday));
  EXPECT_FALSE(is_check_due("01.01.2027", kWednesday)) << "a clock that went wrong is no reason to pay again";
}

}  // namespace
}  // namespace sv::engine
