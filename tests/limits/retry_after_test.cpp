#include "limits/retry_after.hpp"

#include "limits/http_date.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + 9h;
const std::optional<Duration> kNothing;

std::optional<Duration> seconds_header(std::string_view text) {
  return parse_retry_after(std::nullopt, text, kNow);
}

TEST(RetryAfter, reads_every_form_of_the_headers) {
  EXPECT_EQ(seconds_header("7"), 7s);
  EXPECT_EQ(seconds_header(" 7 "), 7s);
  EXPECT_EQ(seconds_header("0.25"), 250ms);
  EXPECT_EQ(seconds_header("0"), 0s);
  EXPECT_EQ(parse_retry_after("1500", std::nullopt, kNow), 1500ms);
  EXPECT_EQ(parse_retry_after("12.5", std::nullopt, kNow), 12500us);
  EXPECT_EQ(seconds_header("Mon, 05 Jan 2026 09:00:42 GMT"), 42s);
  EXPECT_EQ(seconds_header("Monday, 05-Jan-26 09:01:00 GMT"), 60s);
  EXPECT_EQ(seconds_header("Mon Jan  5 09:00:30 2026"), 30s);
}

TEST(RetryAfter, prefers_milliseconds_unless_they_are_garbage) {
  EXPECT_EQ(parse_retry_after("300", "7", kNow), 300ms);
  EXPECT_EQ(parse_retry_after("soon", "7", kNow), 7s);
  EXPECT_EQ(parse_retry_after("-1", "7", kNow), 7s);
  EXPECT_EQ(parse_retry_after(std::nullopt, std::nullopt, kNow), kNothing);
}

TEST(RetryAfter, is_never_negative_and_never_longer_than_the_longest_hint) {
  EXPECT_EQ(seconds_header("-1"), kNothing);
  EXPECT_EQ(seconds_header("Mon, 05 Jan 2026 08:00:00 GMT"), 0s);
  EXPECT_EQ(seconds_header("1000000000000"), kLongestHint);
  EXPECT_EQ(seconds_header("1e999"), kLongestHint);
  EXPECT_EQ(seconds_header("1e-999"), 0s);
  EXPECT_EQ(seconds_header("-1e999"), kNothing);
  EXPECT_EQ(seconds_header("Fri, 31 Dec 9999 23:59:59 GMT"), kLongestHint);
}

TEST(RetryAfter, takes_garbage_for_no_hint) {
  for (const char* text : {"", " ", "soon", "nan", "inf", "7 apples", "Mon, 45 Jan 2026 09:00:00 GMT",
                           "Mon, 05 Foo 2026 09:00:00 GMT", "Mon, 05 Jan 2026 25:00:00 GMT",
                           "Mon, 05 Jan 2026 09:00:00", "Mon, 05 Jan 2026 09:00:00 GMT and more"}) {
    EXPECT_EQ(seconds_header(text), kNothing) << text;
  }
}

TEST(RetryAfter, reads_durations_as_rate_limit_headers_write_them) {
  EXPECT_EQ(parse_duration("6ms"), 6ms);
  EXPECT_EQ(parse_duration("8.64s"), 8640ms);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("1m30.951s"), 90951ms);
  EXPECT_EQ(parse_duration("6m0s"), 6min);
  EXPECT_EQ(parse_duration("17h23m5s"), 17h + 23min + 5s);
  EXPECT_EQ(parse_duration("2d"), 48h);
  EXPECT_EQ(parse_duration(" 12 "), 12s);
  for (const char* text : {"", "-1", "-1s", "s", "5x", "3s2m", "1m30", "5s!", "1 000s"}) {
    EXPECT_EQ(parse_duration(text), kNothing) << text;
  }
}

TEST(RetryAfter, finds_the_hint_in_an_error_text) {
  EXPECT_EQ(find_try_again(
                "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, "
                "Used 22999, Requested 12528. Please try again in 11.054s. Visit https://example.com."),
            11054ms);
  EXPECT_EQ(find_try_again("Limit 500, Used 500, Requested 1. Please try again in 120ms."), 120ms);
  EXPECT_EQ(find_try_again("please TRY AGAIN IN 8.71s"), 8710ms);
  EXPECT_EQ(find_try_again("Please try again in 1m30s."), 90s);
  EXPECT_EQ(find_try_again("Please retry after 6 seconds."), 6s);
  EXPECT_EQ(find_try_again("Please retry in 1m2.5s."), 62500ms);
  EXPECT_EQ(find_try_again(R"([{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo",)"
                           R"("retryDelay": "32s"}]}}])"),
            32s);
  EXPECT_EQ(find_try_again("Please try again in a moment, or retry after 3 seconds"), 3s);
}

TEST(RetryAfter, finds_nothing_where_nothing_is_said) {
  for (const char* text : {"", "try again in ", "Please try again later", "try again in -5s",
                           R"("retryDelay":)", R"("retryDelay": "soon")", "you can retry in apples"}) {
    EXPECT_EQ(find_try_again(text), kNothing) << text;
  }
}

RC_GTEST_PROP(RetryAfter, stays_within_its_bounds_whatever_the_server_sends, (const std::string& noise)) {
  const auto piece =
      *rc::gen::element<std::string>("", "try again in ", "\"retryDelay\": \"", "9", "1e", "-", "s", "ms",
                                     "Mon, 05 Jan 2026 09:00:", "00 GMT", "Jan", ".");
  const std::string text = *rc::gen::element(piece + noise, noise + piece, piece + "9" + noise);
  for (const std::optional<Duration> wait : {seconds_header(text), parse_retry_after(text, text, kNow),
                                             parse_duration(text), find_try_again(text)}) {
    const Duration bounded = wait.value_or(Duration::zero());
    RC_ASSERT(bounded >= Duration::zero());
    RC_ASSERT(bounded <= kLongestHint);
  }
}

RC_GTEST_PROP(RetryAfter, reads_back_every_duration_it_can_be_sent, ()) {
  const auto ms = *rc::gen::inRange<std::int64_t>(0, 86'400'000);
  const std::string in_ms = std::to_string(ms) + "ms";
  const std::string in_parts = std::to_string(ms / 60'000) + "m" + std::to_string(ms / 1000 % 60) + "s" +
                               std::to_string(ms % 1000) + "ms";
  const Duration expected = std::chrono::milliseconds(ms);
  RC_ASSERT(parse_duration(in_ms) == expected);
  RC_ASSERT(parse_duration(in_parts) == expected);
  RC_ASSERT(find_try_again("Please try again in " + in_parts + ". Bye.") == expected);
  RC_ASSERT(parse_retry_after(std::to_string(ms), std::nullopt, kNow) == expected);
}

TEST(HttpDate, takes_two_digit_years_for_the_nearest_century) {
  const auto year_of = [](std::string_view text) {
    const std::optional<WallTime> date = parse_http_date(text, kNow);
    return date ? static_cast<int>(
                      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*date)).year())
                : 0;
  };
  EXPECT_EQ(year_of("Sunday, 06-Nov-94 08:49:37 GMT"), 1994);
  EXPECT_EQ(year_of("Sunday, 06-Nov-30 08:49:37 GMT"), 2030);
  EXPECT_EQ(year_of("Sun, 06 Nov 1994 08:49:37 GMT"), 1994);
  EXPECT_EQ(year_of("Sun Nov  6 08:49:37 1994"), 1994);
}

TEST(HttpDate, is_none_when_any_part_of_it_is_none) {
  ASSERT_TRUE(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow));
  EXPECT_TRUE(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow)) << "a leap second";
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 CET",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nix 1994 08:49:37 GMT",
                           "Sun, 0x Nov 1994 08:49:37 GMT",
                           "Sun, x6 Nov 1994 08:49:37 GMT",
                           "Sun, 31 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 199 08:49:37 GMT",
                           "Sun, 06 Nov 19x4 08:49:37 GMT",
                           "Sun, 06 Nov xx 08:49:37 GMT",
                           "Sun, 06 Nov 1994 8:49:37 GMT",
                           "Sun, 06 Nov 1994 08.49:37 GMT",
                           "Sun, 06 Nov 1994 08:49.37 GMT",
                           "Sun, 06 Nov 1994 0x:49:37 GMT",
                           "Sun, 06 Nov 1994 08:4x:37 GMT",
                           "Sun, 06 Nov 1994 08:49:3x GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun Nov  6 08:49:37 94",
                           "Sun Nov  6 08:49:37 19x4",
                           "Sun Nov 6",
                           "",
                           "a b c d e f g h i j"}) {
    EXPECT_FALSE(parse_http_date(text, kNow)) << text;
  }
}

TEST(RetryAfter, units_are_whole_words_and_numbers_have_bounds) {
  // A unit that goes on is another word; a number that no machine holds is no wait.
  EXPECT_EQ(find_try_again("Please try again in 5sheep."), std::nullopt);
  EXPECT_EQ(find_try_again("Please try again in 5Sx."), std::nullopt);
  EXPECT_EQ(find_try_again("Please try again in 1" + std::string(400, '0') + "s."), std::nullopt);
}

}  // namespace
}  // namespace sv::limits
