#include "limits/rate_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace sv::limits {
namespace {

RateHeaders of_requests(std::optional<std::uint64_t> limit) {
  return {.requests = {.limit = limit}, .tokens = {}, .refused = RefusedQuota::requests};
}
RateHeaders of_tokens(std::optional<std::uint64_t> limit) {
  return {.requests = {}, .tokens = {.limit = limit}, .refused = RefusedQuota::tokens};
}

// Captured: openai-api.md section 4.
TEST(RateText, reads_what_openai_and_groq_write) {
  EXPECT_EQ(
      read_rate_text(
          R"({"error":{"message":"Rate limit reached for gpt-4o in organization org-x on tokens per min )"
          R"((TPM): Limit 30000, Used 22999, Requested 12528. Please try again in 11.054s. Visit )"
          R"(https://platform.openai.com/account/rate-limits to learn more.","type":"tokens",)"
          R"("param":null,"code":"rate_limit_exceeded"}})"),
      of_tokens(30'000));
  EXPECT_EQ(read_rate_text("Rate limit reached for gpt-4o on requests per min (RPM): Limit 500, Used 500, "
                           "Requested 1. Please try again in 120ms."),
            of_requests(500));
}

TEST(RateText, reads_what_anthropic_and_gemini_write) {
  EXPECT_EQ(
      read_rate_text("This request would exceed your organization's rate limit of 50 requests per minute"),
      of_requests(50));
  EXPECT_EQ(
      read_rate_text(R"([{"error":{"code":429,"details":[{"violations":[{"quotaId":)"
                     R"("GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaValue":"15"}]}]}}])"),
      of_requests(15));
  EXPECT_EQ(read_rate_text(
                R"("quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier","quotaValue":"250000")"),
            of_tokens(250'000));
}

TEST(RateText, does_not_take_a_limit_of_a_day_for_a_minutes) {
  for (const char* text :
       {"Rate limit reached for m on requests per day (RPD): Limit 14400, Used 14400, Requested 1.",
        "Rate limit reached for m on tokens per day (TPD): Limit 500000, Used 499000, Requested 2000.",
        R"({"error":{"message":"on requests per day (RPD): Limit 200, Used 200","type":"requests"}})",
        R"("quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"1500")"}) {
    const RateHeaders told = read_rate_text(text);
    EXPECT_FALSE(told.requests.limit) << text;
    EXPECT_FALSE(told.tokens.limit) << text;
  }
}

TEST(RateText, leaves_out_numbers_that_cannot_be_a_limit) {
  for (const char* number : {"0", "-5", "1000000000001", "99999999999999999999999999", "many", ""}) {
    EXPECT_EQ(read_rate_text(std::string("on tokens per min (TPM): Limit ") + number),
              of_tokens(std::nullopt))
        << number;
  }
}

TEST(RateText, says_nothing_when_it_cannot_tell_which_quota_is_meant) {
  EXPECT_EQ(read_rate_text(""), RateHeaders{});
  EXPECT_EQ(read_rate_text("Too many requests"), RateHeaders{});
  EXPECT_EQ(read_rate_text("rate limit of 50 requests per minute and 30000 tokens per minute"),
            RateHeaders{});
}

TEST(RateText, reads_only_the_beginning) {
  EXPECT_EQ(read_rate_text(std::string(5'000, ' ') + "requests per min (RPM): Limit 500"), RateHeaders{});
}

RC_GTEST_PROP(RateText, never_gives_a_limit_of_nothing_whatever_is_sent,
              (const std::string& before, const std::string& within, std::int64_t number)) {
  const std::string text =
      before + " requests per min" + within + ": Limit " + std::to_string(number) + within;
  for (const std::string& body : {text, before + within}) {
    const RateHeaders told = read_rate_text(body);
    RC_ASSERT(told.requests.limit.value_or(1) > 0U);
    RC_ASSERT(told.tokens.limit.value_or(1) > 0U);
    RC_ASSERT_FALSE(told.requests.limit && told.tokens.limit);
  }
}

TEST(RateText, knows_the_request_to_slow_down_by_its_code_or_its_whole_text) {
  EXPECT_EQ(read_rate_text(R"({"error":{"message":"Please slow down.","code":"slow_down"}})").refused,
            RefusedQuota::growth);
  EXPECT_EQ(read_rate_text(R"({"error":{"message":"Slow Down"}})").refused, RefusedQuota::growth);
  EXPECT_EQ(read_rate_text(R"({"error":{"message":"Rate limit reached, please slow down"}})").refused,
            RefusedQuota::unknown);
}

}  // namespace
}  // namespace sv::limits
