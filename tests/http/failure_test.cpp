// What goes wrong on the way, and that each mishap is one error value of the right kind: never a hang, a
// crash, or a request that is sent twice.
#include "http/http_fixture.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <malloc.h>
#include <string>
#include <utility>
#include <vector>

namespace sv::http::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

class Failure : public HttpTest {
 protected:
  ports::HttpRequest request_within(Duration allowance) {
    ports::HttpRequest made = request();
    made.deadline = Deadline::after(clock_.now(), allowance);
    return made;
  }
};

std::uint16_t unused_port(asio::io_context& io) {
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return acceptor.local_endpoint().port();
}

TEST_F(Failure, a_refused_connection_is_a_connect_error_that_names_the_origin_only) {
  const std::uint16_t port = unused_port(io_);
  const Reply got = send(request_to(fmt::format("http://user:secret@127.0.0.1:{}/v1?key=hidden", port)));
  ASSERT_EQ(kind_of(got), ErrorKind::connect);
  EXPECT_THAT(got.error().message, HasSubstr(fmt::format("http://127.0.0.1:{}: ", port)));
  EXPECT_THAT(got.error().message, Not(HasSubstr("secret")));
  EXPECT_THAT(got.error().message, Not(HasSubstr("hidden")));
}

TEST_F(Failure, an_unknown_host_is_a_connect_error) {
  const Reply got = send(request_to("http://provider.invalid/v1"));
  EXPECT_EQ(kind_of(got), ErrorKind::connect);
}

TEST_F(Failure, a_url_that_is_none_is_a_protocol_error) {
  EXPECT_EQ(kind_of(send(request_to("http://[broken/v1"))), ErrorKind::protocol);
  EXPECT_EQ(kind_of(send(request_to("file:///etc/passwd"))), ErrorKind::protocol);
  EXPECT_EQ(kind_of(send(request_to("gopher://127.0.0.1/"))), ErrorKind::protocol);
}

TEST_F(Failure, a_header_with_a_line_break_is_not_sent) {
  ports::HttpRequest sent = request();
  sent.endpoint = std::make_shared<ports::HttpEndpoint>(ports::HttpEndpoint{
      .url = server_.url(), .headers = {"Authorization: Bearer key\r\nX-Evil: injected"}});
  const Reply got = send(std::move(sent));
  ASSERT_EQ(kind_of(got), ErrorKind::protocol);
  EXPECT_THAT(got.error().message, Not(HasSubstr("Bearer")));
  EXPECT_EQ(server_.opened(), 0U);
}

TEST_F(Failure, a_connection_that_is_reset_before_the_reply_is_a_connect_error) {
  server_.respond_with([](const Received&) { return Script{Reset{}}; });
  EXPECT_EQ(kind_of(send(request())), ErrorKind::connect);
  EXPECT_EQ(server_.requests(), 1U);
}

TEST_F(Failure, a_connection_that_is_reset_in_the_middle_is_a_connect_error) {
  server_.respond_with([](const Received&) {
    return Script{Send{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"}, Pause{milliseconds(20)},
                  Reset{}};
  });
  EXPECT_EQ(kind_of(send(request())), ErrorKind::connect);
  EXPECT_EQ(server_.requests(), 1U);
}

TEST_F(Failure, a_body_that_ends_too_early_is_an_error_and_not_a_short_body) {
  server_.respond_with([](const Received&) {
    return Script{Send{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"}, Close{}};
  });
  EXPECT_EQ(kind_of(send(request())), ErrorKind::connect);
  server_.respond_with([](const Received&) {
    return Script{Send{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"}, Close{}};
  });
  EXPECT_EQ(kind_of(send(request())), ErrorKind::connect);
}

TEST_F(Failure, a_request_is_never_sent_again_silently_when_a_kept_alive_connection_dies) {
  server_.respond_with([](const Received& received) {
    if (received.request == 1) return Script{Send{reply(200, "ok")}};
    return Script{Close{}};  // after having read the request: it may have been worked on and billed
  });
  ASSERT_TRUE(send(request()));
  const Reply second = send(request());
  ASSERT_EQ(kind_of(second), ErrorKind::connect);
  EXPECT_THAT(second.error().message, HasSubstr("kept-alive"));
  EXPECT_EQ(server_.requests(), 2U) << "one sending per send()";
  ASSERT_TRUE(send(request())) << "and the next one works";
}

TEST_F(Failure, a_reset_on_a_reused_connection_is_not_repeated_either) {
  server_.respond_with([](const Received& received) {
    if (received.request == 1) return Script{Send{reply(200, "ok")}};
    return Script{Reset{}};
  });
  ASSERT_TRUE(send(request()));
  EXPECT_EQ(kind_of(send(request())), ErrorKind::connect);
  EXPECT_EQ(server_.requests(), 2U);
}

TEST_F(Failure, a_connection_that_the_server_closed_while_idle_is_replaced_without_an_error) {
  server_.respond_with(
      [](const Received&) { return Script{Send{reply(200, "ok")}, Pause{milliseconds(1)}, Close{}}; });
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(send(request()));
    io_.restart();
    while (server_.open_now() > 0) io_.run_one_for(milliseconds(100));
  }
  EXPECT_EQ(server_.opened(), 5U);
}

TEST_F(Failure, silence_ends_at_the_deadline) {
  server_.respond_with([](const Received&) { return Script{Hang{}}; });
  EXPECT_EQ(kind_of(send(request_within(milliseconds(150)))), ErrorKind::timeout);
  EXPECT_EQ(server_.requests(), 1U);
}

TEST_F(Failure, a_reply_that_drips_ends_at_the_deadline) {
  server_.respond_with([](const Received&) {
    Script script{Send{"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"}};
    for (int i = 0; i < 200; ++i) script.insert(script.end(), {Send{"x"}, Pause{milliseconds(20)}});
    return script;
  });
  EXPECT_EQ(kind_of(send(request_within(milliseconds(300)))), ErrorKind::timeout);
}

TEST_F(Failure, a_reply_that_drips_is_given_up_before_a_distant_deadline) {
  options_.slow_window = milliseconds(100);
  options_.slow_bytes_per_second = 1000;
  server_.respond_with([](const Received&) {
    Script script{Send{"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"}};
    for (int i = 0; i < 1000; ++i) script.insert(script.end(), {Send{"x"}, Pause{milliseconds(20)}});
    return script;
  });
  const Reply got = send(request());
  ASSERT_EQ(kind_of(got), ErrorKind::timeout);
  EXPECT_THAT(got.error().message, HasSubstr("bytes a second"));
}

TEST_F(Failure, blank_lines_while_the_model_thinks_are_not_a_slow_reply) {
  options_.slow_window = milliseconds(100);
  options_.slow_bytes_per_second = 1000;
  server_.respond_with([](const Received&) {
    Script script{Send{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}};
    for (int i = 0; i < 28; ++i) script.insert(script.end(), {Send{"1\r\n\n\r\n"}, Pause{milliseconds(15)}});
    script.emplace_back(Send{"2\r\n{}\r\n0\r\n\r\n"});
    return script;
  });
  const Reply got = send(request());
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, std::string(28, '\n') + "{}");
}

TEST_F(Failure, an_interim_reply_does_not_start_the_clock_of_slowness) {
  options_.slow_window = milliseconds(100);
  server_.respond_with([](const Received&) {
    return Script{Send{"HTTP/1.1 102 Processing\r\n\r\n"}, Pause{milliseconds(400)}, Send{reply(200, "ok")}};
  });
  const Reply got = send(request());
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 200);
}

TEST_F(Failure, a_first_byte_that_does_not_come_is_a_timeout_before_the_deadline) {
  options_.first_byte_timeout = milliseconds(100);
  server_.respond_with(
      [](const Received&) { return Script{Send{"HTTP/1.1 102 Processing\r\n\r\n"}, Hang{}}; });
  const Reply got = send(request());
  ASSERT_EQ(kind_of(got), ErrorKind::timeout);
  EXPECT_THAT(got.error().message, HasSubstr("no reply began"));
}

// A listener whose queue is full drops further connection requests, as a host does that is not there.
class SilentHost {
 public:
  explicit SilentHost(asio::io_context& io)
      : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    acceptor_.listen(0);
    for (int i = 0; i < 4; ++i) {
      fillers_.emplace_back(io);
      fillers_.back().async_connect(acceptor_.local_endpoint(), [](const boost::system::error_code&) {});
    }
    io.run_for(milliseconds(20));
  }
  std::string url() const { return fmt::format("http://127.0.0.1:{}/", acceptor_.local_endpoint().port()); }

 private:
  tcp::acceptor acceptor_;
  std::vector<tcp::socket> fillers_;
};

TEST_F(Failure, a_connection_that_cannot_be_made_ends_at_the_connect_timeout) {
  const SilentHost host(io_);
  options_.connect_timeout = milliseconds(300);
  EXPECT_EQ(kind_of(send(request_to(host.url()))), ErrorKind::timeout);
}

TEST_F(Failure, a_deadline_that_has_passed_sends_nothing) {
  EXPECT_EQ(kind_of(send(request_within(Duration::zero()))), ErrorKind::timeout);
  EXPECT_EQ(server_.opened(), 0U);
}

TEST_F(Failure, a_deadline_of_the_last_request_does_not_stick) {
  server_.respond_with(
      [](const Received&) { return Script{Pause{milliseconds(400)}, Send{reply(200, "ok")}}; });
  EXPECT_EQ(kind_of(send(request_within(milliseconds(100)))), ErrorKind::timeout);
  ports::HttpRequest distant = request();
  distant.deadline = Deadline::after(clock_.now(), std::chrono::hours(24 * 365));
  EXPECT_TRUE(send(std::move(distant)));
  ports::HttpRequest unbounded = request();
  unbounded.deadline = Deadline::never();
  EXPECT_TRUE(send(std::move(unbounded)));
}

TEST_F(Failure, a_reply_above_its_cap_is_oversized_and_one_at_its_cap_is_not) {
  server_.respond_with([](const Received&) { return Script{Send{reply(200, std::string(100'000, 'x'))}}; });
  ports::HttpRequest fits = request();
  fits.max_response_bytes = 100'000;
  EXPECT_TRUE(send(std::move(fits)));
  ports::HttpRequest too_long = request();
  too_long.max_response_bytes = 99'999;
  const Reply got = send(std::move(too_long));
  ASSERT_EQ(kind_of(got), ErrorKind::oversized);
  EXPECT_THAT(got.error().message, HasSubstr("99999 bytes"));
}

TEST_F(Failure, an_endless_reply_is_cut_at_its_cap) {
  server_.respond_with([](const Received&) {
    Script script{Send{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}};
    for (int i = 0; i < 10'000; ++i)
      script.emplace_back(Send{fmt::format("1000\r\n{}\r\n", std::string(4096, 'x'))});
    return script;
  });
  ports::HttpRequest sent = request();
  sent.max_response_bytes = 1'000'000;
  EXPECT_EQ(kind_of(send(std::move(sent))), ErrorKind::oversized);
}

TEST_F(Failure, a_decompression_bomb_is_cut_at_its_cap) {
  const std::string bomb = gzip(std::string(std::size_t{16} << 20U, '\0'));
  ASSERT_LT(bomb.size(), std::size_t{100} << 10U);
  server_.respond_with(
      [&bomb](const Received&) { return Script{Send{reply(200, bomb, "Content-Encoding: gzip\r\n")}}; });
  EXPECT_EQ(kind_of(send(request())), ErrorKind::oversized);
}

// Bytes that the program has from the C library's heap; not counted where a sanitizer is the heap.
std::size_t bytes_in_use() {
  const struct mallinfo2 now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
}

TEST_F(Failure, what_was_cut_at_its_cap_is_not_kept_for_the_next_request) {
  constexpr std::size_t kRequests = 30;
  const std::string bomb = gzip(std::string(std::size_t{16} << 20U, '\0'));
  server_.respond_with(
      [&bomb](const Received&) { return Script{Send{reply(200, bomb, "Content-Encoding: gzip\r\n")}}; });
  const auto send_many = [this] {
    std::vector<ports::HttpRequest> requests;
    for (std::size_t i = 0; i < kRequests; ++i) {
      requests.push_back(request());
      requests.back().max_response_bytes = std::size_t{2} << 20U;
    }
    return send_all(std::move(requests));
  };
  const std::size_t before = bytes_in_use();
  for (const Reply& got : send_many()) EXPECT_EQ(kind_of(got), ErrorKind::oversized);
  // Handles of libcurl stay in their pool, each with some 100 KB of its own.
  EXPECT_LT(bytes_in_use(), before + kRequests * (std::size_t{512} << 10U));
}

TEST_F(Failure, endless_headers_are_cut) {
  server_.respond_with([](const Received&) {
    Script script{Send{"HTTP/1.1 200 OK\r\n"}};
    for (int i = 0; i < 200; ++i)
      script.emplace_back(Send{fmt::format("X-{}: {}\r\n", i, std::string(1000, 'h'))});
    return script;
  });
  EXPECT_EQ(kind_of(send(request())), ErrorKind::oversized);
}

TEST_F(Failure, bytes_that_are_not_http_are_a_protocol_error_with_a_harmless_message) {
  server_.respond_with(
      [](const Received&) { return Script{Send{"\x1b[31mSSH-2.0-OpenSSH\r\n\r\n"}, Close{}}; });
  const Reply got = send(request());
  ASSERT_EQ(kind_of(got), ErrorKind::protocol);
  EXPECT_THAT(got.error().message, Not(HasSubstr("\x1b")));
}

TEST_F(Failure, broken_gzip_is_a_protocol_error) {
  server_.respond_with([](const Received&) {
    return Script{Send{reply(200, "not gzip at all", "Content-Encoding: gzip\r\n")}};
  });
  EXPECT_EQ(kind_of(send(request())), ErrorKind::protocol);
}

TEST_F(Failure, a_refusal_that_comes_before_the_body_was_sent_is_seen) {
  server_.answer_before_body();
  server_.respond_with([](const Received&) {
    return Script{Send{reply(429, "later", "Retry-After: 3\r\nConnection: close\r\n")},
                  Pause{milliseconds(200)}, Close{}};
  });
  const Reply got = send(request(std::string(std::size_t{8} << 20U, 'x')));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 429);
  EXPECT_EQ(got->header("retry-after"), "3");
}

asio::awaitable<void> note_kind(CurlTransport& transport, ports::HttpRequest request,
                                std::vector<ErrorKind>& kinds) {
  const Reply got = co_await transport.send(std::move(request));
  kinds.push_back(kind_of(got));
}

TEST_F(Failure, a_request_ends_when_its_alarm_rings_and_the_others_go_on) {
  std::size_t seen = 0;
  server_.respond_with([&](const Received&) {
    if (++seen == 2) return Script{Hang{}};
    return Script{Pause{milliseconds(50)}, Send{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}};
  });
  EXPECT_TRUE(send(request()).has_value());
  Alarm alarm;
  alarm.ring();  // nobody hears it
  std::vector<ErrorKind> kinds;
  TaskGroup group(io_.get_executor());
  ports::HttpRequest hanging = request();
  hanging.cancel = &alarm;
  group.spawn(note_kind(transport(), std::move(hanging), kinds));
  while (server_.requests() < 2) io_.run_one_for(milliseconds(100));
  alarm.ring();
  EXPECT_TRUE(kinds.empty()) << "nobody is resumed inside ring()";
  alarm.ring();
  run_until_done(group);
  EXPECT_EQ(kinds, std::vector<ErrorKind>{ErrorKind::cancelled});
  EXPECT_EQ(transport().in_flight(), 0U);
  EXPECT_EQ(send(request())->body, "ok");
  alarm.ring();  // its request is long gone; the transfer serves others
}

TEST_F(Failure, destroying_the_transport_cancels_what_is_in_flight) {
  options_.max_in_flight = 100;
  server_.respond_with([](const Received&) { return Script{Hang{}}; });
  std::vector<ErrorKind> kinds;
  TaskGroup group(io_.get_executor());
  for (int i = 0; i < 100; ++i) group.spawn(note_kind(transport(), request(), kinds));
  while (server_.requests() < 100) io_.run_one_for(milliseconds(100));
  transport_.reset();
  EXPECT_TRUE(kinds.empty()) << "nobody is resumed inside the destructor";
  run_until_done(group);
  EXPECT_EQ(kinds, std::vector<ErrorKind>(100, ErrorKind::cancelled));
}

TEST_F(Failure, destroying_the_transport_cancels_what_waits_for_the_first_connection) {
  const SilentHost host(io_);
  std::vector<ErrorKind> kinds;
  TaskGroup group(io_.get_executor());
  for (int i = 0; i < 20; ++i) group.spawn(note_kind(transport(), request_to(host.url()), kinds));
  io_.restart();
  io_.poll();
  EXPECT_EQ(transport().in_flight(), 1U) << "one tries to connect, the others wait for it";
  transport_.reset();
  run_until_done(group);
  EXPECT_EQ(kinds, std::vector<ErrorKind>(20, ErrorKind::cancelled));
}

asio::awaitable<void> send_and_destroy(std::unique_ptr<CurlTransport>& transport, ports::HttpRequest request,
                                       int& done) {
  const Reply got = co_await transport->send(std::move(request));
  transport.reset();
  ++done;
}

TEST_F(Failure, a_coroutine_that_was_just_answered_may_destroy_the_transport) {
  transport();
  int done = 0;
  TaskGroup group(io_.get_executor());
  group.spawn(send_and_destroy(transport_, request(), done));
  run_until_done(group);
  EXPECT_EQ(done, 1);
}

TEST_F(Failure, a_transport_with_requests_in_flight_may_die_after_its_event_loop_has_stopped) {
  server_.respond_with([](const Received&) { return Script{Hang{}}; });
  std::vector<ErrorKind> kinds;
  TaskGroup group(io_.get_executor());
  group.spawn(note_kind(transport(), request(), kinds));
  while (server_.requests() < 1) io_.run_one_for(milliseconds(100));
  io_.stop();
  transport_.reset();
  run_until_done(group);
  EXPECT_EQ(kinds, std::vector<ErrorKind>{ErrorKind::cancelled});
}

}  // namespace
}  // namespace sv::http::test
