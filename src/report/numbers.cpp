#include "report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace sv::report {

namespace {

constexpr std::string_view kNarrowSpace = "\u202f";

struct UnitNames {
  std::string_view milliseconds, seconds, minutes, hours, days, thousand, million, billion;
};
constexpr UnitNames kEnglishUnits = {"ms", "s", "min", "h", "d", "k", "M", "G"};
constexpr UnitNames kRussianUnits = {"мс", "с", "мин", "ч", "д", " тыс.", " млн", " млрд"};

const UnitNames& units(Language language) {
  return language == Language::russian ? kRussianUnits : kEnglishUnits;
}

std::string decimal(double value, int places, Language language) {
  std::string text = fmt::format("{:.{}f}", value, places);
  if (language == Language::russian) std::ranges::replace(text, '.', ',');
  return text;
}

}  // namespace

std::string grouped(std::uint64_t number) {
  const std::string digits = fmt::format("{}", number);
  constexpr std::size_t kGroup = 3;
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % kGroup == 0) text += kNarrowSpace;
    text.push_back(digits[i]);
  }
  return text;
}

std::string money_text(const domain::Money& amount, Language language) {
  const bool is_dollars = amount.currency() == domain::Currency();
  const double value =
      static_cast<double>(amount.trillionths()) / static_cast<double>(domain::Money::kPerUnit);
  // Two digits that are not zero, however small the amount.
  int places = 2;
  for (double least = 0.0995; !amount.is_zero() && std::abs(value) < least && places < 12; least /= 10)
    ++places;
  const std::string number = amount.is_zero() ? "0" : decimal(value, places, language);
  return is_dollars ? "$" + number : fmt::format("{} {}", number, amount.currency().code());
}

std::string compact(std::uint64_t number, Language language) {
  const UnitNames& names = units(language);
  const auto value = static_cast<double>(number);
  // Numbers that would round up to 1000 of a unit are one of the next.
  const auto scaled = [&](double unit, std::string_view name) {
    const double count = value / unit;
    return decimal(count, count < 99.95 ? 1 : 0, language) + std::string(name);
  };
  if (number < 1'000) return fmt::format("{}", number);
  if (value < 999.5e3) return scaled(1e3, names.thousand);
  if (value < 999.5e6) return scaled(1e6, names.million);
  return scaled(1e9, names.billion);
}

std::string duration_text(Duration duration, Language language) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const UnitNames& names = units(language);
  const auto millis = std::max<std::int64_t>(std::chrono::round<milliseconds>(duration).count(), 0);
  if (millis == 0) return fmt::format("0 {}", names.seconds);
  if (millis < 1'000) return fmt::format("{} {}", millis, names.milliseconds);
  const auto tenths = (millis + 50) / 100;
  if (tenths < 100)
    return decimal(static_cast<double>(tenths) / 10, 1, language) + " " + std::string(names.seconds);
  const auto seconds = (millis + 500) / 1'000;
  if (seconds < 60) return fmt::format("{} {}", seconds, names.seconds);
  const auto minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{} {} {:02} {}", minutes, names.minutes, seconds % 60, names.seconds);
  const auto hours = minutes / 60;
  if (hours < 24) return fmt::format("{} {} {:02} {}", hours, names.hours, minutes % 60, names.minutes);
  return fmt::format("{} {} {:02} {}", hours / 24, names.days, hours % 24, names.hours);
}

std::string rough_duration_text(Duration duration, Language language) {
  const auto seconds = std::max(std::chrono::ceil<std::chrono::seconds>(duration), std::chrono::seconds(0));
  if (seconds < std::chrono::minutes(1))
    return fmt::format("{} {}", seconds.count(), units(language).seconds);
  return duration_text(seconds, language);
}

std::string percent(double share, Language language) {
  if (share <= 0.0) return "0 %";
  if (share >= 1.0) return "100 %";
  return decimal(std::clamp(share * 100, 0.1, 99.9), 1, language) + " %";
}

std::string rate_text(double per_second, Language language) {
  if (!(per_second > 0.0)) return "0";
  if (per_second < 0.995) return decimal(per_second, 2, language);
  if (per_second < 99.5) return decimal(per_second, 1, language);
  return grouped(static_cast<std::uint64_t>(std::llround(std::min(per_second, 1e15))));
}

}  // namespace sv::report
