#include "llm/openai_client.hpp"

#include "llm/fakes.hpp"

#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class OpenAiClientTest : public testing::Test {
 protected:
  OpenAiProvider provider_{.name = "primary",
                           .model = "gpt-4.1-mini",
                           .base_url = "http://127.0.0.1:9/v1",
                           .api_key = Secret("sk-secret-0123456789"),
                           .organization = "",
                           .http_referer = "",
                           .x_title = "",
                           .temperature = 0.0,
                           .max_output_tokens = 1024,
                           .request_timeout = 60s,
                           .is_reasoning_wanted = true};

  Result<domain::SharedAnswer> judge(const ports::Ask& ask = {}) {
    if (!client_) client_.emplace(provider_, context());
    return fakes::judge(io_, clock_, *client_, ask);
  }
  OpenAiClientContext context() {
    return {
        .transport = transport_, .question = question_, .facts = facts_, .observer = watch_, .clock = clock_};
  }
  static Result<ports::HttpResponse> refusal(std::string_view parameter) {
    return fakes::reply(
        400, R"({"error":{"message":"Unsupported parameter","type":"invalid_request_error","param":")" +
                 std::string(parameter) + R"(","code":"unsupported_parameter"}})");
  }

  boost::asio::io_context io_;
  support::VirtualClock clock_;
  domain::Rulebook rulebook_{.rules_text = "1. Say \"what\" is done.",
                             .allowed_statuses = {"In progress"},
                             .language = domain::Language::english};
  prompt::QuestionBuilder question_{rulebook_, domain::MappedColumns{.completion_date = true}};
  fakes::Transport transport_;
  fakes::Facts facts_;
  fakes::Watch watch_;
  std::optional<OpenAiClient> client_;
};

// security.md S-03: what a cell was made to look like is no reply, since it was written before the digits
// were drawn.
TEST_F(OpenAiClientTest, a_reply_without_the_code_of_its_row_is_none) {
  for (const std::string& code :
       {std::string(), std::string(R"(\"row_code\":\"000000\",)"), std::string(R"(\"row_code\":\"\",)"),
        std::string(R"(\"row_code\":\"@code@\",\"row_code\":\"@code@\",)")}) {
    transport_.script.push_back(fakes::reply(
        200,
        R"({"choices":[{"message":{"content":"{)" + code +
            R"(\"issues\":[],\"is_valid\":true,\"rewrite_suggestion\":\"\"}"},"finish_reason":"stop"}]})"));
    const Result<domain::SharedAnswer> answer = judge();
    ASSERT_FALSE(answer.has_value()) << code;
    EXPECT_EQ(answer.error().kind, ErrorKind::invalid_reply) << code;
  }
  EXPECT_TRUE(judge().has_value()) << "with the right one it is";
}

TEST_F(OpenAiClientTest, sends_one_well_formed_request_and_gives_the_answer) {
  const Result<domain::SharedAnswer> answer = judge();
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_TRUE((*answer)->verdict.is_valid);
  EXPECT_EQ((*answer)->provider, "primary");
  EXPECT_EQ((*answer)->model, "m-2026");
  EXPECT_EQ((*answer)->raw_json, R"({"issues":[],"is_valid":true,"rewrite_suggestion":""})");
  EXPECT_EQ((*answer)->answered_at, clock_.wall_now());

  ASSERT_EQ(transport_.bodies.size(), 1U);
  EXPECT_EQ(transport_.urls[0], "http://127.0.0.1:9/v1/chat/completions");
  EXPECT_NE(std::ranges::find(transport_.headers, "Authorization: Bearer sk-secret-0123456789"),
            transport_.headers.end());
  EXPECT_EQ(transport_.deadlines[0].when(), clock_.now() + 60s);
  const json::object& body = transport_.bodies[0];
  EXPECT_EQ(body.at("model"), "gpt-4.1-mini");
  EXPECT_EQ(body.at("messages").at(0).at("role"), "system");
  EXPECT_EQ(json::value_to<std::string>(body.at("messages").at(0).at("content")), question_.system_text());
  EXPECT_EQ(body.at("messages").at(1).at("role"), "user");
  EXPECT_EQ(body.at("response_format").at("type"), "json_schema");
  EXPECT_EQ(body.at("response_format").at("json_schema").at("strict"), true);
  EXPECT_EQ(body.at("max_tokens"), 1024);
  EXPECT_EQ(body.at("temperature").to_number<double>(), 0.0);
  EXPECT_EQ(body.at("reasoning").at("effort"), "high");
  EXPECT_TRUE(json::value_to<std::string>(body.at("prompt_cache_key")).starts_with("status-validator-"));
  EXPECT_FALSE(body.contains("tools")) << "the model gets no tools";
  EXPECT_EQ(watch_.started, 1);
  EXPECT_EQ(watch_.finished, 1);
}

TEST_F(OpenAiClientTest,
       what_flex_has_no_room_for_is_asked_at_the_default_tier_and_so_is_the_next_for_a_while) {
  provider_.is_flex = true;
  provider_.prices = domain::TokenPrices{.input = 1'000'000, .output = 1'000'000};
  const auto unavailable = [] {
    return fakes::reply(429, R"({"error":{"message":"Resource unavailable","code":"resource_unavailable"}})");
  };
  const auto tier = [&](std::size_t request) {
    const json::object& body = transport_.bodies.at(request);
    return body.contains("service_tier") ? json::value_to<std::string>(body.at("service_tier")) : "none";
  };
  ASSERT_TRUE(judge());
  EXPECT_EQ(tier(0), "flex");
  transport_.script.push_back(unavailable());
  ASSERT_TRUE(judge()) << "asked again at once";
  EXPECT_EQ(tier(1), "flex");
  EXPECT_EQ(tier(2), "none");
  ASSERT_TRUE(judge());
  EXPECT_EQ(tier(3), "none") << "not tried again so soon";
  clock_.advance(FlexTier::kFirstRest);
  transport_.script.push_back(unavailable());
  ASSERT_TRUE(judge());
  EXPECT_EQ(tier(4), "flex");
  clock_.advance(FlexTier::kFirstRest);
  ASSERT_TRUE(judge());
  EXPECT_EQ(tier(6), "none") << "refused again: it rests longer";
  clock_.advance(FlexTier::kFirstRest);
  ASSERT_TRUE(judge());
  EXPECT_EQ(tier(7), "flex");
}

TEST_F(OpenAiClientTest, a_model_without_a_flex_tier_is_asked_without_it) {
  provider_.is_flex = true;
  transport_.script.push_back(refusal("service_tier"));
  ASSERT_TRUE(judge());
  ASSERT_TRUE(judge());
  ASSERT_EQ(transport_.bodies.size(), 3U);
  EXPECT_TRUE(transport_.bodies[0].contains("service_tier"));
  EXPECT_FALSE(transport_.bodies[1].contains("service_tier"));
  EXPECT_FALSE(transport_.bodies[2].contains("service_tier"));
}

TEST_F(OpenAiClientTest, the_prefix_is_the_same_bytes_for_every_row_and_the_row_stays_utf8) {
  judge();
  judge();
  const std::string& first = transport_.raw_bodies[0];
  const std::string& second = transport_.raw_bodies[1];
  const std::size_t row = first.find("Today is");
  ASSERT_NE(row, std::string::npos);
  EXPECT_EQ(first.substr(0, row), second.substr(0, row));
  EXPECT_NE(first, second) << "the fence is random";
  EXPECT_NE(first.find("мост"), std::string::npos) << "no \\u escapes: they cost six times the tokens";
}

TEST_F(OpenAiClientTest, families_with_breakpoints_get_one_after_the_rulebook_and_none_after_a_refusal) {
  provider_.base_url = "https://api.openai.com/v1";
  provider_.model = "gpt-5.6-luna";
  transport_.script.emplace_back(fakes::verdict_reply());
  transport_.script.emplace_back(refusal("prompt_cache_options"));
  ASSERT_TRUE(judge());
  const json::object& with = transport_.bodies[0];
  const json::value& system = with.at("messages").at(0).at("content");
  ASSERT_TRUE(system.is_array());
  EXPECT_EQ(json::value_to<std::string>(system.at(0).at("text")), question_.system_text());
  EXPECT_EQ(system.at(0).at("prompt_cache_breakpoint").at("mode"), "explicit");
  EXPECT_EQ(with.at("prompt_cache_options").at("mode"), "explicit");
  EXPECT_TRUE(with.at("messages").at(1).at("content").is_string()) << "no breakpoint after the row";
  ASSERT_TRUE(judge());
  const json::object& without = transport_.bodies[2];
  EXPECT_TRUE(without.at("messages").at(0).at("content").is_string());
  EXPECT_FALSE(without.contains("prompt_cache_options"));
  EXPECT_TRUE(without.contains("prompt_cache_key"));
}

TEST_F(OpenAiClientTest, keys_of_the_prompt_cache_are_numbered) {
  judge();
  judge();
  const auto key = [&](std::size_t body) {
    return json::value_to<std::string>(transport_.bodies[body].at("prompt_cache_key"));
  };
  EXPECT_TRUE(key(0).ends_with("-0")) << key(0);
  EXPECT_EQ(key(0), key(1)) << "one key takes 15 requests a minute";
}

TEST_F(OpenAiClientTest, leaves_out_what_is_refused_and_remembers_it) {
  transport_.script.emplace_back(refusal("temperature"));
  transport_.script.emplace_back(refusal("response_format"));
  transport_.script.emplace_back(refusal("max_tokens"));
  transport_.script.emplace_back(refusal("reasoning.effort"));
  transport_.script.emplace_back(refusal("prompt_cache_key"));
  ASSERT_TRUE(judge().has_value());
  ASSERT_EQ(transport_.bodies.size(), 6U);
  const json::object& last = transport_.bodies.back();
  EXPECT_FALSE(last.contains("temperature"));
  EXPECT_EQ(last.at("response_format").at("type"), "json_object");
  EXPECT_FALSE(last.contains("max_tokens"));
  EXPECT_EQ(last.at("max_completion_tokens"), 1024);
  EXPECT_FALSE(last.contains("reasoning"));
  EXPECT_FALSE(last.contains("prompt_cache_key"));
  EXPECT_EQ(watch_.retries[ErrorKind::bad_request], 5);

  judge();
  EXPECT_EQ(transport_.bodies.size(), 7U) << "learnt for the run";
  client_.reset();
  judge();
  EXPECT_EQ(transport_.bodies.size(), 8U) << "and for the next one";
}

TEST_F(OpenAiClientTest, what_is_learnt_holds_for_this_model_only) {
  transport_.script.emplace_back(refusal("temperature"));
  judge();
  client_.reset();
  provider_.model = "another";
  judge();
  EXPECT_TRUE(transport_.bodies.back().contains("temperature"));
}

TEST_F(OpenAiClientTest, a_refusal_of_what_cannot_be_left_out_is_an_error) {
  transport_.script.emplace_back(refusal("messages"));
  const Result<domain::SharedAnswer> answer = judge();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::bad_request);
  EXPECT_EQ(transport_.bodies.size(), 1U);
}

TEST_F(OpenAiClientTest, a_server_that_refuses_for_ever_is_not_asked_for_ever) {
  transport_.otherwise = [](const json::object& body) {
    return refusal(body.contains("max_tokens") ? "max_tokens" : "max_completion_tokens");
  };
  EXPECT_FALSE(judge().has_value());
  EXPECT_LE(transport_.bodies.size(), 10U);
}

TEST_F(OpenAiClientTest, an_answer_that_is_not_json_is_an_invalid_reply) {
  transport_.script.emplace_back(fakes::reply(
      200,
      R"({"choices":[{"message":{"content":"I think it is fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3}})"));
  const Result<domain::SharedAnswer> answer = judge();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::invalid_reply);
  EXPECT_EQ(watch_.usage.input, 7U) << "it was paid for all the same";
  EXPECT_EQ(watch_.errors[ErrorKind::invalid_reply], 1);
}

TEST_F(OpenAiClientTest, tells_the_cost_of_each_reply_if_the_price_is_known) {
  judge();
  EXPECT_EQ(watch_.cost, std::nullopt) << "no price is no cost of nothing";
  client_.reset();
  provider_.prices = domain::TokenPrices{.input = 1'000'000, .output = 2'000'000};
  judge();
  EXPECT_EQ(watch_.cost, domain::Money(10 * 1'000'000 + 5 * 2'000'000, domain::Currency()));
}

TEST_F(OpenAiClientTest, a_key_that_a_server_quotes_is_not_passed_on) {
  transport_.script.emplace_back(
      fakes::reply(401, R"({"error":{"message":"Incorrect API key provided: sk-secret-0123456789"}})"));
  const Result<domain::SharedAnswer> answer = judge();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().message.find("sk-secret"), std::string::npos) << answer.error().message;
}

TEST_F(OpenAiClientTest, a_model_that_reasons_gets_room_for_it) {
  transport_.script.emplace_back(fakes::reply(
      200,
      R"({"choices":[{"message":{"content":"{\"row_code\":\"@code@\",\"issues\":[],\"is_valid\":true,\"rewrite_suggestion\":\"\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":300,"completion_tokens_details":{"reasoning_tokens":250}}})"));
  ASSERT_TRUE(judge().has_value());
  judge();
  EXPECT_EQ(transport_.bodies.back().at("max_tokens"), 4096);
}

TEST_F(OpenAiClientTest, learns_how_much_room_the_answers_of_a_rulebook_need) {
  transport_.otherwise = [](const json::object&) {
    return fakes::reply(
        200,
        R"({"choices":[{"message":{"content":"{\"row_code\":\"@code@\",\"issues\":[],\"is_valid\":true,\"rewrite_suggestion\":\"\"}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":100}})");
  };
  client_.emplace(provider_, context());
  ports::Ask reckoned_before;
  reckoned_before.row = &fakes::a_row();
  client_->token_charge(reckoned_before);
  for (std::uint64_t i = 0; i < UsageHistory::kAnswersForCap; ++i) {
    ASSERT_TRUE(judge().has_value());
    ASSERT_EQ(transport_.bodies.back().at("max_tokens"), 1024) << "after " << i;
  }
  judge();
  EXPECT_EQ(transport_.bodies.back().at("max_tokens"), 256)
      << "twice the longest answer and the row, rounded up";
  judge(reckoned_before);
  EXPECT_EQ(transport_.bodies.back().at("max_tokens"), 1024) << "as the token limit was charged";
  ports::Ask again;
  again.correction = ports::Correction::truncated;
  again.cap_factor = 2;
  judge(again);
  EXPECT_EQ(transport_.bodies.back().at("max_tokens"), 2048) << "a reply that was cut off gets all room";

  client_->save_learnt();
  client_.emplace(provider_, context());
  judge();
  EXPECT_EQ(transport_.bodies.back().at("max_tokens"), 256) << "and so in the next run";
  provider_.max_output_tokens = 150;
  client_.emplace(provider_, context());
  judge();
  EXPECT_EQ(transport_.bodies.back().at("max_tokens"), 150) << "never above what is set";
}

TEST_F(OpenAiClientTest, charges_the_larger_of_cap_and_size) {
  provider_.max_output_tokens = 4096;
  client_.emplace(provider_, context());
  ports::Ask ask;
  ask.row = &fakes::a_row();
  EXPECT_EQ(client_->token_charge(ask), 4096U);
  domain::Row huge;
  huge.comment = std::string(100'000, 'x');
  ask.row = &huge;
  EXPECT_GE(client_->token_charge(ask), 25'000U);
}

TEST_F(OpenAiClientTest, the_charge_follows_what_the_provider_shows_to_charge) {
  provider_.max_output_tokens = 1;
  client_.emplace(provider_, context(), [](const limits::RateHeaders&, domain::SentMark) {});
  ports::Ask ask;
  ask.row = &fakes::a_row();
  const std::uint64_t reckoned = client_->token_charge(ask);
  const std::uint64_t charged = reckoned * 4 / 5;
  transport_.script.push_back(
      fakes::reply(500, "{}",
                   "HTTP/1.1 500 No\r\nx-ratelimit-limit-tokens: 200000\r\nx-ratelimit-remaining-tokens: " +
                       std::to_string(200'000 - charged) + "\r\n"));
  judge();
  EXPECT_NEAR(static_cast<double>(client_->token_charge(ask)), 1.01 * static_cast<double>(charged), 2);

  client_->save_learnt();
  client_.emplace(provider_, context(), [](const limits::RateHeaders&, domain::SentMark) {});
  EXPECT_NEAR(static_cast<double>(client_->token_charge(ask)), 1.01 * static_cast<double>(charged), 2)
      << "and in the next run";

  // 'Requested' is above the cap: the prompt's charge itself.
  transport_.script.push_back(fakes::reply(
      429,
      R"({"error":{"message":"Rate limit reached on tokens per min (TPM): Limit 30000, Used 29990, Requested )" +
          std::to_string(reckoned * 9 / 10) + R"(. Please try again in 1s.","type":"tokens"}})"));
  judge();
  EXPECT_NEAR(static_cast<double>(client_->token_charge(ask)), 1.01 * 0.9 * static_cast<double>(reckoned), 3);
}

TEST_F(OpenAiClientTest, the_charge_follows_what_the_provider_counts) {
  provider_.max_output_tokens = 1;
  client_.emplace(provider_, context());
  ports::Ask ask;
  ask.row = &fakes::a_row();
  const std::uint64_t guessed = client_->token_charge(ask);
  const std::uint64_t counted = guessed * 3 / 2;  // another tokenizer
  transport_.otherwise = [&](const json::object&) {
    return fakes::reply(
        200, R"({"choices":[{"message":{"content":"{}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":)" +
                 std::to_string(counted) + R"(,"completion_tokens":3}})");
  };
  judge();
  EXPECT_NEAR(static_cast<double>(client_->token_charge(ask)), static_cast<double>(counted),
              0.02 * static_cast<double>(counted))
      << "also from a reply that cannot be used";
  EXPECT_FALSE(facts_.recall("tokens/http://127.0.0.1:9/v1/gpt-4.1-mini")) << "not at every reply";

  client_->save_learnt();
  client_.emplace(provider_, context());
  EXPECT_NEAR(static_cast<double>(client_->token_charge(ask)), static_cast<double>(counted),
              0.02 * static_cast<double>(counted))
      << "and in the next run";
}

TEST_F(OpenAiClientTest, tells_what_every_reply_says_about_the_limits) {
  std::vector<limits::RateHeaders> heard;
  client_.emplace(provider_, context(),
                  [&](const limits::RateHeaders& headers, domain::SentMark) { heard.push_back(headers); });
  transport_.script.push_back(fakes::reply(429, "{}",
                                           "HTTP/1.1 429 Too Many Requests\r\n"
                                           "X-RateLimit-Limit-Requests: 500\r\n"
                                           "x-ratelimit-remaining-requests: 0\r\n"
                                           "x-ratelimit-reset-requests: 1m0s\r\n"));
  EXPECT_FALSE(judge().has_value());
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].requests.limit, 500U);
  EXPECT_EQ(heard[0].requests.remaining, 0U);
}

// GigaChat and YandexGPT limit requests at a time; what their 429 says is not known.
TEST_F(OpenAiClientTest, a_429_that_names_nothing_is_about_slots_where_there_is_no_rate) {
  const auto refused = [&](std::string base_url) {
    provider_.base_url = std::move(base_url);
    std::optional<limits::RefusedQuota> heard;
    client_.emplace(provider_, context(),
                    [&](const limits::RateHeaders& headers, domain::SentMark) { heard = headers.refused; });
    transport_.script.push_back(fakes::reply(429, R"({"status":429,"message":"Too Many Requests"})"));
    EXPECT_FALSE(judge().has_value());
    return heard;
  };
  EXPECT_EQ(refused("https://gigachat.devices.sberbank.ru/api/v1"), limits::RefusedQuota::slots);
  EXPECT_EQ(refused("https://ai.api.cloud.yandex.net/v1"), limits::RefusedQuota::slots);
  EXPECT_EQ(refused("https://api.openai.com/v1"), limits::RefusedQuota::unknown);
}

}  // namespace
}  // namespace sv::llm
