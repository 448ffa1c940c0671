#include "engine/check_date.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace sv::engine {

namespace {

std::optional<unsigned> read_number(std::string_view& text, std::size_t min_digits, std::size_t max_digits) {
  unsigned value = 0;
  const std::string_view field = text.substr(0, max_digits);
  const auto [end, error] = std::from_chars(field.begin(), field.end(), value);
  const auto digits = static_cast<std::size_t>(end - field.begin());
  if (error != std::errc() || digits < min_digits) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool skip(std::string_view& text, char expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

// What may follow a date: nothing, or " 9:30", "T09:30:00".
bool is_time_of_day(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != ' ' && text.front() != 'T') return false;
  text.remove_prefix(1);
  const auto hour = read_number(text, 1, 2);
  if (!hour || *hour > 23 || !skip(text, ':')) return false;
  const auto minute = read_number(text, 2, 2);
  if (!minute || *minute > 59) return false;
  if (text.empty()) return true;
  if (!skip(text, ':')) return false;
  const auto second = read_number(text, 2, 2);
  return second && *second <= 60 && text.empty();
}

}  // namespace

std::optional<std::chrono::year_month_day> read_check_date(std::string_view text) {
  text = trim(text);
  std::optional<unsigned> year;
  std::optional<unsigned> month;
  std::optional<unsigned> day;
  if (text.size() > 4 && text[4] == '-') {
    year = read_number(text, 4, 4);
    if (!year || !skip(text, '-')) return std::nullopt;
    month = read_number(text, 2, 2);
    if (!month || !skip(text, '-')) return std::nullopt;
    day = read_number(text, 2, 2);
  } else {
    day = read_number(text, 1, 2);
    if (!day || !skip(text, '.')) return std::nullopt;
    month = read_number(text, 1, 2);
    if (!month || !skip(text, '.')) return std::nullopt;
    year = read_number(text, 4, 4);
  }
  if (!year || !month || !day || !is_time_of_day(text)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::chrono::sys_days monday_of(std::chrono::sys_days day) {
  return day - (std::chrono::weekday(day) - std::chrono::Monday);
}

bool is_check_due(std::string_view check_date, std::chrono::sys_days today) {
  const std::optional<std::chrono::year_month_day> checked = read_check_date(check_date);
  return !checked || std::chrono::sys_days(*checked) < monday_of(today);
}

}  // namespace sv::engine
