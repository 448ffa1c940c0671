#include "llm/chat_reply.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25);

ports::HttpResponse response(int status, std::string body, std::string headers = "") {
  return {.status = status, .header_block = std::move(headers), .body = std::move(body), .elapsed = 1s};
}

std::string completion(std::string_view message, std::string_view finish, std::string_view more = "") {
  return fmt::format(
      R"({{"id":"x","model":"gpt-4o-2024","choices":[{{"index":0,"message":{},"finish_reason":{}}}]{}}})",
      message, finish, more);
}

ErrorKind kind_of(const ChatResult& result) {
  EXPECT_FALSE(result.reply.has_value());
  return result.reply ? ErrorKind::cancelled : result.reply.error().kind;
}

TEST(ChatReply, gives_content_model_and_usage) {
  const ChatResult result = read_chat_reply(
      response(200, completion(R"({"role":"assistant","content":"{\"is_valid\":true}","refusal":null})",
                               R"("stop")",
                               R"(,"usage":{"prompt_tokens":1300,"completion_tokens":40,"total_tokens":1340,
                                  "prompt_tokens_details":{"cached_tokens":1152,"cache_write_tokens":7},
                                  "completion_tokens_details":{"reasoning_tokens":12}})")),
      kNow);
  ASSERT_TRUE(result.reply.has_value()) << result.reply.error().message;
  EXPECT_EQ(result.reply->content, R"({"is_valid":true})");
  EXPECT_EQ(result.reply->model, "gpt-4o-2024");
  EXPECT_EQ(
      result.usage,
      (domain::Usage{.input = 1300, .cached_input = 1152, .cache_write = 7, .output = 40, .reasoning = 12}));
}

TEST(ChatReply, reads_content_in_parts) {
  const ChatResult result = read_chat_reply(
      response(200,
               completion(R"({"content":[{"type":"text","text":"{\"a\""},{"type":"text","text":":1}"}]})",
                          R"("stop")")),
      kNow);
  ASSERT_TRUE(result.reply.has_value());
  EXPECT_EQ(result.reply->content, R"({"a":1})");
}

TEST(ChatReply, finish_reason_decides_before_anything_is_parsed) {
  const std::string usable = R"({"content":"{}"})";
  const auto kind = [&](std::string_view message, std::string_view finish) {
    return to_string(kind_of(read_chat_reply(response(200, completion(message, finish)), kNow)));
  };
  EXPECT_EQ(kind(usable, R"("length")"), "truncated");
  EXPECT_EQ(kind(R"({"content":""})", R"("length")"), "truncated") << "reasoning ate the whole cap";
  EXPECT_EQ(kind(usable, R"("content_filter")"), "refused");
  EXPECT_EQ(kind(usable, R"("blacklist")"), "refused") << "GigaChat";
  EXPECT_EQ(kind(R"({"content":null,"refusal":"I cannot"})", R"("stop")"), "refused");
  EXPECT_EQ(kind(usable, R"("error")"), "server_error") << "OpenRouter";
  EXPECT_EQ(kind(R"({"content":null})", R"("stop")"), "invalid_reply");
  EXPECT_TRUE(read_chat_reply(response(200, completion(usable, "null")), kNow).reply.has_value())
      << "some servers of one's own leave it out";
}

TEST(ChatReply, usage_of_a_reply_that_cannot_be_used_is_counted) {
  const ChatResult result =
      read_chat_reply(response(200, completion(R"({"content":"{"})", R"("length")",
                                               R"(,"usage":{"prompt_tokens":9,"completion_tokens":1024})")),
                      kNow);
  EXPECT_EQ(kind_of(result), ErrorKind::truncated);
  EXPECT_EQ(result.usage.output, 1024U);
}

TEST(ChatReply, a_200_can_be_an_error) {
  EXPECT_EQ(kind_of(read_chat_reply(response(200, R"({"choices":[]})"), kNow)), ErrorKind::refused);
  EXPECT_EQ(kind_of(read_chat_reply(response(200, "<html>hello</html>"), kNow)), ErrorKind::protocol);
  EXPECT_EQ(kind_of(read_chat_reply(response(200, R"({"ok":true})"), kNow)), ErrorKind::protocol);
  // OpenRouter: an upstream failure inside of a 200, code as a number.
  EXPECT_EQ(kind_of(read_chat_reply(
                response(200, R"({"error":{"code":429,"message":"Rate limited upstream"}})"), kNow)),
            ErrorKind::rate_limited);
  EXPECT_EQ(kind_of(read_chat_reply(response(200, R"({"error":{"code":502,"message":"upstream"}})"), kNow)),
            ErrorKind::server_error);
}

TEST(ChatReply, finds_the_error_object_wherever_it_stands) {
  for (const char* body :
       {R"({"error":{"message":"no key","type":"x","param":null,"code":null}})", R"({"message":"no key"})",
        R"({"error":"no key"})", R"([{"error":{"message":"no key","status":"UNAUTHENTICATED"}}])"}) {
    const ChatResult result = read_chat_reply(response(401, body), kNow);
    EXPECT_EQ(kind_of(result), ErrorKind::unauthorized) << body;
    EXPECT_EQ(result.reply.error().message,
              "HTTP 401: no key (check the API key and what it is allowed to do)")
        << body;
  }
  EXPECT_EQ(kind_of(read_chat_reply(response(502, "<html>Bad gateway</html>"), kNow)),
            ErrorKind::server_error);
  EXPECT_EQ(kind_of(read_chat_reply(response(302, ""), kNow)), ErrorKind::protocol);
}

TEST(ChatReply, the_wait_comes_from_headers_or_from_the_text) {
  const std::string text =
      R"({"error":{"message":"Please try again in 8.71s.","code":"rate_limit_exceeded"}})";
  EXPECT_EQ(read_chat_reply(response(429, text), kNow).reply.error().retry_after, 8710ms);
  EXPECT_EQ(read_chat_reply(response(429, text, "Retry-After: 3\r\n"), kNow).reply.error().retry_after, 3s);
  EXPECT_EQ(read_chat_reply(response(429, text, "retry-after-ms: 250\r\nRetry-After: 3\r\n"), kNow)
                .reply.error()
                .retry_after,
            250ms);
  const std::string gemini =
      R"([{"error":{"code":429,"message":"quota","details":[{"retryDelay": "32s"}]}}])";
  EXPECT_EQ(read_chat_reply(response(429, gemini), kNow).reply.error().retry_after, 32s);
}

TEST(ChatReply, a_provider_that_says_do_not_retry_is_believed) {
  EXPECT_EQ(kind_of(read_chat_reply(response(503, "{}", "x-should-retry: false\r\n"), kNow)),
            ErrorKind::bad_request);
}

TEST(ChatReply, a_refused_parameter_is_named) {
  const ChatResult result = read_chat_reply(
      response(
          400,
          R"({"error":{"message":"Unsupported value: 'temperature' does not support 0","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}})"),
      kNow);
  EXPECT_EQ(result.refused_parameter, "temperature");
}

TEST(ChatReply, messages_of_servers_are_shortened_and_made_safe) {
  const ChatResult result = read_chat_reply(
      response(500, fmt::format(R"({{"error":{{"message":"\u001b[31m{}"}}}})", std::string(5000, 'x'))),
      kNow);
  EXPECT_LT(result.reply.error().message.size(), 300U);
  EXPECT_EQ(result.reply.error().message.find('\x1b'), std::string::npos);
}

TEST(ChatReply, deep_nesting_is_refused) {
  EXPECT_EQ(kind_of(read_chat_reply(response(200, std::string(100'000, '[')), kNow)), ErrorKind::protocol);
}

RC_GTEST_PROP(ChatReplyProperty, survives_any_bytes, (const std::string& bytes)) {
  const int status = *rc::gen::element(200, 400, 429, 500);
  const ChatResult result = read_chat_reply(response(status, bytes), kNow);
  RC_ASSERT(!result.reply.has_value());
}

}  // namespace
}  // namespace sv::llm
