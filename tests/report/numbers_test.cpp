#include "report/numbers.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
constexpr Language kEn = Language::english;
constexpr Language kRu = Language::russian;

std::string with_plain_spaces(std::string text) {
  constexpr std::string_view kNarrow = "\u202f";
  for (std::size_t at = text.find(kNarrow); at != std::string::npos; at = text.find(kNarrow)) {
    text.replace(at, kNarrow.size(), " ");
  }
  return text;
}

TEST(Numbers, are_grouped_by_thousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1\u202f000");
  EXPECT_EQ(with_plain_spaces(grouped(12'345'678)), "12 345 678");
  EXPECT_EQ(with_plain_spaces(grouped(std::numeric_limits<std::uint64_t>::max())),
            "18 446 744 073 709 551 615");
}

RC_GTEST_PROP(Numbers, grouping_only_adds_spaces, (std::uint64_t number)) {
  std::string digits = with_plain_spaces(grouped(number));
  std::erase(digits, ' ');
  RC_ASSERT(digits == std::to_string(number));
}

TEST(Numbers, compact_ones_have_a_unit) {
  EXPECT_EQ(compact(999, kEn), "999");
  EXPECT_EQ(compact(1'000, kEn), "1.0k");
  EXPECT_EQ(compact(84'449, kEn), "84.4k");
  EXPECT_EQ(compact(845'200, kEn), "845k");
  EXPECT_EQ(compact(999'499, kEn), "999k");
  EXPECT_EQ(compact(999'500, kEn), "1.0M");
  EXPECT_EQ(compact(1'234'567, kEn), "1.2M");
  EXPECT_EQ(compact(12'345'678'901, kEn), "12.3G");
  EXPECT_EQ(compact(84'449, kRu), "84,4 тыс.");
  EXPECT_EQ(compact(1'234'567, kRu), "1,2 млн");
}

TEST(Numbers, durations_have_two_units_at_most) {
  EXPECT_EQ(duration_text(-1s, kEn), "0 s");
  EXPECT_EQ(duration_text(0s, kEn), "0 s");
  EXPECT_EQ(duration_text(850ms, kEn), "850 ms");
  EXPECT_EQ(duration_text(999'600us, kEn), "1.0 s");
  EXPECT_EQ(duration_text(2'449ms, kEn), "2.4 s");
  EXPECT_EQ(duration_text(9'960ms, kEn), "10 s");
  EXPECT_EQ(duration_text(59'499ms, kEn), "59 s");
  EXPECT_EQ(duration_text(59'600ms, kEn), "1 min 00 s");
  EXPECT_EQ(duration_text(3'599s, kEn), "59 min 59 s");
  EXPECT_EQ(duration_text(2h + 3min + 59s, kEn), "2 h 03 min");
  EXPECT_EQ(duration_text(76h, kEn), "3 d 04 h");
  EXPECT_EQ(duration_text(2'449ms, kRu), "2,4 с");
  EXPECT_EQ(duration_text(65s, kRu), "1 мин 05 с");
}

TEST(Numbers, guessed_durations_are_whole_seconds_rounded_up) {
  EXPECT_EQ(rough_duration_text(0s, kEn), "0 s");
  EXPECT_EQ(rough_duration_text(-5s, kEn), "0 s");
  EXPECT_EQ(rough_duration_text(2'001ms, kEn), "3 s");
  EXPECT_EQ(rough_duration_text(59'001ms, kRu), "1 мин 00 с");
}

TEST(Numbers, shares_are_zero_or_whole_only_when_exactly_so) {
  EXPECT_EQ(percent(0, kEn), "0 %");
  EXPECT_EQ(percent(0.00001, kEn), "0.1 %");
  EXPECT_EQ(percent(0.4321, kEn), "43.2 %");
  EXPECT_EQ(percent(0.99999, kEn), "99.9 %");
  EXPECT_EQ(percent(1, kEn), "100 %");
  EXPECT_EQ(percent(0.4321, kRu), "43,2 %");
}

TEST(Numbers, money_keeps_two_useful_digits) {
  const auto dollars = [](double amount) {
    return domain::Money(static_cast<std::int64_t>(amount * 1e12), domain::Currency());
  };
  EXPECT_EQ(money_text(dollars(0), kEn), "$0");
  EXPECT_EQ(money_text(dollars(12.345), kEn), "$12.35");
  EXPECT_EQ(money_text(dollars(0.5), kEn), "$0.50");
  EXPECT_EQ(money_text(dollars(0.0999), kEn), "$0.10");
  EXPECT_EQ(money_text(dollars(0.0994), kEn), "$0.099");
  EXPECT_EQ(money_text(dollars(0.00421), kRu), "$0,0042");
  EXPECT_EQ(money_text(domain::Money(1, domain::Currency()), kEn), "$0.000000000001");
  EXPECT_EQ(money_text(domain::Money(7'500'000'000'000, *domain::Currency::parse("RUB")), kRu), "7,50 RUB");
}

TEST(Numbers, rates_keep_useful_digits) {
  EXPECT_EQ(rate_text(0, kEn), "0");
  EXPECT_EQ(rate_text(0.523, kEn), "0.52");
  EXPECT_EQ(rate_text(7.44, kRu), "7,4");
  EXPECT_EQ(rate_text(84.2, kEn), "84.2");
  EXPECT_EQ(rate_text(12'300.4, kEn), "12\u202f300");
  EXPECT_EQ(rate_text(std::numeric_limits<double>::quiet_NaN(), kEn), "0");
}

}  // namespace
}  // namespace sv::report
