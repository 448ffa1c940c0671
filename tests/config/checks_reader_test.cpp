#include "config/checks_reader.hpp"

#include "config/settings_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sv::config {
namespace {

using testing::ElementsAre;

class ChecksOfSettings : public SettingsTest {};

TEST_F(ChecksOfSettings, are_read_with_everything_that_they_may_have) {
  const Settings settings = load(std::string(kMinimal) + R"(ask_model: unless_failed
checks:
  - id: S1
    column: status
    allowed: [Green, Amber]
    ignore_case: true
    severity: critical
    message: Which colour?
  - {id: D1, column: completion_date, date: DD.MM.YYYY, not_before: monday-1w, not_after: 2027-12-31}
  - id: C1
    column: Comment
    required: yes
    sections: ["Done:", "Plan:"]
    min_length: 20
    max_length: 2000
    forbidden: [TBD, as planned]
    unchanged_days: 7
)");
  EXPECT_TRUE(settings.checks.ask_only_if_passed);
  const auto& checks = settings.checks.list;
  ASSERT_EQ(checks.size(), 3U);
  EXPECT_EQ(checks[0].id, "S1");
  EXPECT_EQ(checks[0].column, domain::CheckedColumn::status);
  EXPECT_THAT(checks[0].allowed, ElementsAre("Green", "Amber"));
  EXPECT_TRUE(checks[0].ignores_case);
  EXPECT_EQ(checks[0].severity, domain::Severity::critical);
  EXPECT_EQ(checks[0].message, "Which colour?");
  EXPECT_THAT(checks[1].date_formats, ElementsAre("DD.MM.YYYY"));
  EXPECT_EQ(checks[1].not_before->text(), "monday-7d");
  EXPECT_EQ(checks[1].not_after->text(), "2027-12-31");
  EXPECT_EQ(checks[2].severity, domain::Severity::major);
  EXPECT_TRUE(checks[2].is_required);
  EXPECT_THAT(checks[2].sections, ElementsAre("Done:", "Plan:"));
  EXPECT_EQ(checks[2].min_length, 20U);
  EXPECT_EQ(checks[2].max_length, 2000U);
  EXPECT_THAT(checks[2].forbidden, ElementsAre("TBD", "as planned"));
  EXPECT_EQ(checks[2].unchanged_days, 7U);
}

TEST_F(ChecksOfSettings, are_none_and_the_model_is_always_asked_unless_told) {
  const Settings settings = load(kMinimal);
  EXPECT_TRUE(settings.checks.list.empty());
  EXPECT_FALSE(settings.checks.ask_only_if_passed);
}

TEST(DayRules, are_days_or_move_with_today) {
  for (const char* good : {"2026-12-31", "today", "monday", "today-7d", "today+90d"}) {
    ASSERT_TRUE(parse_day_rule(good)) << good;
    EXPECT_EQ(parse_day_rule(good)->text(), good);
  }
  EXPECT_EQ(parse_day_rule("monday+2w")->text(), "monday+14d");
  for (const char* bad : {"", "friday", "today7d", "today+", "today+d", "today+7", "today+7m", "2026-13-01",
                          "today+99999d", "today--1d", "monday +1d"}) {
    EXPECT_FALSE(parse_day_rule(bad)) << bad;
  }
}

}  // namespace
}  // namespace sv::config
