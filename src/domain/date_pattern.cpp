#include "domain/date_pattern.hpp"

#include "base/text.hpp"

#include <cstddef>

namespace sv::domain {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The run of one letter at `at`.
std::string_view run_at(std::string_view pattern, std::size_t at) {
  std::size_t end = at;
  while (end < pattern.size() && pattern[end] == pattern[at]) ++end;
  return pattern.substr(at, end - at);
}

// Reads `least` to `most` digits.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  int value = 0;
  std::size_t count = 0;
  while (count < most && count < text.size() && is_digit(text[count]))
    value = value * 10 + (text[count++] - '0');
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

}  // namespace

std::string_view problem_of_pattern(std::string_view pattern) {
  int years = 0;
  int months = 0;
  int days = 0;
  for (std::size_t at = 0; at < pattern.size();) {
    if (!is_letter(pattern[at])) {
      ++at;
      continue;
    }
    const std::string_view run = run_at(pattern, at);
    if (run == "YYYY" || run == "YY") {
      ++years;
    } else if (run == "MM" || run == "M") {
      ++months;
    } else if (run == "DD" || run == "D") {
      ++days;
    } else {
      return "its letters must be YYYY or YY, MM or M, DD or D";
    }
    at += run.size();
  }
  return years == 1 && months == 1 && days == 1 ? "" : "it must name year, month and day once";
}

std::optional<std::chrono::sys_days> parse_day(std::string_view text, std::string_view pattern) {
  text = trim(text);
  int year = 0;
  int month = 0;
  int day = 0;
  for (std::size_t at = 0; at < pattern.size();) {
    if (!is_letter(pattern[at])) {
      if (text.empty() || text.front() != pattern[at]) return std::nullopt;
      text.remove_prefix(1);
      ++at;
      continue;
    }
    const std::string_view run = run_at(pattern, at);
    const bool is_short = run.size() == 1;
    const std::optional<int> number = take_number(text, run.size(), is_short ? 2 : run.size());
    if (!number) return std::nullopt;
    if (run.front() == 'Y') year = run.size() == 2 ? 2000 + *number : *number;
    if (run.front() == 'M') month = *number;
    if (run.front() == 'D') day = *number;
    at += run.size();
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!text.empty() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace sv::domain
