#include "prompt/rulebook_date.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace sv::prompt {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::year_month_day kFriday = 2026y / 11 / 27;

TEST(RulebookDate, is_found_however_it_is_written) {
  for (const char* date : {"2026-11-27", "27.11.2026", "27.11.26", "27/11/2026", "11/27/2026",
                           "27 November 2026", "27 Nov 2026", "November 27, 2026", "Nov 27, 2026",
                           "27 ноября 2026", "2026-11-23" /* Monday */, "29.11.2026" /* Sunday */}) {
    const auto found =
        find_date_of_this_week("Be brief.\nToday is " + std::string(date) + ".\nNo blame.\n", kFriday);
    ASSERT_TRUE(found.has_value()) << date;
    EXPECT_EQ(found->number, 2U) << date;
    EXPECT_EQ(found->date, date);
  }
}

TEST(RulebookDate, of_another_week_or_of_none_stays) {
  for (const char* line : {"2026-11-22", "30.11.2026", "until 2027-11-27", "v127.11.2026", "27.11.20267",
                           "version 27.11", "27 ноября", ""}) {
    EXPECT_FALSE(find_date_of_this_week(line, kFriday).has_value()) << line;
  }
  EXPECT_FALSE(find_date_of_this_week("", kFriday).has_value());
}

TEST(RulebookDate, of_a_week_over_the_turn_of_the_year_is_found) {
  EXPECT_TRUE(find_date_of_this_week("since 28.12.2026", 2027y / 1 / 1).has_value());
  EXPECT_TRUE(find_date_of_this_week("by 2027-01-03", 2026y / 12 / 31).has_value());
}

RC_GTEST_PROP(RulebookDateProperty, any_text_is_searched, (const std::string& rules)) {
  const auto found = find_date_of_this_week(rules, kFriday);
  if (found) RC_ASSERT(rules.contains(found->date));
}

}  // namespace
}  // namespace sv::prompt
