#include "domain/money.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <limits>

namespace sv::domain {

std::optional<Currency> Currency::parse(std::string_view code) {
  Currency currency;
  if (code.size() != currency.code_.size()) return std::nullopt;
  if (!std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; })) return std::nullopt;
  std::ranges::copy(code, currency.code_.begin());
  return currency;
}

Money& Money::operator+=(const Money& other) {
  SV_ASSERT(currency_ == other.currency_, "amounts of two currencies do not add up");
  if (__builtin_add_overflow(trillionths_, other.trillionths_, &trillionths_)) {
    trillionths_ = other.trillionths_ < 0 ? std::numeric_limits<std::int64_t>::min()
                                          : std::numeric_limits<std::int64_t>::max();
  }
  return *this;
}

std::string to_decimal(const Money& amount) {
  constexpr std::size_t kDigits = 12;  // of Money::kPerUnit
  const std::int64_t value = amount.trillionths();
  const std::uint64_t magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  constexpr auto kPerUnit = static_cast<std::uint64_t>(Money::kPerUnit);
  std::string fraction = std::to_string(magnitude % kPerUnit);
  fraction.insert(0, kDigits - fraction.size(), '0');
  fraction.resize(fraction.find_last_not_of('0') + 1);  // npos + 1 = 0: all zeros
  std::string text = (value < 0 ? "-" : "") + std::to_string(magnitude / kPerUnit);
  if (!fraction.empty()) text += "." + fraction;
  return text;
}

void Costs::add(const Money& amount) {
  const auto same = std::ranges::find(amounts_, amount.currency(), &Money::currency);
  if (same == amounts_.end()) {
    amounts_.push_back(amount);
  } else {
    *same += amount;
  }
}

}  // namespace sv::domain
