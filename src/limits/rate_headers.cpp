#include "limits/rate_headers.hpp"

#include "limits/retry_after.hpp"

#include <charconv>

namespace sv::limits {

namespace {

// More than any provider allows; what is above would only overflow sums.
constexpr std::uint64_t kMostPerMinute = 1'000'000'000'000;
// A minute's bucket that is nearly full is told with a rounded reset, hence wide: Groq's day is 1,440 times
// as long.
constexpr Duration kLongestMinute = std::chrono::minutes(10);
// Below: a limit of a shorter window. Taken for a minute's it would slow the run down by as much.
constexpr Duration kShortestMinute = std::chrono::seconds(20);

std::optional<std::uint64_t> read_count(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const char* begin = text->data();
  const char* end = begin + text->size();
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || rest != end || value > kMostPerMinute) return std::nullopt;
  return value;
}

bool is_of_a_minute(std::uint64_t limit, std::uint64_t remaining, std::optional<Duration> reset) {
  // A reset of nothing is a rounded one: hardly anything is used.
  if (!reset || *reset == Duration::zero() || remaining >= limit) return true;
  const double share_used = static_cast<double>(limit - remaining) / static_cast<double>(limit);
  const double window = to_seconds(*reset) / share_used;
  return window >= to_seconds(kShortestMinute) && window <= to_seconds(kLongestMinute);
}

struct Names {
  std::string_view limit;
  std::string_view remaining;
  std::string_view reset;
};
constexpr Names kOfRequests{"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests",
                            "x-ratelimit-reset-requests"};
constexpr Names kOfTokens{"x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens",
                          "x-ratelimit-reset-tokens"};

ToldQuota read_quota(const HeaderLookup& header, const Names& names) {
  ToldQuota told{.limit = read_count(header(names.limit)), .remaining = read_count(header(names.remaining))};
  if (told.limit == 0U) told = {};  // Azure is reported to send 0 for "not known"
  if (!told.limit || !told.remaining) return told;
  if (*told.remaining > *told.limit) told.remaining.reset();
  const std::optional<std::string_view> reset = header(names.reset);
  if (reset && told.remaining && !is_of_a_minute(*told.limit, *told.remaining, parse_duration(*reset)))
    return {};
  return told;
}

}  // namespace

RateHeaders read_rate_headers(const HeaderLookup& header) {
  return {.requests = read_quota(header, kOfRequests), .tokens = read_quota(header, kOfTokens)};
}

}  // namespace sv::limits
