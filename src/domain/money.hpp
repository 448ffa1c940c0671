// Amounts of money: exact, never floating point.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::domain {

// Three letters of ISO 4217.
class Currency {
 public:
  constexpr Currency() = default;  // US dollars: what nearly all providers bill in
  // Nothing unless `code` is three capital letters.
  static std::optional<Currency> parse(std::string_view code);

  std::string_view code() const { return {code_.data(), code_.size()}; }
  bool operator==(const Currency&) const = default;

 private:
  std::array<char, 3> code_ = {'U', 'S', 'D'};
};

// Counted in 10⁻¹² of the currency's unit, because then a price of $0.000001 per million tokens is a whole
// number for each token, and every sum is exact. Holds up to nine million units; a sum beyond that stays
// there.
class Money {
 public:
  static constexpr std::int64_t kPerUnit = 1'000'000'000'000;

  constexpr Money() = default;
  constexpr Money(std::int64_t trillionths, Currency currency)
      : trillionths_(trillionths), currency_(currency) {}

  std::int64_t trillionths() const { return trillionths_; }
  Currency currency() const { return currency_; }
  bool is_zero() const { return trillionths_ == 0; }

  // Of the same currency (asserted).
  Money& operator+=(const Money& other);
  bool operator==(const Money&) const = default;

 private:
  std::int64_t trillionths_ = 0;
  Currency currency_;
};

// "0.041234": the exact amount with a point, without needless zeros and without the currency.
std::string to_decimal(const Money& amount);

// What was spent, by currency: amounts of two currencies do not add up.
class Costs {
 public:
  void add(const Money& amount);
  // In the order in which the currencies first came.
  const std::vector<Money>& amounts() const { return amounts_; }
  bool is_empty() const { return amounts_.empty(); }

 private:
  std::vector<Money> amounts_;
};

}  // namespace sv::domain
