// What an ordinary exchange brings, and how connections are used.
#include "http/http_fixture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::http::test {
namespace {

class Exchange : public HttpTest {};

TEST_F(Exchange, brings_status_headers_body_and_time) {
  server_.respond_with([](const Received&) {
    return Script{Pause{std::chrono::milliseconds(20)},
                  Send{reply(429, R"({"error":{}})", "Retry-After: 7\r\nX-RateLimit-Remaining:  12 \r\n")}};
  });
  const Reply got = send(request());
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 429);
  EXPECT_EQ(got->body, R"({"error":{}})");
  EXPECT_EQ(got->header("retry-after"), "7");
  EXPECT_EQ(got->header("x-ratelimit-remaining"), "12");
  EXPECT_EQ(got->header("retry"), std::nullopt) << "a part of a name is not the name";
  EXPECT_GE(got->elapsed, std::chrono::milliseconds(20));
}

TEST_F(Exchange, sends_method_path_headers_and_body_as_given) {
  Received seen;
  server_.respond_with([&seen](const Received& received) {
    seen = received;
    return Script{Send{reply(200, "ok")}};
  });
  ports::HttpRequest sent = request_to(server_.url("/v1/chat/completions?a=b"), "{\"текст\":\"да\"}");
  sent.endpoint = std::make_shared<ports::HttpEndpoint>(ports::HttpEndpoint{
      .url = sent.endpoint->url, .headers = {"Content-Type: application/json", "Authorization: Bearer key"}});
  ASSERT_TRUE(send(std::move(sent)));
  EXPECT_TRUE(seen.head.starts_with("POST /v1/chat/completions?a=b HTTP/1.1\r\n")) << seen.head;
  EXPECT_NE(seen.head.find("\r\nAuthorization: Bearer key\r\n"), std::string::npos);
  EXPECT_NE(seen.head.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(seen.head.find("\r\nUser-Agent: status-validator\r\n"), std::string::npos);
  EXPECT_EQ(seen.body, "{\"текст\":\"да\"}");
}

TEST_F(Exchange, can_get_and_delete_after_a_post_on_the_same_handle) {
  std::vector<Received> seen;
  server_.respond_with([&seen](const Received& received) {
    seen.push_back(received);
    return Script{Send{reply(200, "ok")}};
  });
  ASSERT_TRUE(send(request("{\"a\":1}")));
  ports::HttpRequest get = request("");
  get.method = "GET";
  ASSERT_TRUE(send(std::move(get)));
  ports::HttpRequest remove = request("");
  remove.method = "DELETE";
  ASSERT_TRUE(send(std::move(remove)));
  ASSERT_TRUE(send(request("{\"b\":2}")));
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_TRUE(seen[2].head.starts_with("DELETE /v1 "));
  EXPECT_EQ(seen[2].body, "");
  EXPECT_TRUE(seen[1].head.starts_with("GET /v1 "));
  EXPECT_EQ(seen[1].body, "");
  EXPECT_TRUE(seen[3].head.starts_with("POST /v1 "));
  EXPECT_EQ(seen[3].body, "{\"b\":2}");
}

TEST_F(Exchange, sends_a_body_of_two_megabytes_whole_and_without_asking_first) {
  std::string body(std::size_t{2} << 20U, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 % 251);
  Received seen;
  server_.respond_with([&seen](const Received& received) {
    seen = received;
    return Script{Send{reply(200, "ok")}};
  });
  ASSERT_TRUE(send(request(body)));
  EXPECT_TRUE(seen.body == body);
  EXPECT_EQ(seen.head.find("Expect:"), std::string::npos);
}

TEST_F(Exchange, reads_a_chunked_reply) {
  server_.respond_with(
      [](const Received&) { return Script{Send{chunked_reply({"one ", "two ", "three"})}}; });
  const Reply got = send(request());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, "one two three");
}

TEST_F(Exchange, unpacks_gzip) {
  server_.respond_with([](const Received&) {
    return Script{Send{reply(200, gzip("unpacked"), "Content-Encoding: gzip\r\n")}};
  });
  const Reply got = send(request());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, "unpacked");
}

TEST_F(Exchange, keeps_the_final_reply_after_an_unasked_100_continue) {
  server_.respond_with([](const Received&) {
    return Script{Send{"HTTP/1.1 100 Continue\r\nX-Interim: yes\r\n\r\n"},
                  Send{reply(200, "final", "X-Final: yes\r\n")}};
  });
  const Reply got = send(request());
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "final");
  EXPECT_EQ(got->header("x-final"), "yes");
  EXPECT_EQ(got->header("x-interim"), std::nullopt);
}

TEST_F(Exchange, never_follows_a_redirect) {
  RawServer elsewhere(io_);
  for (const int status : {301, 302, 303, 307, 308}) {
    server_.respond_with([&elsewhere, status](const Received&) {
      return Script{Send{reply(status, "", fmt::format("Location: {}\r\n", elsewhere.url()))}};
    });
    const Reply got = send(request());
    ASSERT_TRUE(got);
    EXPECT_EQ(got->status, status);
    EXPECT_EQ(got->header("location"), elsewhere.url());
  }
  EXPECT_EQ(elsewhere.opened(), 0U);
  elsewhere.stop();
  io_.restart();
  io_.run_for(std::chrono::milliseconds(1));
}

TEST_F(Exchange, sequential_requests_use_one_connection) {
  options_.max_in_flight = 1000;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(send(request()));
  EXPECT_EQ(server_.opened(), 1U);
  EXPECT_EQ(server_.requests(), 50U);
}

TEST_F(Exchange, the_connections_of_one_wave_serve_the_next) {
  options_.max_in_flight = 200;  // several shards
  server_.respond_with(
      [](const Received&) { return Script{Pause{std::chrono::milliseconds(100)}, Send{reply(200, "ok")}}; });
  for (int wave = 0; wave < 3; ++wave) {
    std::vector<ports::HttpRequest> requests;
    requests.reserve(200);
    for (int i = 0; i < 200; ++i) requests.push_back(request());
    for (const Reply& got : send_all(std::move(requests))) ASSERT_TRUE(got);
  }
  EXPECT_EQ(server_.requests(), 600U);
  EXPECT_EQ(server_.opened(), 200U);
}

TEST_F(Exchange, a_thousand_at_once_each_get_their_own_reply) {
  options_.max_in_flight = 1000;
  server_.respond_with([](const Received& received) {
    return Script{Pause{std::chrono::milliseconds(50)}, Send{reply(200, received.body)}};
  });
  std::vector<ports::HttpRequest> requests;
  requests.reserve(1000);
  for (int i = 0; i < 1000; ++i) requests.push_back(request(fmt::format("row {}", i)));
  const std::vector<Reply> replies = send_all(std::move(requests));
  for (std::size_t i = 0; i < replies.size(); ++i) {
    ASSERT_TRUE(replies[i]) << replies[i].error().message;
    EXPECT_EQ(replies[i]->body, fmt::format("row {}", i));
  }
  EXPECT_EQ(transport().in_flight(), 0U);
  EXPECT_LE(server_.opened(), 1000U);
}

TEST_F(Exchange, two_endpoints_do_not_mix_their_headers) {
  std::vector<std::string> heads;
  server_.respond_with([&heads](const Received& received) {
    heads.push_back(received.head);
    return Script{Send{reply(200, "ok")}};
  });
  ports::HttpRequest first = request_to(server_.url("/first"));
  first.endpoint = std::make_shared<ports::HttpEndpoint>(
      ports::HttpEndpoint{.url = first.endpoint->url, .headers = {"api-key: one"}});
  ASSERT_TRUE(send(std::move(first)));
  ASSERT_TRUE(send(request_to(server_.url("/second"))));
  ASSERT_EQ(heads.size(), 2U);
  EXPECT_NE(heads[0].find("api-key: one"), std::string::npos);
  EXPECT_EQ(heads[1].find("api-key"), std::string::npos);
  EXPECT_TRUE(heads[1].starts_with("POST /second "));
}

}  // namespace
}  // namespace sv::http::test
