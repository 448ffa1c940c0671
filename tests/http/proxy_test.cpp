// Proxies come from the environment, as people's networks need them.
#include "http/http_fixture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace sv::http::test {
namespace {

class Proxy : public HttpTest {
 protected:
  std::string proxy_url() { return fmt::format("http://127.0.0.1:{}", server_.port()); }
};

TEST_F(Proxy, http_proxy_gets_the_whole_url) {
  const ScopedEnvironment proxy("http_proxy", proxy_url());
  const ScopedEnvironment no_proxy("no_proxy", "");
  std::string head;
  server_.respond_with([&head](const Received& received) {
    head = received.head;
    return Script{Send{reply(200, "through the proxy")}};
  });
  const Reply got = send(request_to("http://provider.invalid/v1"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "through the proxy");
  EXPECT_TRUE(head.starts_with("POST http://provider.invalid/v1 HTTP/1.1\r\n")) << head;
}

TEST_F(Proxy, https_proxy_is_asked_for_a_tunnel_without_our_headers) {
  const ScopedEnvironment proxy("https_proxy", proxy_url());
  std::string head;
  server_.respond_with([&head](const Received& received) {
    head = received.head;
    return Script{Send{reply(403, "no")}, Close{}};
  });
  ports::HttpRequest sent = request();
  sent.endpoint = std::make_shared<ports::HttpEndpoint>(
      ports::HttpEndpoint{.url = "https://provider.invalid/v1", .headers = {"api-key: hidden"}});
  EXPECT_EQ(kind_of(send(std::move(sent))), ErrorKind::connect);
  EXPECT_TRUE(head.starts_with("CONNECT provider.invalid:443 HTTP/1.1\r\n")) << head;
  EXPECT_EQ(head.find("hidden"), std::string::npos) << head;
}

TEST_F(Proxy, no_proxy_is_honoured) {
  const ScopedEnvironment proxy("http_proxy", proxy_url());
  const ScopedEnvironment no_proxy("no_proxy", "provider.invalid");
  EXPECT_EQ(kind_of(send(request_to("http://provider.invalid/v1"))), ErrorKind::connect);
  EXPECT_EQ(server_.opened(), 0U);
}

TEST_F(Proxy, our_own_loopback_is_reached_without_the_proxy) {
  RawServer proxy_server(io_);
  const ScopedEnvironment proxy("http_proxy", fmt::format("http://127.0.0.1:{}", proxy_server.port()));
  ASSERT_TRUE(send(request()));
  EXPECT_EQ(proxy_server.opened(), 0U);
  EXPECT_EQ(server_.requests(), 1U);
  proxy_server.stop();
  io_.restart();
  io_.run_for(std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace sv::http::test
