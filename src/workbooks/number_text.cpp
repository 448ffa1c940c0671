#include "workbooks/number_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sv::workbooks {

namespace {

using Kind = NumberFormat::Kind;

constexpr double kSecondsPerDay = 86'400;
constexpr double kLastDay = 2'958'465;  // 9999-12-31
constexpr std::size_t kMostDecimals = 15;
// Day 60 of the 1900 system is a 29 February that never was; from day 61 on this epoch is right.
constexpr std::chrono::sys_days kEpoch1900{std::chrono::year(1899) / 12 / 30};
constexpr std::chrono::sys_days kEpoch1904{std::chrono::year(1904) / 1 / 1};
constexpr double kPhantomDay = 60;

std::string general(double value) {
  // Whole numbers keep all their digits as far as a double has them.
  std::string text = fmt::format("{:.15g}", value);
  return text == "-0" ? "0" : text;
}

std::string time_of_day(std::chrono::seconds seconds) {
  const std::chrono::hh_mm_ss time(seconds);
  if (time.seconds().count() == 0)
    return fmt::format("{:02}:{:02}", time.hours().count(), time.minutes().count());
  return fmt::format("{:02}:{:02}:{:02}", time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::string day_text(double value, Kind kind, bool is_1904) {
  if (!(value >= 0) || value > kLastDay) return general(value);
  double whole = std::floor(value);
  auto seconds = std::chrono::seconds(std::llround((value - whole) * kSecondsPerDay));
  if (seconds.count() >= static_cast<long>(kSecondsPerDay)) {  // rounded up to the next day
    whole += 1;
    seconds = std::chrono::seconds(0);
  }
  // A format of a day for less than a day, or one of a time, shows no date.
  if (kind == Kind::time || (whole == 0 && !is_1904)) return time_of_day(seconds);
  if (!is_1904 && whole < kPhantomDay) whole += 1;
  const std::chrono::sys_days day =
      (is_1904 ? kEpoch1904 : kEpoch1900) + std::chrono::days(static_cast<int>(whole));
  const std::chrono::year_month_day date(day);
  std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  if (kind == Kind::date_time && seconds.count() != 0) text += " " + time_of_day(seconds);
  return text;
}

}  // namespace

NumberFormat parse_number_format(std::string_view code) {
  bool has_day = false;
  bool has_time = false;
  bool has_percent = false;
  bool has_digit = false;
  bool is_after_point = false;
  std::size_t decimals = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = lower_ascii(code[i]);
    if (c == ';') break;
    if (c == '\\' || c == '_' || c == '*') {  // the next character is only shown, or is a width
      ++i;
    } else if (c == '"') {
      const std::size_t end = code.find('"', i + 1);
      i = end == std::string_view::npos ? code.size() : end;
    } else if (c == '[') {
      const std::size_t end = code.find(']', i + 1);
      const std::string_view inside = code.substr(i + 1, end == std::string_view::npos ? 0 : end - i - 1);
      // [h]:mm is a duration; [Red], [$-419] and conditions are not shown.
      if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos) has_time = true;
      i = end == std::string_view::npos ? code.size() : end;
    } else if (c == 'y' || c == 'd' || (c == 'm' && !has_time)) {
      has_day = true;  // an m before any h is a month
    } else if (c == 'h' || c == 's') {
      has_time = true;
    } else if (c == '%') {
      has_percent = true;
    } else if (c == '0' || c == '#' || c == '?') {
      has_digit = true;
      if (is_after_point) ++decimals;
    } else if (c == '.') {
      is_after_point = true;
    } else if (c == 'g' && code.substr(i).size() >= 7 && lower_ascii(code[i + 1]) == 'e') {
      return {};  // General, also in the middle of other text
    }
  }
  if (has_day) return {.kind = has_time ? Kind::date_time : Kind::date};
  if (has_time) return {.kind = Kind::time};
  if (has_percent) return {.kind = Kind::percent, .decimals = std::min(decimals, kMostDecimals)};
  if (has_digit) return {.kind = Kind::number, .decimals = std::min(decimals, kMostDecimals)};
  return {};
}

NumberFormat builtin_number_format(std::size_t id) {
  switch (id) {
    case 1:
    case 3:
    case 37:
    case 38:
      return {.kind = Kind::number};
    case 2:
    case 4:
    case 39:
    case 40:
      return {.kind = Kind::number, .decimals = 2};
    case 9:
      return {.kind = Kind::percent};
    case 10:
      return {.kind = Kind::percent, .decimals = 2};
    case 18:
    case 19:
    case 20:
    case 21:
    case 45:
    case 46:
    case 47:
      return {.kind = Kind::time};
    case 22:
      return {.kind = Kind::date_time};
    default:
      break;
  }
  // 27 to 36 and 50 to 58 are days in the calendars of East Asia.
  const bool is_day = (id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
  return {.kind = is_day ? Kind::date : Kind::general};
}

std::string number_text(double value, NumberFormat format, bool is_1904) {
  if (!std::isfinite(value)) return {};
  switch (format.kind) {
    case Kind::general:
      return general(value);
    case Kind::number:
      return fmt::format("{:.{}f}", value, format.decimals);
    case Kind::percent:
      return fmt::format("{:.{}f}%", value * 100, format.decimals);
    case Kind::date:
    case Kind::date_time:
    case Kind::time:
      return day_text(value, format.kind, is_1904);
  }
  return general(value);
}

}  // namespace sv::workbooks
