#include "limits/http_date.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <span>

namespace sv::limits {

namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t kMaxWords = 6;

// Words between spaces, commas and the hyphens of RFC 850; no more than `kMaxWords`.
std::size_t split(std::string_view text, std::span<std::string_view, kMaxWords> words) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(" ,-\t");
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    if (count == kMaxWords) return kMaxWords + 1;
    const std::size_t end = text.find_first_of(" ,-\t");
    words[count++] = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
  }
  return count;
}

std::optional<int> parse_digits(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<int>(value);
}

std::optional<unsigned> parse_month(std::string_view name) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (kMonths[i] == name) return static_cast<unsigned>(i + 1);
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const std::optional<int> hour = parse_digits(text.substr(0, 2));
  const std::optional<int> minute = parse_digits(text.substr(3, 2));
  const std::optional<int> second = parse_digits(text.substr(6, 2));
  // 60: a leap second.
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<WallTime> make_date(std::optional<int> year, std::string_view month_name,
                                  std::string_view day_text, std::string_view time_text) {
  const std::optional<unsigned> month = parse_month(month_name);
  const std::optional<int> day = parse_digits(day_text);
  const std::optional<std::chrono::seconds> time = parse_time_of_day(time_text);
  if (!year || !month || !day || !time) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + *time;
}

std::optional<int> full_year(std::string_view text, WallTime now) {
  std::optional<int> year = parse_digits(text);
  if (!year || text.size() != 2) return text.size() == 4 ? year : std::nullopt;
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int this_year = static_cast<int>(today.year());
  int candidate = this_year - this_year % 100 + *year;
  if (candidate > this_year + 50) candidate -= 100;
  return candidate;
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text, WallTime now) {
  std::array<std::string_view, kMaxWords> words;
  const std::size_t count = split(text, words);
  if (count == 6 && words[5] == "GMT")
    return make_date(full_year(words[3], now), words[2], words[1], words[4]);
  if (count == 5 && words[4].size() == 4)
    return make_date(parse_digits(words[4]), words[1], words[2], words[3]);
  return std::nullopt;
}

}  // namespace sv::limits
