#include "limits/rate_headers.hpp"

#include "limits/retry_after.hpp"

#include <charconv>

namespace sv::limits {

namespace {

// More than any provider allows; what is above would only overflow sums.
constexpr std::uint64_t kMostPerMinute = 1'000'000'000'000;
std::optional<std::uint64_t> read_count(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const char* begin = text->data();
  const char* end = begin + text->size();
  const auto [rest, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || rest != end || value > kMostPerMinute) return std::nullopt;
  return value;
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
  if (const std::optional<std::string_view> reset = header(names.reset)) told.reset = parse_duration(*reset);
  return told;
}

}  // namespace

RateHeaders read_rate_headers(const HeaderLookup& header) {
  return {.requests = read_quota(header, kOfRequests), .tokens = read_quota(header, kOfTokens)};
}

}  // namespace sv::limits
