#include "config/deadline.hpp"

#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

namespace sv::config {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

// The time zone of the process, for as long as it lives.
class Zone {
 public:
  explicit Zone(const char* name) {
    const char* was = std::getenv("TZ");
    if (was != nullptr) was_ = was;
    has_been_ = was != nullptr;
    setenv("TZ", name, 1);
    tzset();
  }
  ~Zone() {
    if (has_been_) setenv("TZ", was_.c_str(), 1);
    if (!has_been_) unsetenv("TZ");
    tzset();
  }

 private:
  std::string was_;
  bool has_been_ = false;
};

// Central European Time with its summer time, without the machine's files of zones.
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

WallTime utc(int year, unsigned month, unsigned day, std::chrono::minutes time) {
  return sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day)) + time;
}

WallTime after(std::string_view text, WallTime now) { return parse_deadline(text).value().after(now); }

TEST(Deadline, is_the_next_such_moment) {
  const Zone zone(kBerlin);
  const WallTime evening = utc(2026, 11, 29, 21h);  // 22:00 there
  EXPECT_EQ(after("09:00", evening), utc(2026, 11, 30, 8h));
  EXPECT_EQ(after("9:00", evening), utc(2026, 11, 30, 8h));
  EXPECT_EQ(after("22:30", evening), utc(2026, 11, 29, 21h + 30min));
  EXPECT_EQ(after("22:00", evening), utc(2026, 11, 30, 21h)) << "not this very moment";
  EXPECT_EQ(after("00:00", evening), utc(2026, 11, 29, 23h));
}

TEST(Deadline, may_have_a_date_and_then_may_have_passed) {
  const Zone zone(kBerlin);
  EXPECT_EQ(after("2026-12-01 09:00", utc(2026, 11, 29, 21h)), utc(2026, 12, 1, 8h));
  EXPECT_EQ(after("2026-07-01T09:00", utc(2026, 11, 29, 21h)), utc(2026, 7, 1, 7h)) << "summer time";
}

TEST(Deadline, on_the_days_when_the_clocks_are_changed) {
  const Zone zone(kBerlin);
  EXPECT_EQ(after("09:00", utc(2026, 10, 24, 20h)), utc(2026, 10, 25, 8h)) << "that night has an hour more";
  EXPECT_EQ(after("09:00", utc(2026, 3, 28, 20h)), utc(2026, 3, 29, 7h));
  EXPECT_EQ(after("02:30", utc(2026, 10, 24, 20h)), utc(2026, 10, 25, 0h + 30min)) << "the first of the two";
  EXPECT_EQ(after("02:30", utc(2026, 3, 28, 20h)), utc(2026, 3, 29, 1h + 30min)) << "03:30";
}

TEST(Deadline, where_there_is_no_summer_time) {
  const Zone zone("MSK-3");
  EXPECT_EQ(after("09:00", utc(2026, 7, 1, 12h)), utc(2026, 7, 2, 6h));
}

TEST(Deadline, anything_else_is_refused) {
  for (const char* text :
       {"", "9", "24:00", "09:60", "09:5", "09:00:00", "tomorrow", "2026-13-01 09:00", "2026-02-30 09:00",
        "2026-12-01", "01.12.2026 09:00", "-1:00", "+9:00", "09:00 x"}) {
    EXPECT_FALSE(parse_deadline(text)) << text;
  }
}

}  // namespace
}  // namespace sv::config
