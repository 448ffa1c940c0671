#include "llm/error_reply.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sv::llm {
namespace {

struct Case {
  int status;
  ErrorBody body;
  ErrorKind expected;
};

class ErrorTable : public testing::TestWithParam<Case> {};

TEST_P(ErrorTable, gives_the_kind_of_openai_api_section_3) {
  EXPECT_EQ(to_string(classify_error(GetParam().status, GetParam().body)), to_string(GetParam().expected));
}

ErrorBody body(std::string message, std::string type = "", std::string code = "") {
  return {.message = std::move(message),
          .type = std::move(type),
          .code = std::move(code),
          .parameter = "",
          .quotas = ""};
}

const std::string kRateLimit =
    "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 22999, "
    "Requested "
    "12528. Please try again in 11.054s.";
const std::string kTooLarge =
    "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 250011.";
const std::string kNeverFits =
    "Rate limit reached on tokens per min (TPM): Limit 30000, Used 0, Requested 30001.";

INSTANTIATE_TEST_SUITE_P(
    Cases, ErrorTable,
    testing::Values(
        Case{400, body("Unsupported parameter", "invalid_request_error", "unsupported_parameter"),
             ErrorKind::bad_request},
        Case{400,
             body("This model's maximum context length is 128000 tokens.", "invalid_request_error",
                  "context_length_exceeded"),
             ErrorKind::too_large},
        Case{400, body("The response was filtered", "", "content_filter"), ErrorKind::refused},
        Case{400, body("API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", "400"),
             ErrorKind::unauthorized},
        Case{401, body("Incorrect API key provided", "invalid_request_error", "invalid_api_key"),
             ErrorKind::unauthorized},
        Case{402, body("Insufficient credits", "", "402"), ErrorKind::quota_exhausted},
        Case{403, body("Country, region, or territory not supported"), ErrorKind::unauthorized},
        Case{403, body("Your chosen model requires moderation and your input was flagged", "", "403"),
             ErrorKind::refused},
        Case{404, body("The model `x` does not exist", "invalid_request_error", "model_not_found"),
             ErrorKind::unknown_model},
        Case{408, body(""), ErrorKind::server_error}, Case{409, body(""), ErrorKind::server_error},
        Case{413, body("Request too large for model", "tokens", "rate_limit_exceeded"), ErrorKind::too_large},
        Case{422, body("unprocessable"), ErrorKind::bad_request},
        Case{429, body(kRateLimit, "tokens", "rate_limit_exceeded"), ErrorKind::rate_limited},
        Case{429, body(kTooLarge, "tokens", "rate_limit_exceeded"), ErrorKind::too_large},
        Case{429, body(kNeverFits, "tokens", "rate_limit_exceeded"), ErrorKind::too_large},
        Case{429, body("Please slow down", "rate_limit_error", "slow_down"), ErrorKind::rate_limited},
        Case{503, body("Slow Down", "service_unavailable_error", "slow_down"), ErrorKind::rate_limited},
        Case{503, body("Slow Down", "", ""), ErrorKind::rate_limited},
        Case{429, body("", "", "resource_unavailable"), ErrorKind::overloaded},
        Case{429,
             body("You exceeded your current quota, please check your plan and billing details.",
                  "insufficient_quota", "insufficient_quota"),
             ErrorKind::quota_exhausted},
        Case{429, body("", "insufficient_quota", "organization_spend_limit_exceeded"),
             ErrorKind::quota_exhausted},
        Case{429, body("", "", "credit_balance_exhausted"), ErrorKind::quota_exhausted},
        Case{429, body("Quota exceeded for quota metric GenerateRequestsPerDayPerProject"),
             ErrorKind::quota_exhausted},
        Case{429,
             body("Rate limit reached on requests per day (RPD): Limit 1000, Used 1000, Requested 1. "
                  "Please try again in 1m26.4s.",
                  "requests", "rate_limit_exceeded"),
             ErrorKind::quota_exhausted},
        Case{429,
             body("Rate limit reached on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. "
                  "Please try again in 9m38.016s.",
                  "tokens", "rate_limit_exceeded"),
             ErrorKind::quota_exhausted},
        // Gemini says the same of both; the quota's id tells them apart.
        Case{429,
             {.message = "You exceeded your current quota, please check your plan and billing details.",
              .type = "RESOURCE_EXHAUSTED",
              .code = "429",
              .parameter = "",
              .quotas = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier\n"},
             ErrorKind::rate_limited},
        Case{429,
             {.message = "You exceeded your current quota, please check your plan and billing details.",
              .type = "RESOURCE_EXHAUSTED",
              .code = "429",
              .parameter = "",
              .quotas = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier\n"
                        "GenerateRequestsPerDayPerProjectPerModel-FreeTier\n"},
             ErrorKind::quota_exhausted},
        Case{400,
             body("Your credit balance is too low to access the Anthropic API.", "invalid_request_error"),
             ErrorKind::quota_exhausted},
        Case{400, body("claude-sonnet-4-6 is not a valid model ID", "", "400"), ErrorKind::unknown_model},
        Case{498, body("flex capacity"), ErrorKind::overloaded},
        Case{500, body("The server had an error", "server_error"), ErrorKind::server_error},
        Case{502, body(""), ErrorKind::server_error},
        Case{503, body("", "", "server_is_overloaded"), ErrorKind::overloaded},
        Case{504, body(""), ErrorKind::server_error},
        Case{529, body("", "overloaded_error"), ErrorKind::overloaded},
        Case{302, body(""), ErrorKind::protocol}, Case{418, body(""), ErrorKind::bad_request}));

}  // namespace
}  // namespace sv::llm
