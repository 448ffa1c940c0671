#include "limits/rate_headers.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

using Headers = std::map<std::string, std::string, std::less<>>;

RateHeaders read(const Headers& headers) {
  return read_rate_headers([&](std::string_view name) -> std::optional<std::string_view> {
    const auto found = headers.find(name);
    if (found == headers.end()) return std::nullopt;
    return found->second;
  });
}

TEST(RateHeaders, reads_both_quotas_of_openai) {
  const RateHeaders told = read({{"x-ratelimit-limit-requests", "500"},
                                 {"x-ratelimit-remaining-requests", "499"},
                                 {"x-ratelimit-reset-requests", "120ms"},
                                 {"x-ratelimit-limit-tokens", "30000"},
                                 {"x-ratelimit-remaining-tokens", "7001"},
                                 {"x-ratelimit-reset-tokens", "45.998s"}});
  EXPECT_EQ(told.requests, (ToldQuota{.limit = 500, .remaining = 499, .reset = 120ms}));
  EXPECT_EQ(told.tokens, (ToldQuota{.limit = 30'000, .remaining = 7'001, .reset = 45'998ms}));
}

TEST(RateHeaders, takes_azures_placeholders_and_missing_limits_for_what_they_are) {
  EXPECT_EQ(read({}), RateHeaders{});
  EXPECT_EQ(read({{"x-ratelimit-limit-requests", "-1"}, {"x-ratelimit-remaining-requests", "-1"}}),
            RateHeaders{});
  EXPECT_EQ(read({{"x-ratelimit-limit-requests", "0"}, {"x-ratelimit-remaining-requests", "0"}}),
            RateHeaders{});
  const RateHeaders told = read({{"x-ratelimit-remaining-requests", "42"}});
  EXPECT_EQ(told.requests, (ToldQuota{.limit = std::nullopt, .remaining = 42}));
}

RC_GTEST_PROP(RateHeaders, never_gives_a_limit_of_nothing_or_more_left_than_the_limit, ()) {
  Headers headers;
  for (const char* what : {"limit", "remaining", "reset"}) {
    headers["x-ratelimit-" + std::string(what) + "-tokens"] =
        *rc::gen::oneOf(rc::gen::arbitrary<std::string>(),
                        rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                                     [](std::int64_t value) { return std::to_string(value); }));
  }
  const ToldQuota told = read(headers).tokens;
  RC_ASSERT_FALSE(told.limit == 0U);
  const bool is_sound = !told.limit || !told.remaining || *told.remaining <= *told.limit;
  RC_ASSERT(is_sound);
}

}  // namespace
}  // namespace sv::limits
