#include "http/raw_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <zlib.h>

#include <charconv>
#include <stdexcept>
#include <utility>

namespace sv::http::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int kBacklog = 4096;
constexpr std::size_t kMaxRequestBytes = std::size_t{64} << 20U;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  if (at == std::string_view::npos) return 0;
  std::size_t length = 0;
  std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  return length;
}

}  // namespace

RawServer::RawServer(asio::io_context& io)
    : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), connections_(io.get_executor()) {
  acceptor_.listen(kBacklog);
  port_ = acceptor_.local_endpoint().port();
  connections_.spawn(accept());
}

void RawServer::stop() {
  acceptor_.close();
  for (Socket* socket : open_) socket->close();
}

std::string RawServer::url(std::string_view path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

asio::awaitable<void> RawServer::accept() {
  for (;;) {
    auto [error, accepted] = co_await acceptor_.async_accept(kAsTuple);
    if (error) co_return;
    auto socket = std::make_unique<Socket>(std::move(accepted));
    socket->set_option(tcp::no_delay(true));
    connections_.spawn(serve(std::move(socket), ++opened_));
  }
}

asio::awaitable<void> RawServer::serve(std::unique_ptr<Socket> socket, std::size_t connection) {
  open_.insert(socket.get());
  most_open_ = std::max(most_open_, open_.size());
  std::string buffer;
  for (std::size_t request = 1;; ++request) {
    Received received;
    received.connection = connection;
    received.request = request;
    const bool is_read = co_await read_request(*socket, buffer, received);
    if (!is_read) break;
    ++requests_;
    Script script = responder_ ? responder_(received) : Script{Send{reply(200, "ok")}};
    const bool goes_on = co_await play(*socket, std::move(script));
    if (!goes_on) break;
  }
  open_.erase(socket.get());
}

asio::awaitable<bool> RawServer::read_request(Socket& socket, std::string& buffer, Received& received) {
  auto [error, head_size] = co_await asio::async_read_until(
      socket, asio::dynamic_buffer(buffer, kMaxRequestBytes), "\r\n\r\n", kAsTuple);
  if (error) co_return false;
  received.head = buffer.substr(0, head_size);
  buffer.erase(0, head_size);
  if (!reads_body_) co_return true;
  const std::size_t length = content_length(received.head);
  if (buffer.size() < length) {
    const std::size_t missing = length - buffer.size();
    auto [body_error, count] = co_await asio::async_read(
        socket, asio::dynamic_buffer(buffer, kMaxRequestBytes), asio::transfer_exactly(missing), kAsTuple);
    if (body_error) co_return false;
  }
  received.body = buffer.substr(0, length);
  buffer.erase(0, length);
  co_return true;
}

// False when the connection is over.
asio::awaitable<bool> RawServer::play(Socket& socket, Script script) {
  for (Step& step : script) {
    if (const Send* send = std::get_if<Send>(&step)) {
      auto [error, count] = co_await asio::async_write(socket, asio::buffer(send->bytes), kAsTuple);
      if (error) co_return false;
    } else if (const Pause* pause = std::get_if<Pause>(&step)) {
      asio::steady_timer timer(socket.get_executor(), pause->length);
      co_await timer.async_wait(kAsTuple);
    } else if (std::holds_alternative<Hang>(step)) {
      std::string ignored(1, '\0');
      co_await asio::async_read(socket, asio::buffer(ignored), kAsTuple);
      co_return false;
    } else {
      boost::system::error_code ignored;
      if (std::holds_alternative<Reset>(step)) socket.set_option(asio::socket_base::linger(true, 0), ignored);
      socket.close(ignored);
      co_return false;
    }
  }
  co_return true;
}

std::string reply(int status, std::string_view body, std::string_view extra_headers) {
  return fmt::format("HTTP/1.1 {} Scripted\r\n{}Content-Length: {}\r\n\r\n{}", status, extra_headers,
                     body.size(), body);
}

std::string chunked_reply(const std::vector<std::string>& parts) {
  std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& part : parts) bytes += fmt::format("{:x}\r\n{}\r\n", part.size(), part);
  return bytes + "0\r\n\r\n";
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more means a gzip header
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib does not start");
  }
  std::string input(bytes);
  std::string output(deflateBound(&stream, input.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  const int result = deflate(&stream, Z_FINISH);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib does not finish");
  return output;
}

}  // namespace sv::http::test
