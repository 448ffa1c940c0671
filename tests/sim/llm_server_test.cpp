// The HTTP front over real sockets. The server runs on a thread of its own, as it does for people.
#include "sim/llm_server.hpp"

#include "batch_fixture.hpp"
#include "question_fixture.hpp"
#include "raw_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace sv::sim {
namespace {

using testing::chat_body;
using testing::RawClient;
using testing::RawReply;

constexpr std::string_view kChat = "/v1/chat/completions";

class RunningServer {
 public:
  explicit RunningServer(LlmServerOptions options = {}) : server_(io_, std::move(options)) {
    const Result<void> listening = server_.listen();
    EXPECT_TRUE(listening) << (listening ? "" : listening.error().message);
    thread_ = std::jthread([this] { io_.run(); });
  }
  ~RunningServer() {
    boost::asio::post(io_, [this] { server_.stop(); });
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::uint16_t port() const { return server_.port(); }
  RawClient connect() const { return RawClient(port()); }
  // Runs on the server's thread.
  template <typename Ask>
  auto look(Ask ask) {
    std::promise<decltype(ask(server_))> answer;
    boost::asio::post(io_, [&] { answer.set_value(ask(server_)); });
    return answer.get_future().get();
  }
  std::uint64_t accepted() {
    return look([](const LlmServer& server) { return server.accepted_connections(); });
  }
  std::uint64_t in_flight() {
    return look([](const LlmServer& server) { return server.ledger().in_flight(); });
  }

 private:
  boost::asio::io_context io_{1};
  LlmServer server_;
  std::jthread thread_;
};

std::string question(std::string_view comment = "Done: 5") {
  return chat_body(testing::system_text(testing::kEnglishRules, testing::kEnglishStatuses),
                   testing::user_text("On Track", comment));
}

LlmServerOptions with_fault(std::string_view name) {
  LlmServerOptions options;
  EXPECT_TRUE(options.model.faults.add(std::string(name) + "=100%"));
  return options;
}

TEST(LlmServer, answers_many_requests_on_one_connection) {
  RunningServer server;
  RawClient client = server.connect();
  for (int i = 0; i < 50; ++i) {
    const RawReply reply = client.ask(RawClient::post(kChat, question()));
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_NE(reply.head.find("x-simulation: true\r\n"), std::string::npos);
    EXPECT_NE(reply.body.find("\"is_valid\\\":false"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(server.accepted(), 1U);
}

TEST(LlmServer, a_request_may_come_in_any_pieces) {
  RunningServer server;
  RawClient client = server.connect();
  const std::string request = RawClient::post(kChat, question());
  for (const std::size_t piece : {std::size_t{7}, std::size_t{300}, request.size() - 1}) {
    for (std::size_t at = 0; at < request.size(); at += piece) {
      client.send(std::string_view(request).substr(at, piece));
      if (piece < 100 && at > 700) {  // the rest at once: the header was the interesting part
        client.send(std::string_view(request).substr(at + piece));
        break;
      }
    }
    EXPECT_EQ(client.receive().status, 200) << "in pieces of " << piece;
  }
}

TEST(LlmServer, requests_sent_ahead_are_answered_in_order) {
  RunningServer server;
  RawClient client = server.connect();
  client.send(RawClient::get("/v1/models") + RawClient::post(kChat, question()) + RawClient::get("/nowhere"));
  EXPECT_NE(client.receive().body.find("simulated-judge"), std::string::npos);
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(client.receive().status, 404);
}

TEST(LlmServer, chunked_bodies_and_expect_continue_are_understood) {
  RunningServer server;
  RawClient client = server.connect();
  const std::string body = question();
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", body.size());
  const RawReply chunked =
      client.ask("POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" +
                 std::string(size) + body + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.status, 200) << chunked.body;
  const std::string expecting = RawClient::post(kChat, body, "Expect: 100-continue\r\n");
  const std::size_t header = expecting.find("\r\n\r\n") + 4;
  EXPECT_EQ(client.ask(std::string_view(expecting).substr(0, header)).status, 100);
  EXPECT_EQ(client.ask(std::string_view(expecting).substr(header)).status, 200);
}

TEST(LlmServer, unknown_places_and_methods_are_refused_in_json) {
  RunningServer server;
  RawClient client = server.connect();
  const RawReply missing = client.ask(RawClient::get("/v1/embeddings"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_NE(missing.body.find(R"x("error":{"message":"Invalid URL (GET /v1/embeddings)")x"),
            std::string::npos)
      << missing.body;
  EXPECT_EQ(client.ask(RawClient::get(kChat)).status, 405);
  const RawReply bad = client.ask(RawClient::post(kChat, "{broken"));
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(bad.body.find("invalid_request_error"), std::string::npos);
  EXPECT_EQ(
      client.ask(RawClient::post("/openai/deployments/d/chat/completions?api-version=2024-10-21", question()))
          .status,
      200);
}

TEST(LlmServer, what_is_not_http_gets_400_and_a_closed_connection) {
  RunningServer server;
  RawClient client = server.connect();
  const RawReply reply = client.ask("\x16\x03\x01 this is no HTTP\r\n\r\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(LlmServer, header_and_body_are_bounded) {
  RunningServer server;
  RawClient header = server.connect();
  EXPECT_EQ(header.ask("GET / HTTP/1.1\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n").status, 431);
  RawClient body = server.connect();
  EXPECT_EQ(
      body.ask("POST /v1/chat/completions HTTP/1.1\r\nHost: t\r\nContent-Length: 2000000\r\n\r\n").status,
      413);
}

TEST(LlmServer, the_key_is_taken_from_either_header) {
  LlmServerOptions options;
  options.model.api_key = Secret("key-of-the-simulation");
  RunningServer server(std::move(options));
  RawClient client = server.connect();
  EXPECT_EQ(client.ask(RawClient::post(kChat, question())).status, 401);
  EXPECT_EQ(client.ask(RawClient::post(kChat, question(), "Authorization: Bearer wrong\r\n")).status, 401);
  EXPECT_EQ(client.ask(RawClient::post(kChat, question(), "Authorization: Bearer key-of-the-simulation\r\n"))
                .status,
            200);
  EXPECT_EQ(client.ask(RawClient::post(kChat, question(), "api-key: key-of-the-simulation\r\n")).status, 200);
}

TEST(LlmServer, the_ledger_can_be_read_and_reset) {
  RunningServer server;
  RawClient client = server.connect();
  client.ask(RawClient::post(kChat, question("Done: first")));
  const RawReply ledger = client.ask(RawClient::get("/_ledger?rows=1&latencies=1"));
  EXPECT_NE(ledger.body.find(R"("requests":1,"verdicts":1,)"), std::string::npos) << ledger.body;
  EXPECT_NE(ledger.body.find("Done: first"), std::string::npos);
  EXPECT_EQ(client.ask(RawClient::get("/_ledger")).body.find("Done: first"), std::string::npos);
  EXPECT_EQ(client.ask(RawClient::post("/_reset", "")).status, 200);
  EXPECT_NE(client.ask(RawClient::get("/_ledger")).body.find(R"("requests":0)"), std::string::npos);
}

TEST(LlmServer, a_truncated_reply_ends_in_good_order_before_its_length) {
  RunningServer server(with_fault("truncated"));
  RawClient client = server.connect();
  const RawReply reply = client.ask(RawClient::post(kChat, question()));
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.is_whole);
  EXPECT_FALSE(reply.was_reset);
}

TEST(LlmServer, a_reset_reply_ends_with_a_reset) {
  RunningServer server(with_fault("reset"));
  RawClient client = server.connect();
  const RawReply reply = client.ask(RawClient::post(kChat, question()));
  EXPECT_FALSE(reply.is_whole);
  // The kernel may drop the half that came before the reset, so only the reset itself is sure.
  EXPECT_TRUE(reply.was_reset);
}

TEST(LlmServer, a_lost_reply_is_a_reset_without_a_byte_and_is_billed) {
  RunningServer server(with_fault("lost"));
  RawClient client = server.connect();
  const RawReply reply = client.ask(RawClient::post(kChat, question()));
  EXPECT_EQ(reply.status, 0);
  EXPECT_TRUE(reply.was_reset);
  EXPECT_GT(server.look([](const LlmServer& s) { return s.ledger().billed().output; }), 0U);
}

TEST(LlmServer, a_slow_reply_comes_byte_by_byte) {
  RunningServer server(with_fault("slow"));
  RawClient client = server.connect();
  client.send(RawClient::post(kChat, question()));
  EXPECT_EQ(client.receive_once(), "H");
  EXPECT_EQ(client.receive_once(), "T");
}

TEST(LlmServer, an_oversized_reply_is_as_long_as_it_says) {
  RunningServer server(with_fault("oversized"));
  RawClient client = server.connect();
  const RawReply reply = client.ask(RawClient::post(kChat, question()));
  EXPECT_TRUE(reply.is_whole);
  EXPECT_EQ(reply.body.size(), kOversizedReply);
}

TEST(LlmServer, an_endless_reply_goes_on_until_its_client_has_enough) {
  RunningServer server(with_fault("endless"));
  {
    RawClient client = server.connect();
    client.send(RawClient::post(kChat, question()));
    std::size_t got = 0;
    while (got < 3 * kOversizedReply) {
      const std::size_t more = client.receive_once().size();
      ASSERT_GT(more, 0U);
      got += more;
    }
  }
  while (server.look([](const LlmServer& s) { return s.open_connections(); }) > 0) std::this_thread::yield();
}

TEST(LlmServer, a_bomb_is_small_and_unpacks_to_what_nobody_wants) {
  RunningServer server(with_fault("bomb"));
  RawClient client = server.connect();
  const RawReply reply = client.ask(RawClient::post(kChat, question()));
  EXPECT_NE(reply.head.find("content-encoding: gzip"), std::string::npos);
  EXPECT_LT(reply.body.size(), std::size_t{100} << 10U);
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string block(std::size_t{1} << 20U, '\0');
  std::string packed = reply.body;
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    state = inflate(&stream, Z_NO_FLUSH);
  }
  EXPECT_EQ(state, Z_STREAM_END);
  EXPECT_EQ(stream.total_out, kOversizedReply);
  inflateEnd(&stream);
}

TEST(LlmServer, a_bad_chunk_has_no_length) {
  RunningServer server(with_fault("bad-chunk"));
  RawClient client = server.connect();
  client.send(RawClient::post(kChat, question()));
  std::string all;
  for (std::string more = client.receive_once(); !more.empty(); more = client.receive_once()) all += more;
  EXPECT_NE(all.find("transfer-encoding: chunked\r\n"), std::string::npos);
  EXPECT_NE(all.find("\r\n\r\nno length\r\n"), std::string::npos);
}

TEST(LlmServer, a_hanging_request_ends_when_its_client_goes) {
  RunningServer server(with_fault("hang"));
  {
    RawClient client = server.connect();
    client.send(RawClient::post(kChat, question()));
    while (server.in_flight() == 0) std::this_thread::yield();
  }
  while (server.in_flight() > 0) std::this_thread::yield();
  EXPECT_EQ(server.look([](const LlmServer& s) { return s.open_connections(); }), 0U);
}

TEST(LlmServer, http_1_0_and_connection_close_are_obeyed) {
  RunningServer server;
  RawClient client = server.connect();
  const RawReply reply = client.ask(RawClient::get("/v1/models", "Connection: close\r\n"));
  EXPECT_NE(reply.head.find("connection: close"), std::string::npos);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(LlmServer, two_thousand_requests_wait_at_once_and_all_are_answered) {
  constexpr std::size_t kClients = 2000;
  ASSERT_GE(raise_descriptor_limit(), 2 * kClients);
  LlmServerOptions options;
  options.model.latency = Latency::fixed(std::chrono::seconds(3));
  RunningServer server(std::move(options));
  std::vector<RawClient> clients;
  clients.reserve(kClients);
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.emplace_back(server.port());
    ASSERT_TRUE(clients.back().is_connected());
    clients.back().send(RawClient::post(kChat, question("Done: " + std::to_string(i))));
  }
  for (RawClient& client : clients) ASSERT_EQ(client.receive().status, 200);
  EXPECT_EQ(server.accepted(), kClients);
  EXPECT_EQ(server.look([](const LlmServer& s) { return s.ledger().distinct_rows(); }), kClients);
  EXPECT_EQ(server.look([](const LlmServer& s) { return s.ledger().verdicts(); }), kClients);
  EXPECT_EQ(server.look([](const LlmServer& s) { return s.ledger().rows_answered_again(); }), 0U);
}

TEST(LlmServer, connections_beyond_the_cap_are_closed) {
  LlmServerOptions options;
  options.max_connections = 2;
  RunningServer server(std::move(options));
  RawClient first = server.connect();
  EXPECT_EQ(first.ask(RawClient::get("/")).status, 200);
  RawClient second = server.connect();
  EXPECT_EQ(second.ask(RawClient::get("/")).status, 200);
  RawClient third = server.connect();
  EXPECT_EQ(third.ask(RawClient::get("/")).status, 0);
  EXPECT_EQ(second.ask(RawClient::get("/")).status, 200);
}

TEST(LlmServer, stopping_closes_what_waits) {
  boost::asio::io_context io(1);
  LlmServerOptions options;
  options.model.latency = Latency::fixed(std::chrono::hours(1));
  auto server = std::make_unique<LlmServer>(io, std::move(options));
  ASSERT_TRUE(server->listen());
  RawClient client(server->port());
  client.send(RawClient::post(kChat, question()));
  while (server->ledger().in_flight() == 0) io.run_one();
  server.reset();
  io.run();  // the handlers that are left end without the server
  EXPECT_EQ(client.receive().status, 0);
}

TEST(LlmServer, an_address_in_use_or_wrong_is_an_error) {
  boost::asio::io_context io(1);
  LlmServer first(io, {});
  ASSERT_TRUE(first.listen());
  LlmServerOptions same;
  same.port = first.port();
  LlmServer second(io, std::move(same));
  const Result<void> taken = second.listen();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::io);
  LlmServerOptions wrong;
  wrong.host = "not-an-address";
  LlmServer third(io, std::move(wrong));
  EXPECT_EQ(third.listen().error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(first.base_url(), "http://127.0.0.1:" + std::to_string(first.port()) + "/v1");
}

std::string upload(std::string_view file) {
  return RawClient::post("/v1/files", testing::form(file),
                         "Content-Type: " + std::string(testing::kFormType) + "\r\n");
}

TEST(LlmServer, a_batch_goes_from_its_file_to_its_output_over_one_connection) {
  RunningServer server;
  RawClient client = server.connect();
  // Larger than other bodies may be.
  const std::string file = testing::batch_file(1'000);
  ASSERT_GT(file.size(), std::size_t{1} << 20U);
  const RawReply uploaded = client.ask(upload(file));
  ASSERT_EQ(uploaded.status, 200) << uploaded.body;
  const RawReply created = client.ask(RawClient::post(
      "/v1/batches",
      R"({"input_file_id":"file-sim000001","endpoint":"/v1/chat/completions","completion_window":"24h"})"));
  ASSERT_EQ(created.status, 200) << created.body;
  EXPECT_NE(created.body.find("\"validating\""), std::string::npos);
  const RawReply done = client.ask(RawClient::get("/v1/batches/batch_sim000001"));
  EXPECT_NE(done.body.find("\"completed\""), std::string::npos) << done.body;
  const RawReply output = client.ask(RawClient::get("/v1/files/file-sim000002/content"));
  EXPECT_EQ(std::ranges::count(output.body, '\n'), 1'000);
  EXPECT_NE(output.head.find("content-type: application/octet-stream"), std::string::npos);
  EXPECT_EQ(client.ask("DELETE /v1/files/file-sim000002 HTTP/1.1\r\nHost: test\r\n\r\n").status, 200);
  EXPECT_NE(client.ask(RawClient::get("/_ledger")).body.find("\"lines\":1000"), std::string::npos);
  EXPECT_EQ(client.ask(RawClient::post("/_reset", "")).status, 200);
  EXPECT_EQ(client.ask(RawClient::get("/v1/batches/batch_sim000001")).status, 404);
}

TEST(LlmServer, a_file_that_is_too_large_is_refused_with_413) {
  LlmServerOptions options;
  options.batches.max_file_bytes = 10'000;
  RunningServer server(options);
  EXPECT_EQ(server.connect().ask(upload(std::string(10'001, 'x'))).status, 413);
  // Already by its announced length: nobody sends 200 MB in vain.
  EXPECT_EQ(
      server.connect().ask("POST /v1/files HTTP/1.1\r\nHost: t\r\nContent-Length: 300000000\r\n\r\n").status,
      413);
  EXPECT_EQ(server.connect().ask(upload(std::string(10'000, 'x'))).status, 200);
}

TEST(LlmServer, a_few_files_are_received_at_a_time) {
  RunningServer server;
  constexpr std::string_view kBegun = "POST /v1/files HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\nx";
  std::vector<RawClient> uploading;
  for (int i = 0; i < 4; ++i) {
    uploading.push_back(server.connect());
    uploading.back().send(
        "POST /v1/files HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
    ASSERT_EQ(uploading.back().receive().status, 100);
  }
  EXPECT_EQ(server.connect().ask(kBegun).status, 429);
  uploading[0].send("123456789");
  EXPECT_EQ(uploading[0].receive().status, 400) << "no form, but an end of it";
  EXPECT_EQ(server.connect().ask(upload("x")).status, 200);
}

TEST(LlmServer, a_lost_reply_to_a_creation_leaves_the_batch_there) {
  LlmServerOptions options;
  options.batches.lose = {1};
  RunningServer server(options);
  RawClient client = server.connect();
  ASSERT_EQ(client.ask(upload(testing::batch_file(1))).status, 200);
  const RawReply lost = client.ask(RawClient::post(
      "/v1/batches",
      R"({"input_file_id":"file-sim000001","endpoint":"/v1/chat/completions","completion_window":"24h"})"));
  EXPECT_EQ(lost.status, 0);
  EXPECT_NE(server.connect().ask(RawClient::get("/v1/batches")).body.find("batch_sim000001"),
            std::string::npos);
}

}  // namespace
}  // namespace sv::sim
