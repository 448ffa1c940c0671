// A scripted HTTP/1.1 server on a real loopback socket, byte by byte: it can do what no proper server would.
//
// Single-threaded, on the io_context given. Each request asks the responder for a script; without a responder
// the answer is 200 "ok". Connections are kept open until a script or the client ends them. stop() and then
// running the io_context is needed before it dies.
#pragma once

#include "base/task_group.hpp"
#include "base/time.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

namespace sv::http::test {

struct Send {
  std::string bytes;
};
struct Pause {
  Duration length;
};
struct Close {};  // orderly (FIN)
struct Reset {};  // RST
struct Hang {};   // says nothing until the client closes
using Step = std::variant<Send, Pause, Close, Reset, Hang>;
using Script = std::vector<Step>;

struct Received {
  std::string head;  // request line and headers, with the empty line
  std::string body;
  std::size_t connection = 0;  // from 1, in the order of acceptance
  std::size_t request = 0;     // from 1, on this connection
};

class RawServer {
 public:
  using Responder = std::function<Script(const Received&)>;

  explicit RawServer(boost::asio::io_context& io);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  void respond_with(Responder responder) { responder_ = std::move(responder); }
  // Answers as soon as the headers are there, and does not read the body.
  void answer_before_body() { reads_body_ = false; }
  void stop();

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/v1") const;

  std::size_t opened() const { return opened_; }  // connections accepted since the start
  std::size_t open_now() const { return open_.size(); }
  std::size_t most_open() const { return most_open_; }
  std::size_t requests() const { return requests_; }

 private:
  using Socket = boost::asio::ip::tcp::socket;

  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(std::unique_ptr<Socket> socket, std::size_t connection);
  boost::asio::awaitable<bool> read_request(Socket& socket, std::string& buffer, Received& received);
  boost::asio::awaitable<bool> play(Socket& socket, Script script);

  boost::asio::ip::tcp::acceptor acceptor_;
  Responder responder_;
  bool reads_body_ = true;
  std::uint16_t port_ = 0;
  std::size_t opened_ = 0;
  std::size_t most_open_ = 0;
  std::size_t requests_ = 0;
  std::unordered_set<Socket*> open_;
  TaskGroup connections_;
};

// Whole replies.
std::string reply(int status, std::string_view body, std::string_view extra_headers = "");
// "Transfer-Encoding: chunked", one chunk per part.
std::string chunked_reply(const std::vector<std::string>& parts);
std::string gzip(std::string_view bytes);

}  // namespace sv::http::test
