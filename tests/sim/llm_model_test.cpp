// The simulated provider without sockets: what it answers, when, and what it notes.
#include "sim/llm_model.hpp"

#include "model_fixture.hpp"
#include "sim/chat_request.hpp"
#include "sim/reply_body.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace sv::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using namespace testing;

TEST(LlmModel, a_good_reply_has_the_form_of_openai_and_says_that_it_is_a_simulation) {
  LlmModel model{LlmOptions()};
  const ModelReply reply = ask(model, question(kSchemaFormat));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value body = body_of(reply);
  EXPECT_EQ(text_at(body, "/object"), "chat.completion");
  EXPECT_EQ(text_at(body, "/model"), kModelName);
  EXPECT_EQ(text_at(body, "/system_fingerprint"), "simulation");
  EXPECT_EQ(text_at(body, "/choices/0/finish_reason"), "stop");
  EXPECT_TRUE(body.at_pointer("/choices/0/message/refusal").is_null());
  EXPECT_EQ(number_at(body, "/usage/total_tokens"),
            number_at(body, "/usage/prompt_tokens") + number_at(body, "/usage/completion_tokens"));
  EXPECT_GT(number_at(body, "/usage/completion_tokens"), 20);
  const json::value content = json::parse(text_at(body, "/choices/0/message/content"));
  EXPECT_FALSE(content.at("is_valid").as_bool());
  EXPECT_EQ(content.as_object().begin()->key(), "issues") << "keys in the schema's order";
  EXPECT_EQ(text_at(content, "/issues/0/severity"), "major");
  EXPECT_EQ(text_at(content, "/issues/0/rule"), "2");
}

// The memory of each request was twice that of the one before: the sixteenth of a megabyte asked for 34 GB.
TEST(ChatRequestReader, many_large_requests_take_the_memory_of_one) {
  ChatRequestReader reader;
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":")" +
                           std::string(std::size_t{1} << 20U, 'a') + R"("}]})";
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(reader.read(body).has_value()) << "request " << i;
}

TEST(LlmModel, issues_are_strings_where_schema_or_prompt_ask_for_strings) {
  LlmModel model{LlmOptions()};
  const ModelReply by_schema =
      ask(model, question(R"(,"response_format":{"type":"json_schema","json_schema":{"name":"v","schema":{)"
                          R"("properties":{"issues":{"type":"array","items":{"type":"string"}}}}}})"));
  EXPECT_TRUE(json::parse(text_at(body_of(by_schema), "/choices/0/message/content"))
                  .at_pointer("/issues/0")
                  .is_string());
  const std::string old_prompt =
      "Reply as JSON.\nAllowed statuses:\n- On Track\n\nRulebook:\n1. The comment must contain the sections "
      "`Done:`, `Next:`.\nEnd of rulebook.\n";
  const ModelReply by_prompt = ask(model, chat_body(old_prompt, user_text("On Track", "Done: 5")));
  EXPECT_TRUE(json::parse(text_at(body_of(by_prompt), "/choices/0/message/content"))
                  .at_pointer("/issues/0")
                  .is_string());
}

TEST(LlmModel, the_same_row_gets_the_same_answer) {
  LlmModel model{LlmOptions()};
  const std::string first = text_at(body_of(ask(model, question())), "/choices/0/message/content");
  EXPECT_EQ(text_at(body_of(ask(model, question())), "/choices/0/message/content"), first);
}

TEST(LlmModel, the_nth_request_of_a_seed_has_always_the_same_latency_and_fate) {
  const auto fates = [](std::uint64_t seed) {
    LlmOptions options;
    options.seed = seed;
    options.latency = parse_latency("lognormal:median=2s,p95=6s").value();
    EXPECT_TRUE(options.faults.add("500=20%"));
    EXPECT_TRUE(options.faults.add("invalid-json=20%"));
    LlmModel model(std::move(options));
    std::string trace;
    for (int i = 0; i < 50; ++i) {
      const ModelReply reply = ask(model, question());
      trace +=
          std::to_string(reply.status) + " " + std::to_string(reply.delay.count()) + " " + reply.body + "\n";
    }
    return trace;
  };
  EXPECT_EQ(fates(1), fates(1));
  EXPECT_NE(fates(1), fates(2));
}

TEST(LlmModel, faults_come_at_their_rate) {
  LlmOptions options;
  ASSERT_TRUE(options.faults.add("500=5%"));
  ASSERT_TRUE(options.faults.add("429=3%"));
  LlmModel model(std::move(options));
  std::map<int, int> by_status;
  const std::string body = question();
  for (int i = 0; i < 4000; ++i) ++by_status[ask(model, body).status];
  EXPECT_NEAR(by_status[500], 200, 45);
  EXPECT_NEAR(by_status[429], 120, 35);
  EXPECT_EQ(by_status[200] + by_status[500] + by_status[429], 4000);
  EXPECT_EQ(model.ledger().count_fault(Fault::server_error), static_cast<std::uint64_t>(by_status[500]));
}

TEST(LlmModel, each_fault_of_http_has_its_status_and_body) {
  const std::map<std::string, std::pair<int, std::string>> expected{
      {"500", {500, "server_error"}},
      {"502", {502, "server_error"}},
      {"503", {503, "service_unavailable_error"}},
      {"529", {529, "overloaded_error"}},
      {"quota", {429, "insufficient_quota"}},
      {"429", {429, "tokens"}}};
  for (const auto& [name, want] : expected) {
    LlmModel model(with_fault(name));
    const ModelReply reply = ask(model, question());
    EXPECT_EQ(reply.status, want.first) << name;
    EXPECT_EQ(text_at(error_of(reply), "/type"), want.second) << name;
    EXPECT_FALSE(reply.receipt.is_verdict);
  }
}

TEST(LlmModel, a_rate_limit_fault_tells_the_wait_in_header_and_text) {
  LlmOptions options = with_fault("429");
  options.fault_wait = 8710ms;
  LlmModel model(std::move(options));
  const ModelReply reply = ask(model, question());
  EXPECT_NE(reply.headers.find("retry-after: 9\r\n"), std::string::npos) << reply.headers;
  EXPECT_NE(text_at(error_of(reply), "/message").find("Please try again in 8.71s."), std::string::npos);
  EXPECT_EQ(text_at(error_of(reply), "/code"), "rate_limit_exceeded");
}

TEST(LlmModel, faults_of_the_answer_look_like_answers) {
  const auto body_with = [](std::string_view fault) {
    LlmModel model(with_fault(fault));
    const ModelReply reply = ask(model, question());
    EXPECT_EQ(reply.status, 200) << fault;
    return body_of(reply);
  };
  const json::value refusal = body_with("refusal");
  EXPECT_TRUE(refusal.at_pointer("/choices/0/message/content").is_null());
  EXPECT_FALSE(text_at(refusal, "/choices/0/message/refusal").empty());
  EXPECT_EQ(text_at(body_with("content-filter"), "/choices/0/finish_reason"), "content_filter");
  const json::value length = body_with("length");
  EXPECT_EQ(text_at(length, "/choices/0/finish_reason"), "length");
  boost::system::error_code error;
  json::parse(text_at(length, "/choices/0/message/content"), error);
  EXPECT_TRUE(error) << "cut in the middle";
  EXPECT_EQ(body_with("empty-choices").at("choices").as_array().size(), 0U);
  EXPECT_EQ(number_at(body_with("error-200"), "/error/code"), 502);
  EXPECT_EQ(text_at(body_with("unknown-finish"), "/choices/0/finish_reason"), "error");
  EXPECT_EQ(body_with("no-usage").as_object().if_contains("usage"), nullptr);
}

TEST(LlmModel, invalid_json_is_never_a_usable_verdict) {
  LlmModel model(with_fault("invalid-json"));
  for (int i = 0; i < 40; ++i) {
    const ModelReply reply = ask(model, question());
    const std::string content = text_at(body_of(reply), "/choices/0/message/content");
    boost::system::error_code error;
    const json::value parsed = json::parse(content, error);
    EXPECT_TRUE(error || !parsed.at("is_valid").is_bool()) << content;
    EXPECT_EQ(text_at(body_of(reply), "/choices/0/finish_reason"), "stop");
    EXPECT_FALSE(reply.receipt.is_verdict);
  }
}

TEST(LlmModel, an_outage_begins_and_ends_by_the_time_since_the_first_request) {
  for (const OutageKind kind : {OutageKind::server_error, OutageKind::refuse, OutageKind::hang}) {
    LlmOptions options;
    options.outages.add({.start = std::chrono::seconds(10), .length = std::chrono::seconds(5), .kind = kind});
    LlmModel model(options);
    const auto at = [&](int seconds) {
      return ask(model, question(), kStart + std::chrono::seconds(seconds));
    };
    EXPECT_EQ(at(0).status, 200);
    EXPECT_EQ(at(9).receipt.is_verdict, true);
    for (const int second : {10, 14}) {
      const ModelReply reply = at(second);
      EXPECT_FALSE(reply.receipt.is_verdict);
      EXPECT_TRUE(reply.receipt.is_chat);
      if (kind == OutageKind::server_error) EXPECT_EQ(reply.status, 500);
      if (kind == OutageKind::refuse) EXPECT_EQ(reply.delivery, Delivery::refused);
      if (kind == OutageKind::hang) EXPECT_EQ(reply.delivery, Delivery::never);
    }
    EXPECT_TRUE(at(15).receipt.is_verdict);
    EXPECT_EQ(model.ledger().outage_requests(), 2U);
  }
}

TEST(LlmModel, broken_deliveries_and_html_are_marked) {
  EXPECT_EQ(ask(*std::make_unique<LlmModel>(with_fault("reset")), question()).delivery,
            Delivery::reset_midway);
  EXPECT_EQ(ask(*std::make_unique<LlmModel>(with_fault("truncated")), question()).delivery,
            Delivery::cut_short);
  EXPECT_EQ(ask(*std::make_unique<LlmModel>(with_fault("hang")), question()).delivery, Delivery::never);
  LlmModel html(with_fault("html"));
  std::map<int, int> by_status;
  for (int i = 0; i < 40; ++i) {
    const ModelReply reply = ask(html, question());
    EXPECT_TRUE(reply.content_type.starts_with("text/html"));
    ++by_status[reply.status];
  }
  EXPECT_GT(by_status[200], 5);
  EXPECT_GT(by_status[502], 5);
}

TEST(LlmModel, refused_parameters_give_the_providers_words) {
  const auto refuse = [](std::string_view field, std::string_view extra) {
    LlmOptions options;
    options.refused = parse_parameters(field).value();
    LlmModel model(std::move(options));
    const ModelReply reply = ask(model, question(extra));
    EXPECT_EQ(reply.status, 400) << field;
    EXPECT_EQ(model.ledger().requests(), 1U);
    return error_of(reply);
  };
  const json::value tokens = refuse("max_tokens", R"(,"max_tokens":600)");
  EXPECT_EQ(text_at(tokens, "/message"),
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.");
  EXPECT_EQ(text_at(tokens, "/param"), "max_tokens");
  EXPECT_EQ(text_at(tokens, "/code"), "unsupported_parameter");
  EXPECT_EQ(text_at(refuse("temperature", R"(,"temperature":0)"), "/message"),
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value "
            "is supported.");
  EXPECT_NE(text_at(refuse("json_schema", kSchemaFormat), "/message")
                .find("'response_format' of type 'json_schema'"),
            std::string::npos);
  EXPECT_EQ(text_at(refuse("json_object", R"(,"response_format":{"type":"json_object"})"), "/param"),
            "response_format");
  EXPECT_EQ(text_at(refuse("reasoning_effort", R"(,"reasoning_effort":"low")"), "/message"),
            "Unrecognized request argument supplied: reasoning_effort");
  for (const auto& [field, extra] :
       std::map<std::string, std::string>{{"reasoning", R"(,"reasoning":{"enabled":false})"},
                                          {"prompt_cache_key", R"(,"prompt_cache_key":"k")"},
                                          {"max_completion_tokens", R"(,"max_completion_tokens":9)"}}) {
    EXPECT_NE(text_at(refuse(field, extra), "/message").find(field), std::string::npos);
  }
}

TEST(LlmModel, a_field_that_is_not_sent_or_has_its_default_is_not_refused) {
  LlmOptions options;
  options.refused = parse_parameters("temperature,json_schema,max_tokens").value();
  LlmModel model(std::move(options));
  EXPECT_EQ(ask(model, question(R"(,"temperature":1,"max_completion_tokens":600)")).status, 200);
}

TEST(LlmModel, bad_requests_are_told_what_is_wrong) {
  LlmModel model{LlmOptions()};
  const auto message = [&model](const std::string& body) {
    const ModelReply reply = ask(model, body);
    EXPECT_EQ(reply.status, 400) << body;
    return text_at(error_of(reply), "/message");
  };
  EXPECT_NE(message("{nonsense").find("could not parse"), std::string::npos);
  EXPECT_NE(message("[]").find("could not parse"), std::string::npos);
  EXPECT_NE(message(R"({"messages":[]})").find("model"), std::string::npos);
  EXPECT_NE(message(R"({"model":"m"})").find("'messages'"), std::string::npos);
  EXPECT_NE(message(R"({"model":"m","messages":[]})").find("messages"), std::string::npos);
  EXPECT_NE(message(R"({"model":"m","messages":[{"role":"user","content":5}]})").find("content"),
            std::string::npos);
  EXPECT_NE(message(chat_body("s", "u", R"(,"stream":true)")).find("stream"), std::string::npos);
  EXPECT_NE(message(chat_body("s", "u", R"(,"response_format":{"type":"json_object"})")).find("word 'json'"),
            std::string::npos);
  EXPECT_EQ(model.ledger().count_fault(Fault::none), 0U);
}

TEST(LlmModel, messages_made_of_parts_are_read) {
  LlmModel model{LlmOptions()};
  std::string body = R"({"model":"m","messages":[{"role":"developer","content":[{"type":"text","text":)";
  append_json_string(body, system_text(kEnglishRules, kEnglishStatuses));
  body += R"(}]},{"role":"user","content":[{"type":"text","text":)";
  append_json_string(body, user_text("Nonsense", "Done: 5"));
  body += "}]}]}";
  const json::value content = json::parse(text_at(body_of(ask(model, body)), "/choices/0/message/content"));
  EXPECT_EQ(text_at(content, "/issues/0/rule"), "1");
}

TEST(LlmModel, a_request_without_a_row_is_answered_with_a_plain_word) {
  LlmModel model{LlmOptions()};
  const ModelReply reply = ask(model, chat_body("You are helpful.", "Hello!"));
  EXPECT_NE(text_at(body_of(reply), "/choices/0/message/content").find("simulation"), std::string::npos);
  EXPECT_FALSE(reply.receipt.is_verdict);
}

TEST(LlmModel, an_answer_is_cut_at_its_token_cap) {
  LlmModel model{LlmOptions()};
  const json::value body = body_of(ask(model, question(R"(,"max_completion_tokens":10)")));
  EXPECT_EQ(text_at(body, "/choices/0/finish_reason"), "length");
  EXPECT_LE(number_at(body, "/usage/completion_tokens"), 10);
}

TEST(LlmModel, requests_per_minute_are_enforced_and_told) {
  LlmOptions options;
  options.rpm = 60;
  LlmModel model(std::move(options));
  const std::string body = question();
  for (int i = 0; i < 60; ++i) {
    const ModelReply reply = ask(model, body);
    ASSERT_EQ(reply.status, 200);
    if (i == 0) {
      EXPECT_NE(reply.headers.find("x-ratelimit-limit-requests: 60\r\nx-ratelimit-remaining-requests: "
                                   "59\r\nx-ratelimit-reset-requests: 1s\r\n"),
                std::string::npos)
          << reply.headers;
    }
  }
  const ModelReply refused = ask(model, body);
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.headers.find("retry-after: 1\r\n"), std::string::npos);
  EXPECT_NE(refused.headers.find("x-ratelimit-remaining-requests: 0\r\n"), std::string::npos);
  EXPECT_NE(text_at(error_of(refused), "/message")
                .find("on requests per min (RPM): Limit 60, Used 60, Requested 1. Please try again in 1s."),
            std::string::npos);
  EXPECT_EQ(ask(model, body, kStart + 1001ms).status, 200) << "whoever waits as told is served";
}

TEST(LlmModel, tokens_per_minute_charge_the_larger_of_cap_and_characters) {
  LlmOptions options;
  options.tpm = 10'000;
  LlmModel model(std::move(options));
  EXPECT_EQ(ask(model, question(R"(,"max_completion_tokens":9000)")).status, 200);
  const ModelReply refused = ask(model, question(R"(,"max_completion_tokens":2000)"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(text_at(error_of(refused), "/message")
                .find("Limit 10000, Used 9000, Requested 2000. Please try again in 6s."),
            std::string::npos);
  const ModelReply never = ask(model, question(R"(,"max_completion_tokens":20000)"));
  EXPECT_EQ(never.status, 429);
  EXPECT_NE(text_at(error_of(never), "/message").find("Request too large"), std::string::npos);
  EXPECT_EQ(never.headers.find("retry-after"), std::string::npos) << "waiting cannot help";
}

TEST(LlmModel, a_wrong_key_is_refused_and_any_key_is_fine_otherwise) {
  LlmOptions options;
  options.api_key = Secret("right-key-for-this-test");
  LlmModel model(std::move(options));
  EXPECT_EQ(model.answer_chat(question(), "wrong", kStart, kToday).status, 401);
  EXPECT_EQ(model.answer_chat(question(), "", kStart, kToday).status, 401);
  EXPECT_EQ(model.answer_chat(question(), "right-key-for-this-test", kStart, kToday).status, 200);
  EXPECT_EQ(model.list_models("wrong", kToday).status, 401);
  LlmModel open{LlmOptions()};
  EXPECT_EQ(open.answer_chat(question(), "", kStart, kToday).status, 200);
  EXPECT_EQ(text_at(body_of(open.list_models("", kToday)), "/data/0/id"), kModelId);
}

TEST(LlmModel, the_ledger_counts_what_was_sent_per_row) {
  LlmModel model{LlmOptions()};
  const ModelReply first = ask(model, question("", "Done: 1"));
  const ModelReply again = ask(model, question("", "Done: 1"));
  const ModelReply other = ask(model, question("", "Done: 2"));
  EXPECT_EQ(model.ledger().in_flight(), 3U);
  model.ledger().note_sent(first.receipt);
  model.ledger().note_sent(again.receipt);
  model.ledger().note_lost(other.receipt);
  EXPECT_EQ(model.ledger().in_flight(), 0U);
  EXPECT_EQ(model.ledger().max_in_flight(), 3U);
  EXPECT_EQ(model.ledger().verdicts(), 2U);
  EXPECT_EQ(model.ledger().distinct_rows(), 2U);
  EXPECT_EQ(model.ledger().rows_answered_again(), 1U);
  const json::value ledger = json::parse(model.ledger().to_json(true, true));
  EXPECT_TRUE(ledger.at("simulation").as_bool());
  EXPECT_EQ(number_at(ledger, "/lost"), 1);
  EXPECT_EQ(number_at(ledger, "/by_status/200"), 2);
  EXPECT_EQ(number_at(ledger, "/first_request_unix_ms"), kToday.time_since_epoch().count());
  EXPECT_EQ(ledger.at("latencies_ms").as_array().size(), 3U);
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> rows;
  for (const json::value& row : ledger.at("row_answers").as_array()) {
    rows[text_at(json::parse(text_at(row, "/row")), "/comment")] = {number_at(row, "/asked"),
                                                                    number_at(row, "/answered")};
  }
  EXPECT_EQ(rows["Done: 1"], (std::pair<std::int64_t, std::int64_t>{2, 2}));
  EXPECT_EQ(rows["Done: 2"], (std::pair<std::int64_t, std::int64_t>{1, 0}));
}

TEST(LlmModel, a_reset_starts_the_same_world_again) {
  LlmOptions options;
  options.latency = parse_latency("lognormal:median=2s,p95=6s").value();
  options.rpm = 2;
  LlmModel model(std::move(options));
  const Duration first = ask(model, question()).delay;
  model.ledger().note_sent(Receipt{.is_chat = true, .row = {}, .usage = {}});
  ask(model, question());
  EXPECT_EQ(ask(model, question()).status, 429);
  model.reset();
  EXPECT_EQ(model.ledger().requests(), 0U);
  EXPECT_EQ(model.ledger().in_flight(), 2U) << "what is in flight still ends";
  EXPECT_EQ(ask(model, question()).delay, first);
}

RC_GTEST_PROP(LlmModel, any_body_gets_a_reply_in_json, (const std::string& body)) {
  LlmModel model{LlmOptions()};
  const ModelReply reply = ask(model, body);
  RC_ASSERT(reply.status == 400);
  static_cast<void>(body_of(reply));
}

RC_GTEST_PROP(LlmModel, any_row_text_gives_a_reply_that_parses, (const std::string& bytes)) {
  std::string comment;
  for (const char c : bytes) comment += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "Ж";
  LlmModel model{LlmOptions()};
  const ModelReply reply = ask(model, question("", comment));
  RC_ASSERT(reply.status == 200);
  const json::value content = json::parse(text_at(body_of(reply), "/choices/0/message/content"));
  RC_ASSERT(content.at("is_valid").is_bool());
}

}  // namespace
}  // namespace sv::sim
