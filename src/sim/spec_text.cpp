#include "sim/spec_text.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace sv::sim {

namespace {

constexpr double kLongestSeconds = 86'400;

// The number at the start of `text`, which is then shortened to what follows.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !(value >= 0)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 5> kUnits{
      {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}, {"m", 60.0}, {"min", 60.0}}};
  std::string_view rest = trim(text);
  const std::optional<double> number = take_number(rest);
  if (number && rest.empty() && *number == 0) return Duration::zero();
  for (const auto& [unit, seconds] : kUnits) {
    if (number && rest == unit && *number * seconds <= kLongestSeconds)
      return from_seconds(*number * seconds);
  }
  return fail(ErrorKind::invalid_input,
              fmt::format("`{}` is not a duration: write for example 200ms, 1.5s or 2m (at most one day)",
                          shorten(text, 40)));
}

Result<double> parse_share(std::string_view text) {
  std::string_view rest = trim(text);
  const std::optional<double> number = take_number(rest);
  if (number && rest == "%" && *number <= 100) return *number / 100;
  return fail(ErrorKind::invalid_input,
              fmt::format("`{}` is not a share: write a percentage from 0% to 100%, for example 2.5%",
                          shorten(text, 40)));
}

}  // namespace sv::sim
