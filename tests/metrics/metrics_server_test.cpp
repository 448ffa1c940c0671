// Over real sockets, the server on a thread of its own.
#include "metrics/metrics_server.hpp"

#include "sim/raw_client.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace sv::metrics {
namespace {

using namespace std::chrono_literals;
using sim::testing::RawClient;
using sim::testing::RawReply;

class RunningServer {
 public:
  explicit RunningServer(Duration patience = 20s, std::string figures = "a_total 1\n")
      : server_(io_,
                [this, figures = std::move(figures)] {
                  most_open_ = std::max<std::size_t>(most_open_, server_.open_connections());
                  ++scrapes_;
                  return figures;
                },
                {.patience = patience}) {
    const Result<void> listening = server_.listen({});
    EXPECT_TRUE(listening) << (listening ? "" : listening.error().message);
    thread_ = std::jthread([this] { io_.run(); });
  }
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  // Returns when nothing is left to wait for on the event loop.
  void stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(io_, [this] { server_.stop(); });
    thread_.join();
  }
  std::uint16_t port() const {
    const std::string url = server_.url();
    return static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
  }
  RawClient connect() const { return RawClient(port()); }
  std::string url() const { return server_.url(); }
  int scrapes() const { return scrapes_; }
  std::size_t most_open() const { return most_open_; }

 private:
  boost::asio::io_context io_{1};
  std::atomic<int> scrapes_ = 0;
  std::atomic<std::size_t> most_open_ = 0;
  MetricsServer server_;
  std::jthread thread_;
};

TEST(MetricsServer, gives_the_figures_to_who_asks_for_them_and_closes) {
  const RunningServer server;
  EXPECT_EQ(server.url(), "http://127.0.0.1:" + std::to_string(server.port()) + "/metrics");
  for (const char* target : {"/metrics", "/metrics?name[]=a_total"}) {
    RawClient client = server.connect();
    const RawReply reply = client.ask(RawClient::get(target));
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.is_whole);
    EXPECT_EQ(reply.body, "a_total 1\n");
    EXPECT_TRUE(reply.head.contains("content-type: text/plain; version=0.0.4")) << reply.head;
    EXPECT_TRUE(client.is_closed_by_server());
  }
  EXPECT_EQ(server.scrapes(), 2);
}

TEST(MetricsServer, gives_a_long_text_whole) {
  const std::string figures(8U << 20U, 'x');
  const RunningServer server(20s, figures);
  RawClient client = server.connect();
  const RawReply reply = client.ask(RawClient::get("/metrics"));
  EXPECT_TRUE(reply.is_whole);
  EXPECT_TRUE(reply.body == figures);
}

TEST(MetricsServer, has_nothing_else) {
  const RunningServer server;
  for (const std::string& request :
       {RawClient::get("/"), RawClient::get("/metrics/"), RawClient::get("/metricsx"), RawClient::get("*"),
        RawClient::post("/metrics", "a body"), RawClient::get("http://evil/metrics")}) {
    RawClient client = server.connect();
    const RawReply reply = client.ask(request);
    EXPECT_EQ(reply.status, 404) << request;
    EXPECT_TRUE(reply.is_whole && client.is_closed_by_server()) << request;
  }
  RawClient client = server.connect();
  const RawReply reply = client.ask("HEAD /metrics HTTP/1.1\r\n\r\n");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "") << "a reply to HEAD has none";
  EXPECT_EQ(server.scrapes(), 0);
}

TEST(MetricsServer, refuses_what_is_not_http_and_headers_that_are_too_large) {
  const RunningServer server;
  EXPECT_EQ(server.connect().ask("hello\r\n\r\n").status, 400);
  EXPECT_EQ(server.connect().ask("GET /metrics\r\n\r\n").status, 400);
  const std::string large = "X: " + std::string(MetricsServer::kMaxHeaderBytes, 'x') + "\r\n";
  RawClient client = server.connect();
  EXPECT_EQ(client.ask(RawClient::get("/metrics", large)).status, 431);
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(server.connect().ask("GET /" + std::string(100'000, 'x')).status, 431);
  EXPECT_EQ(server.scrapes(), 0);
  const std::string fits = "X: " + std::string(MetricsServer::kMaxHeaderBytes - 200, 'x') + "\r\n";
  EXPECT_EQ(server.connect().ask(RawClient::get("/metrics", fits)).status, 200);
}

TEST(MetricsServer, cuts_who_is_slow_to_ask) {
  const RunningServer server(50ms);
  RawClient silent = server.connect();
  RawClient halfway = server.connect();
  ASSERT_TRUE(halfway.send("GET /metrics HTTP/1.1\r\nHost:"));
  EXPECT_TRUE(silent.is_closed_by_server());
  EXPECT_TRUE(halfway.is_closed_by_server());
  EXPECT_EQ(server.scrapes(), 0);
}

TEST(MetricsServer, serves_no_more_than_eight_and_lets_others_wait) {
  const RunningServer server(300ms);
  std::vector<RawClient> silent;
  for (std::size_t i = 0; i < MetricsServer::kMaxConnections; ++i) silent.push_back(server.connect());
  EXPECT_EQ(server.connect().ask(RawClient::get("/metrics")).status, 200) << "as soon as a silent one is cut";
  EXPECT_LE(server.most_open(), MetricsServer::kMaxConnections);
}

TEST(MetricsServer, stays_usable_when_clients_leave_in_the_middle) {
  const RunningServer server;
  for (int i = 0; i < 50; ++i) {
    RawClient client = server.connect();
    client.send(i % 2 == 0 ? "GET /met" : RawClient::get("/metrics"));
  }
  EXPECT_EQ(server.connect().ask(RawClient::get("/metrics")).status, 200);
}

TEST(MetricsServer, ends_with_all_its_connections_when_it_is_stopped) {
  RunningServer server(1h);
  RawClient silent = server.connect();
  RawClient halfway = server.connect();
  ASSERT_TRUE(halfway.send("GET /metrics"));
  ASSERT_EQ(server.connect().ask(RawClient::get("/metrics")).status, 200) << "the others are accepted by now";
  server.stop();
  EXPECT_TRUE(silent.is_closed_by_server());
  EXPECT_TRUE(halfway.is_closed_by_server());
  EXPECT_FALSE(server.connect().is_connected());
}

TEST(MetricsServer, may_die_before_the_event_loop) {
  boost::asio::io_context io(1);
  {
    MetricsServer server(io, [] { return std::string(); });
    ASSERT_TRUE(server.listen({}));
  }
  io.run();
  EXPECT_TRUE(io.stopped()) << "nothing is waited for";
}

TEST(MetricsServer, tells_of_a_port_in_use_and_of_an_address_that_is_not_here) {
  const RunningServer first;
  boost::asio::io_context io(1);
  MetricsServer second(io, [] { return std::string(); });
  const Result<void> listening = second.listen({.port = first.port()});
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().kind, ErrorKind::io);
  EXPECT_TRUE(listening.error().message.contains("127.0.0.1:" + std::to_string(first.port())));
  MetricsServer elsewhere(io, [] { return std::string(); });
  EXPECT_FALSE(elsewhere.listen({.host = "192.0.2.1"}));  // TEST-NET-1: of no machine (RFC 5737)
  MetricsServer nowhere(io, [] { return std::string(); });
  EXPECT_EQ(nowhere.listen({.host = "here"}).error().kind, ErrorKind::invalid_input);
  io.run();
}

TEST(MetricsServer, listens_on_ipv6) {
  boost::asio::io_context io(1);
  MetricsServer server(io, [] { return std::string(); });
  if (!server.listen({.host = "::1"})) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_TRUE(server.url().starts_with("http://[::1]:")) << server.url();
}

}  // namespace
}  // namespace sv::metrics
