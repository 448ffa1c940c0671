#include "llm/capabilities.hpp"

#include "llm/provider_address.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace sv::llm {
namespace {

TEST(Capabilities, openai_takes_the_new_cap_and_its_reasoning_models_no_temperature) {
  const Capabilities plain = guess_capabilities("https://api.openai.com/v1", "gpt-4.1-mini", true);
  EXPECT_EQ(plain.cap_field, CapField::max_completion_tokens);
  EXPECT_TRUE(plain.takes_temperature);
  EXPECT_TRUE(plain.takes_prompt_cache_key);
  EXPECT_EQ(plain.reasoning, ReasoningField::none);
  for (const char* model : {"o3", "o4-mini", "gpt-5-mini", "gpt-6-luna"}) {
    const Capabilities reasoning = guess_capabilities("https://api.openai.com/v1", model, true);
    EXPECT_FALSE(reasoning.takes_temperature) << model;
    EXPECT_EQ(reasoning.reasoning, ReasoningField::effort) << model;
    EXPECT_TRUE(reasoning.reasons) << model;
  }
  EXPECT_EQ(guess_capabilities("https://api.openai.com/v1", "o3", false).reasoning, ReasoningField::none);
}

TEST(Capabilities, other_servers_take_what_their_documents_list) {
  EXPECT_EQ(guess_capabilities("http://localhost:11434/v1", "llama3", true).cap_field, CapField::max_tokens);
  EXPECT_EQ(guess_capabilities("https://openrouter.ai/api/v1", "x/y", true).reasoning,
            ReasoningField::object);
  EXPECT_TRUE(guess_capabilities("https://ai.api.cloud.yandex.net/v1", "gpt://f/yandexgpt/latest", true)
                  .has_bare_schema);
  EXPECT_EQ(guess_capabilities("https://api.anthropic.com/v1", "claude", true).reply_format,
            ReplyFormat::text);
  EXPECT_FALSE(guess_capabilities("https://api.groq.com/openai/v1", "llama", true).takes_prompt_cache_key);
}

TEST(Capabilities, prompt_caching_is_known_by_provider_and_family) {
  const auto caching = [](std::string_view url, std::string_view model) {
    return guess_capabilities(url, model, true).prompt_caching;
  };
  for (const char* model :
       {"gpt-4o", "gpt-4.1-mini", "gpt-5", "gpt-5.5", "gpt-35-turbo", "o3", "my-deployment"}) {
    EXPECT_EQ(caching("https://api.openai.com/v1", model), PromptCaching::automatic) << model;
  }
  for (const char* model : {"gpt-5.6-luna", "gpt-6-astra", "gpt-5.10"}) {
    EXPECT_EQ(caching("https://api.openai.com/v1", model), PromptCaching::explicit_breakpoint) << model;
    EXPECT_EQ(caching("https://openrouter.ai/api/v1", "openai/" + std::string(model)),
              PromptCaching::explicit_breakpoint);
  }
  EXPECT_EQ(caching("https://openrouter.ai/api/v1", "vendor/model"), PromptCaching::unknown);
  EXPECT_EQ(caching("https://api.groq.com/openai/v1", "llama"), PromptCaching::automatic);
  EXPECT_EQ(caching("https://api.anthropic.com/v1", "claude"), PromptCaching::none);
  EXPECT_EQ(caching("http://localhost:8000/v1", "gpt-6-luna"), PromptCaching::unknown);
}

TEST(Capabilities, breakpoints_that_are_refused_are_left_out) {
  Capabilities capabilities;
  capabilities.prompt_caching = PromptCaching::explicit_breakpoint;
  for (const char* parameter : {"prompt_cache_options", "messages[0].content[0].prompt_cache_breakpoint"}) {
    const auto next = after_refusal(capabilities, {.parameter = parameter, .message = ""});
    ASSERT_TRUE(next) << parameter;
    EXPECT_EQ(next->prompt_caching, PromptCaching::automatic);
    EXPECT_EQ(after_refusal(*next, {.parameter = parameter, .message = ""}), std::nullopt);
  }
  const auto by_words =
      after_refusal(capabilities, {.parameter = "", .message = "Unknown parameter: 'prompt_cache_options'."});
  EXPECT_EQ(by_words->prompt_caching, PromptCaching::automatic);
}

TEST(Capabilities, formats_step_down_twice_and_then_nothing_is_left) {
  Capabilities now;
  const Refusal refusal{.parameter = "response_format", .message = ""};
  now = after_refusal(now, refusal).value();
  EXPECT_EQ(now.reply_format, ReplyFormat::json_object);
  now = after_refusal(now, refusal).value();
  EXPECT_EQ(now.reply_format, ReplyFormat::text);
  EXPECT_EQ(after_refusal(now, refusal), std::nullopt);
}

TEST(Capabilities, a_refusal_without_parameter_is_read_from_its_words) {
  const auto after = [](std::string_view message, Capabilities from = {}) {
    return after_refusal(from, {.parameter = "", .message = message});
  };
  EXPECT_EQ(after("Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                  "'max_completion_tokens' instead.")
                ->cap_field,
            CapField::max_completion_tokens);
  Capabilities new_cap;
  new_cap.cap_field = CapField::max_completion_tokens;
  EXPECT_EQ(after("Unknown field max_completion_tokens, use max_tokens", new_cap)->cap_field,
            CapField::max_tokens);
  EXPECT_FALSE(
      after("Unsupported value: 'temperature' does not support 0 with this model.")->takes_temperature);
  EXPECT_EQ(after("This model does not support JSON_SCHEMA output")->reply_format, ReplyFormat::json_object);
  Capabilities cached;
  cached.takes_prompt_cache_key = true;
  EXPECT_FALSE(
      after("Unrecognized request argument supplied: prompt_cache_key", cached)->takes_prompt_cache_key);
  EXPECT_EQ(after("messages must not be empty"), std::nullopt);
}

TEST(Capabilities, the_cap_swaps_its_name_once) {
  Capabilities now;
  now.cap_field = CapField::max_completion_tokens;
  EXPECT_EQ(after_refusal(now, {.parameter = "max_tokens", .message = ""}), std::nullopt)
      << "it was not sent";
}

RC_GTEST_PROP(CapabilitiesProperty, a_text_gives_back_what_it_was_made_of, ()) {
  Capabilities capabilities;
  capabilities.reply_format =
      *rc::gen::element(ReplyFormat::json_schema, ReplyFormat::json_object, ReplyFormat::text);
  capabilities.cap_field = *rc::gen::element(CapField::max_tokens, CapField::max_completion_tokens);
  capabilities.reasoning =
      *rc::gen::element(ReasoningField::none, ReasoningField::effort, ReasoningField::object);
  capabilities.takes_temperature = *rc::gen::arbitrary<bool>();
  capabilities.takes_prompt_cache_key = *rc::gen::arbitrary<bool>();
  capabilities.has_bare_schema = *rc::gen::arbitrary<bool>();
  capabilities.reasons = *rc::gen::arbitrary<bool>();
  RC_ASSERT(decode(encode(capabilities)) == std::optional(capabilities));
}

RC_GTEST_PROP(CapabilitiesProperty, other_texts_are_not_understood, (const std::string& text)) {
  RC_ASSERT(decode(text) == std::nullopt);
  RC_ASSERT(decode("2 format=" + text) == std::nullopt);
}

TEST(ProviderAddress, knows_whose_server_it_is_by_the_host_alone) {
  EXPECT_EQ(vendor_of("https://api.openai.com/v1"), Vendor::openai);
  EXPECT_EQ(vendor_of("https://API.OpenAI.com"), Vendor::openai);
  EXPECT_EQ(vendor_of("https://x.openai.azure.com/openai/deployments/d?api-version=1"), Vendor::azure);
  EXPECT_EQ(vendor_of("https://notopenai.com/v1"), Vendor::unknown);
  EXPECT_EQ(vendor_of("https://openai.com.evil.example/v1"), Vendor::unknown);
  EXPECT_EQ(vendor_of("http://127.0.0.1:8000/api.openai.com"), Vendor::unknown);
}

TEST(ProviderAddress, makes_the_url) {
  EXPECT_EQ(chat_completions_url("https://h/v1"), "https://h/v1/chat/completions");
  EXPECT_EQ(chat_completions_url("https://h/v1/"), "https://h/v1/chat/completions");
  EXPECT_EQ(chat_completions_url("https://h/d?api-version=2"), "https://h/d/chat/completions?api-version=2");
  EXPECT_EQ(chat_completions_url("https://h/v1/chat/completions"), "https://h/v1/chat/completions");
}

TEST(ProviderAddress, makes_the_headers) {
  AddressDetails details{.base_url = "https://x.openai.azure.com/openai",
                         .model = "m",
                         .api_key = Secret("key-123456"),
                         .organization = "org",
                         .http_referer = "https://me",
                         .x_title = "Title"};
  const auto headers = request_headers(details);
  const auto has = [&](std::string_view line) { return std::ranges::find(headers, line) != headers.end(); };
  EXPECT_TRUE(has("Authorization: Bearer key-123456"));
  EXPECT_TRUE(has("api-key: key-123456"));
  EXPECT_TRUE(has("OpenAI-Organization: org"));
  EXPECT_TRUE(has("HTTP-Referer: https://me"));
  EXPECT_TRUE(has("X-Title: Title"));
  details = {.base_url = "https://ai.api.cloud.yandex.net/v1",
             .model = "gpt://folder7/yandexgpt/latest",
             .api_key = {},
             .organization = "",
             .http_referer = "",
             .x_title = ""};
  const auto yandex = request_headers(details);
  EXPECT_NE(std::ranges::find(yandex, "OpenAI-Project: folder7"), yandex.end());
  for (const std::string& line : yandex)
    EXPECT_FALSE(line.starts_with("Authorization")) << "no key, no header";
}

}  // namespace
}  // namespace sv::llm
