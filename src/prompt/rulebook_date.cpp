#include "prompt/rulebook_date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace sv::prompt {

namespace {

constexpr std::array<std::string_view, 12> kEnglishMonths = {"January",   "February", "March",    "April",
                                                             "May",       "June",     "July",     "August",
                                                             "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 12> kRussianMonths = {"января",   "февраля", "марта",  "апреля",
                                                             "мая",      "июня",    "июля",   "августа",
                                                             "сентября", "октября", "ноября", "декабря"};

std::vector<std::string> spellings(std::chrono::year_month_day date) {
  const int year = static_cast<int>(date.year());
  const unsigned month = static_cast<unsigned>(date.month());
  const unsigned day = static_cast<unsigned>(date.day());
  const std::string_view english = kEnglishMonths[month - 1];
  const std::string_view short_english = english.substr(0, 3);
  return {fmt::format("{}-{:02}-{:02}", year, month, day),
          fmt::format("{:02}.{:02}.{}", day, month, year),
          fmt::format("{:02}.{:02}.{:02}", day, month, year % 100),
          fmt::format("{:02}/{:02}/{}", day, month, year),
          fmt::format("{:02}/{:02}/{}", month, day, year),
          fmt::format("{} {} {}", day, english, year),
          fmt::format("{} {} {}", day, short_english, year),
          fmt::format("{} {}, {}", english, day, year),
          fmt::format("{} {}, {}", short_english, day, year),
          fmt::format("{} {} {}", day, kRussianMonths[month - 1], year)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "27.11.20261" and "127.11.2026" are no dates.
bool stands_alone(std::string_view line, std::size_t at, std::size_t size) {
  if (at > 0 && is_digit(line[at - 1]) && is_digit(line[at])) return false;
  const std::size_t end = at + size;
  return end >= line.size() || !is_digit(line[end]);
}

bool has(std::string_view line, std::string_view date) {
  for (std::size_t at = line.find(date); at != std::string_view::npos; at = line.find(date, at + 1)) {
    if (stands_alone(line, at, date.size())) return true;
  }
  return false;
}

}  // namespace

std::optional<DatedLine> find_date_of_this_week(std::string_view rules, std::chrono::year_month_day today) {
  const std::chrono::sys_days now = today;
  const std::chrono::sys_days monday = now - (std::chrono::weekday(now) - std::chrono::Monday);
  std::vector<std::string> dates;
  for (int day = 0; day < 7; ++day) {
    for (std::string& date : spellings(monday + std::chrono::days(day))) dates.push_back(std::move(date));
  }
  // The longest first: 27.11.2026 is told as that, not as the 27.11.20 in it.
  std::ranges::sort(dates, std::ranges::greater(), &std::string::size);
  for (std::size_t number = 1; !rules.empty(); ++number) {
    const std::string_view line = rules.substr(0, rules.find('\n'));
    rules.remove_prefix(std::min(rules.size(), line.size() + 1));
    for (const std::string& date : dates) {
      if (has(line, date)) return DatedLine{.number = number, .date = date};
    }
  }
  return std::nullopt;
}

}  // namespace sv::prompt
