// What is each dialect's own; what all of them say of the same trouble, and what the client makes of it, is
// in tests/llm/dialects_test.cpp.
#include "sim/dialect.hpp"

#include "model_fixture.hpp"
#include "sim/llm_model.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sv::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using namespace testing;

TEST(Dialect, dialects_speak_as_their_providers_do) {
  const auto refused_by = [](Dialect dialect) {
    LlmOptions options = with_fault("429");
    options.dialect = dialect;
    options.fault_wait = 8710ms;
    LlmModel model(std::move(options));
    return ask(model, question());
  };
  const ModelReply groq = refused_by(Dialect::groq);
  EXPECT_NE(text_at(error_of(groq), "/message").find("service tier `on_demand` on tokens per minute (TPM)"),
            std::string::npos);
  const ModelReply azure = refused_by(Dialect::azure);
  EXPECT_NE(azure.headers.find("retry-after-ms: 8710\r\n"), std::string::npos);
  EXPECT_EQ(text_at(error_of(azure), "/code"), "429");
  EXPECT_EQ(number_at(error_of(refused_by(Dialect::openrouter)), "/code"), 429);
  EXPECT_EQ(number_at(error_of(refused_by(Dialect::vllm)), "/code"), 429);
  const ModelReply gemini = refused_by(Dialect::gemini);
  EXPECT_EQ(text_at(body_of(gemini), "/0/error/details/1/retryDelay"), "9s");
  EXPECT_EQ(gemini.headers.find("retry-after"), std::string::npos);

  LlmOptions options;
  options.dialect = Dialect::groq;
  options.rpm = 60;
  options.tpm = 1000;
  LlmModel model(std::move(options));
  const ModelReply too_large = ask(model, question(R"(,"max_tokens":2000)"));
  EXPECT_EQ(too_large.status, 413);
  EXPECT_NE(too_large.headers.find("x-should-retry: false"), std::string::npos);
}

TEST(Dialect, groqs_request_headers_are_the_days_and_the_day_is_enforced) {
  LlmOptions options;
  options.dialect = Dialect::groq;
  options.rpd = 2;
  LlmModel model(std::move(options));
  const std::string body = question();
  EXPECT_TRUE(ask(model, body)
                  .headers.contains("x-ratelimit-limit-requests: 2\r\nx-ratelimit-remaining-requests: 1\r\n"
                                    "x-ratelimit-reset-requests: 12h0m0s\r\n"));
  EXPECT_EQ(ask(model, body).status, 200);
  const ModelReply refused = ask(model, body);
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(
      text_at(error_of(refused), "/message")
          .contains("service tier `on_demand` on requests per day (RPD): Limit 2, Used 2, Requested 1. "
                    "Please try again in 12h0m0s."))
      << refused.body;
  EXPECT_EQ(ask(model, body, kStart + 12h - 1s).status, 429);
  EXPECT_EQ(ask(model, body, kStart + 12h + 1s).status, 200) << "a day's bucket refills all day";
  model.reset();
  EXPECT_EQ(ask(model, body, kStart).status, 200);
}

TEST(Dialect, a_day_counts_refusals_that_count_and_other_dialects_tell_no_day) {
  LlmOptions options;
  options.rpd = 3;
  options.rpm = 1;
  options.rejects_count = true;
  LlmModel model(std::move(options));
  const std::string body = question();
  EXPECT_TRUE(ask(model, body).headers.contains("x-ratelimit-limit-requests: 1\r\n"));
  EXPECT_TRUE(ask(model, body).body.contains("requests per min"));
  EXPECT_TRUE(ask(model, body).body.contains("requests per day"))
      << "the last of the day went on this refusal";
  EXPECT_TRUE(ask(model, body, kStart + 5min).body.contains("requests per day"));
}

TEST(Dialect, groq_has_its_usual_day_where_none_is_set) {
  LlmOptions options;
  options.dialect = Dialect::groq;
  LlmModel model(std::move(options));
  EXPECT_TRUE(
      ask(model, question())
          .headers.contains("x-ratelimit-limit-requests: 14400\r\nx-ratelimit-remaining-requests: 14399\r\n"
                            "x-ratelimit-reset-requests: 6s\r\n"));
}

TEST(Dialect, yandexgpt_takes_only_what_it_lists_and_a_bare_schema) {
  LlmOptions options;
  options.dialect = Dialect::yandexgpt;
  LlmModel model(std::move(options));
  const auto refused = [&](std::string_view extra) {
    const ModelReply reply = ask(model, question(extra));
    return reply.status == 200 ? std::string("taken") : text_at(error_of(reply), "/param");
  };
  EXPECT_EQ(refused(R"(,"temperature":0,"max_tokens":500,"response_format":{"type":"json_object"})"),
            "taken");
  EXPECT_EQ(refused(R"(,"max_completion_tokens":500)"), "max_completion_tokens");
  EXPECT_EQ(refused(R"(,"prompt_cache_key":"k")"), "prompt_cache_key");
  EXPECT_EQ(refused(R"(,"reasoning":{"effort":"high"})"), "reasoning");
  EXPECT_EQ(refused(kSchemaFormat), "response_format");
  const ModelReply bare = ask(
      model,
      question(R"(,"response_format":{"type":"json_schema","json_schema":{"type":"object","properties":)"
               R"({"issues":{"type":"array","items":{"type":"string"}},"is_valid":{"type":"boolean"}}}})"));
  ASSERT_EQ(bare.status, 200) << bare.body;
  EXPECT_TRUE(
      json::parse(text_at(body_of(bare), "/choices/0/message/content")).at_pointer("/issues/0").is_string());
}

TEST(Dialect, gigachats_error_is_the_body_itself_and_its_filter_has_a_name_of_its_own) {
  LlmOptions options = with_fault("content-filter");
  options.dialect = Dialect::gigachat;
  options.only_model = "GigaChat-2";
  LlmModel model(std::move(options));
  const ModelReply unknown = ask(model, question());
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(number_at(body_of(unknown), "/status"), 404);
  EXPECT_TRUE(text_at(body_of(model.list_models("", kToday)), "/data/0/id") == "GigaChat-2");
  std::string body = question();
  body.replace(body.find("gpt-4o-mini"), 11, "GigaChat-2");
  EXPECT_EQ(text_at(body_of(ask(model, body)), "/choices/0/finish_reason"), "blacklist");
}

TEST(Dialect, providers_that_limit_requests_at_a_time_are_known) {
  EXPECT_EQ(usual_concurrency(Dialect::yandexgpt), 10U);
  EXPECT_EQ(usual_concurrency(Dialect::gigachat), 1U);
  EXPECT_EQ(usual_concurrency(Dialect::openai), std::nullopt);
}

}  // namespace
}  // namespace sv::sim
