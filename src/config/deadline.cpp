#include "config/deadline.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <charconv>

namespace sv::config {

namespace {

// Exactly so many digits at the beginning of `text`, taken off it.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || value < 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::optional<std::chrono::year_month_day> take_date(std::string_view& text) {
  const std::optional<int> year = take_digits(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const std::optional<int> month = take_digits(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const std::optional<int> day = take_digits(text, 2);
  if (!day || !(take(text, " ") || take(text, "T"))) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

}  // namespace

std::optional<DeadlineSetting> parse_deadline(std::string_view text) {
  text = trim(text);
  DeadlineSetting deadline;
  if (text.find('-') != std::string_view::npos) {
    deadline.date = take_date(text);
    if (!deadline.date) return std::nullopt;
  }
  const std::optional<int> hours = take_digits(text, text.find(':') == 1 ? 1 : 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const std::optional<int> minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  deadline.since_midnight = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return deadline;
}

WallTime DeadlineSetting::after(WallTime now) const {
  if (date) return at_local_time(*date, since_midnight);
  std::chrono::sys_days day(local_date(now));
  for (;; day += std::chrono::days(1)) {
    const WallTime when = at_local_time(std::chrono::year_month_day(day), since_midnight);
    if (when > now) return when;
  }
}

}  // namespace sv::config
