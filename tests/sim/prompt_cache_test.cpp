// The simulated provider's prompt cache, and which fields its dialects refuse.
#include "question_fixture.hpp"
#include "sim/llm_model.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <string>

namespace sv::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::chat_body;
using testing::kEnglishRules;
using testing::kEnglishStatuses;
using testing::system_text;
using testing::user_text;

const TimePoint kStart{Duration(std::chrono::hours(1))};
const WallTime kToday{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};

ModelReply ask(LlmModel& model, const std::string& body, TimePoint now = kStart) {
  return model.answer_chat(body, "key", now, kToday);
}

std::int64_t cached_tokens(const ModelReply& reply) {
  return json::parse(reply.body).at_pointer("/usage/prompt_tokens_details/cached_tokens").as_int64();
}

TEST(LlmModel, the_static_part_of_the_prompt_is_cached_per_key) {
  LlmOptions options;
  options.latency = Latency::fixed(1s);
  LlmModel model(std::move(options));
  const std::string long_rules = std::string(kEnglishRules) + std::string(10'000, 'x') + "\n";
  const auto cached = [&](std::string_view comment, TimePoint now) {
    const std::string body = chat_body(system_text(long_rules, kEnglishStatuses),
                                       user_text("On Track", comment), R"(,"prompt_cache_key":"k")");
    return cached_tokens(ask(model, body, now));
  };
  EXPECT_EQ(cached("one", kStart), 0);
  EXPECT_EQ(cached("two", kStart + 249ms), 0) << "the first request is still being read";
  const std::int64_t hit = cached("three", kStart + 250ms);
  EXPECT_GE(hit, 1024);
  EXPECT_EQ(hit % 128, 0);
}

TEST(LlmModel, one_key_at_500_rpm_hits_in_90_to_93_percent) {
  const std::string body =
      chat_body(system_text(std::string(kEnglishRules) + std::string(10'000, 'x') + "\n", kEnglishStatuses),
                user_text("On Track", "one"), R"(,"prompt_cache_key":"k")");
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    LlmOptions options;
    options.seed = seed;
    options.latency = parse_latency("lognormal:median=3s,p95=6.8s").value();
    LlmModel model(std::move(options));
    for (int i = 0; i < 3000; ++i) ask(model, body, kStart + i * 120ms);
    std::uint64_t hits = 0;
    for (const auto& minute : model.ledger().prompt_cache_by_minute()) hits += minute.hits;
    EXPECT_GE(hits, 2700U) << "pacing.md §6; seed " << seed;
    EXPECT_LE(hits, 2800U);
  }
}

TEST(LlmModel, an_explicit_breakpoint_writes_the_prefix_once_and_no_row) {
  LlmOptions options;
  options.prompt_cache = PromptCacheKind::explicit_breakpoint;
  options.latency = Latency::fixed(1s);
  const std::string long_rules = std::string(kEnglishRules) + std::string(10'000, 'x') + "\n";
  const auto usage_of = [&](LlmModel& model, bool is_explicit, TimePoint now) {
    std::string system;
    append_json_string(system, system_text(long_rules, kEnglishStatuses));
    std::string user;
    append_json_string(user, user_text("On Track", "one"));
    const std::string body = fmt::format(
        R"({{"model":"m","messages":[{{"role":"system","content":[{{"type":"text","text":{}{}}}]}},)"
        R"({{"role":"user","content":{}}}],"prompt_cache_key":"k"{}}})",
        system, is_explicit ? R"(,"prompt_cache_breakpoint":{"mode":"explicit"})" : "", user,
        is_explicit ? R"(,"prompt_cache_options":{"mode":"explicit"})" : "");
    const ModelReply reply = model.answer_chat(body, "", now, kToday);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.receipt.usage;
  };
  LlmModel model(options);
  const domain::Usage written = usage_of(model, true, kStart);
  EXPECT_EQ(written.cached_input, 0U);
  EXPECT_GE(written.cache_write, 1024U);
  EXPECT_LT(written.cache_write, written.input);
  const domain::Usage hit = usage_of(model, true, kStart + 1s);
  EXPECT_EQ(hit.cached_input, written.cache_write) << "to the token";
  EXPECT_EQ(hit.cache_write, 0U);

  LlmModel implicit(options);
  usage_of(implicit, false, kStart);
  const domain::Usage tail = usage_of(implicit, false, kStart + 1s);
  EXPECT_EQ(tail.cache_write, tail.input - tail.cached_input) << "each row writes its own end";
}

struct Refusal {
  int status = 0;
  std::string message;
};

Refusal send(Dialect dialect, std::string_view model_name, std::string_view extra,
             PromptCacheKind cache = PromptCacheKind::automatic) {
  LlmOptions options;
  options.dialect = dialect;
  options.prompt_cache = cache;
  LlmModel model(std::move(options));
  std::string body =
      chat_body(system_text(kEnglishRules, kEnglishStatuses), user_text("On Track", "Done: 1"), extra);
  constexpr std::string_view kModelMember = R"("model":")";
  const std::size_t name = body.find(kModelMember) + kModelMember.size();
  body.replace(name, body.find('"', name) - name, model_name);
  const ModelReply reply = ask(model, body);
  if (reply.status == 200) return {.status = 200, .message = ""};
  const json::value parsed = json::parse(reply.body);
  return {.status = reply.status, .message = std::string(parsed.at_pointer("/error/message").as_string())};
}

TEST(Dialects, openai_refuses_old_fields_for_new_models_and_new_fields_for_old_ones) {
  EXPECT_EQ(
      send(Dialect::openai, "gpt-5.6-luna", R"(,"max_tokens":600)").message,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
      "instead.");
  EXPECT_EQ(
      send(Dialect::openai, "o3", R"(,"temperature":0)").message,
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is "
      "supported.");
  EXPECT_EQ(send(Dialect::openai, "gpt-4o", R"(,"max_tokens":600,"temperature":0)").status, 200);
  constexpr std::string_view kOptions = R"(,"prompt_cache_options":{"mode":"explicit"})";
  EXPECT_EQ(send(Dialect::openai, "gpt-4o", kOptions).message, "Unknown parameter: 'prompt_cache_options'.");
  EXPECT_EQ(send(Dialect::openai, "gpt-6-sol", kOptions, PromptCacheKind::explicit_breakpoint).status, 200);
  EXPECT_EQ(send(Dialect::openrouter, "gpt-4o", kOptions).status, 200) << "stripped on the way";
}

TEST(Dialects, groq_refuses_what_its_documents_list) {
  EXPECT_EQ(send(Dialect::groq, "llama", R"(,"logprobs":true)").message,
            "property 'logprobs' is unsupported");
  EXPECT_EQ(send(Dialect::groq, "llama", R"(,"n":2)").status, 400);
  EXPECT_EQ(send(Dialect::groq, "llama", R"(,"n":1,"max_tokens":600)").status, 200);
}

TEST(Dialects, anthropic_ignores_the_response_format_and_refuses_several_choices) {
  EXPECT_EQ(send(Dialect::anthropic, "claude", R"(,"n":2)").status, 400);
  LlmOptions options;
  options.dialect = Dialect::anthropic;
  LlmModel model(std::move(options));
  // Without the word JSON anywhere, a server that heeds the format refuses it.
  const std::string body = chat_body("Be brief.", "Hello", R"(,"response_format":{"type":"json_object"})");
  EXPECT_EQ(ask(model, body).status, 200);
  LlmModel heeding{LlmOptions()};
  EXPECT_EQ(ask(heeding, body).status, 400);
}

TEST(Dialects, ollama_ignores_the_new_name_of_the_cap) {
  const auto finish_reason = [](Dialect dialect) {
    LlmOptions options;
    options.dialect = dialect;
    LlmModel model(std::move(options));
    const std::string body = chat_body(system_text(kEnglishRules, kEnglishStatuses),
                                       user_text("Nonsense", "x"), R"(,"max_completion_tokens":5)");
    return std::string(json::parse(ask(model, body).body).at_pointer("/choices/0/finish_reason").as_string());
  };
  EXPECT_EQ(finish_reason(Dialect::openai), "length");
  EXPECT_EQ(finish_reason(Dialect::ollama), "stop");
}

}  // namespace
}  // namespace sv::sim
