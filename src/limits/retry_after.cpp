#include "limits/retry_after.hpp"

#include "base/text.hpp"
#include "limits/http_date.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace sv::limits {

namespace {

struct Unit {
  std::string_view name;
  double seconds;
};

// A longer name stands before its own beginning: "ms" is not "m" and an "s".
constexpr std::array kUnits{
    Unit{"milliseconds", 1e-3},
    Unit{"millisecond", 1e-3},
    Unit{"ms", 1e-3},
    Unit{"minutes", 60},
    Unit{"minute", 60},
    Unit{"min", 60},
    Unit{"m", 60},
    Unit{"seconds", 1},
    Unit{"second", 1},
    Unit{"sec", 1},
    Unit{"s", 1},
    Unit{"hours", 3600},
    Unit{"hour", 3600},
    Unit{"h", 3600},
    Unit{"days", 86400},
    Unit{"day", 86400},
    Unit{"d", 86400},
    Unit{"us", 1e-6},
    Unit{"µs", 1e-6},
    Unit{"ns", 1e-9},
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Duration> clamped(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return std::nullopt;
  if (seconds >= to_seconds(kLongestHint)) return kLongestHint;
  return std::chrono::nanoseconds(std::llround(seconds * 1e9));
}

// Takes an unsigned decimal number ("8", "8.71") off the front.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> take_unit(std::string_view& text) {
  std::string_view rest = text;
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  for (const Unit& unit : kUnits) {
    if (!rest.starts_with(unit.name)) continue;
    const std::string_view after = rest.substr(unit.name.size());
    if (!after.empty() && is_letter(after.front())) continue;
    text = after;
    return unit.seconds;
  }
  return std::nullopt;
}

// Takes number-unit pairs off the front, as long as the units get smaller.
std::optional<double> take_duration(std::string_view& text) {
  std::optional<double> total;
  double smallest_unit = INFINITY;
  for (;;) {
    std::string_view rest = text;
    const std::optional<double> number = take_number(rest);
    if (!number) return total;
    const std::optional<double> unit = take_unit(rest);
    if (!unit || *unit >= smallest_unit) return total;
    smallest_unit = *unit;
    total = total.value_or(0) + *number * *unit;
    text = rest;
  }
}

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  // 1e999 is a number too, only a very large one; and 1e-999 a very small one.
  if (error == std::errc::result_out_of_range) {
    if (text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos) return 0.0;
    return text.front() == '-' ? -1.0 : to_seconds(kLongestHint);
  }
  if (error != std::errc()) return std::nullopt;
  return value;
}

// The text after the first `phrase` (lower-case) in any case; nothing when it does not occur.
std::optional<std::string_view> after_phrase(std::string_view text, std::string_view phrase) {
  for (std::size_t at = 0; at + phrase.size() <= text.size(); ++at) {
    std::size_t matched = 0;
    while (matched < phrase.size() && lower_ascii(text[at + matched]) == phrase[matched]) ++matched;
    if (matched == phrase.size()) return text.substr(at + phrase.size());
  }
  return std::nullopt;
}

std::optional<Duration> find_retry_info(std::string_view message) {
  std::optional<std::string_view> rest = after_phrase(message, "\"retrydelay\"");
  if (!rest) return std::nullopt;
  const std::size_t start = rest->find_first_not_of(" \t\r\n:\"");
  if (start == std::string_view::npos) return std::nullopt;
  const std::string_view value = rest->substr(start);
  return parse_duration(value.substr(0, value.find_first_of("\"},")));
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  text = trim(text);
  std::string_view rest = text;
  if (const std::optional<double> seconds = take_duration(rest); seconds && rest.empty()) {
    return clamped(*seconds);
  }
  rest = text;
  if (const std::optional<double> seconds = take_number(rest); seconds && rest.empty()) {
    return clamped(*seconds);
  }
  return std::nullopt;
}

std::optional<Duration> parse_retry_after(std::optional<std::string_view> retry_after_ms,
                                          std::optional<std::string_view> retry_after, WallTime now) {
  if (retry_after_ms) {
    const std::optional<double> number = parse_number(*retry_after_ms);
    const std::optional<Duration> wait = number ? clamped(*number / 1e3) : std::nullopt;
    if (wait) return wait;
  }
  if (!retry_after) return std::nullopt;
  if (const std::optional<double> number = parse_number(*retry_after)) return clamped(*number);
  const std::optional<WallTime> date = parse_http_date(*retry_after, now);
  if (!date) return std::nullopt;
  if (*date <= now) return Duration::zero();
  // Compared as milliseconds: the year 9999 does not fit nanoseconds.
  if (*date - now >= std::chrono::floor<std::chrono::milliseconds>(kLongestHint)) return kLongestHint;
  return *date - now;
}

std::optional<Duration> find_try_again(std::string_view message) {
  if (const std::optional<Duration> wait = find_retry_info(message)) return wait;
  for (const std::string_view phrase : {"try again in ", "retry after ", "retry in "}) {
    std::optional<std::string_view> rest = after_phrase(message, phrase);
    if (!rest) continue;
    if (const std::optional<double> seconds = take_duration(*rest)) return clamped(*seconds);
  }
  return std::nullopt;
}

}  // namespace sv::limits
