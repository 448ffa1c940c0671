// A blocking HTTP client on a bare socket, so that tests see exactly what the server sends. Every wait is
// bounded by a receive time-out of 20 s; a time-out shows as `closed` with an empty status.
#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace sv::sim::testing {

struct RawReply {
  int status = 0;  // 0: the connection ended before a whole header
  std::string head;
  std::string body;
  bool is_whole = false;  // the body is as long as announced
  bool was_reset = false;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval timeout{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        rest_(std::move(other.rest_)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }

  bool is_connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  static std::string post(std::string_view path, std::string_view body, std::string_view headers = "") {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }
  static std::string get(std::string_view path, std::string_view headers = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers) + "\r\n";
  }

  // The next reply on this connection.
  RawReply receive() {
    RawReply reply;
    while (rest_.find("\r\n\r\n") == std::string::npos) {
      if (!receive_some(reply)) return reply;
    }
    const std::size_t end = rest_.find("\r\n\r\n") + 4;
    reply.head = rest_.substr(0, end);
    rest_.erase(0, end);
    reply.status = std::atoi(reply.head.substr(9, 3).c_str());
    const std::size_t at = reply.head.find("content-length: ");
    const std::size_t length =
        at == std::string::npos ? 0 : std::strtoul(reply.head.c_str() + at + 16, nullptr, 10);
    while (rest_.size() < length) {
      if (!receive_some(reply)) break;
    }
    reply.is_whole = rest_.size() >= length;
    reply.body = rest_.substr(0, length);
    rest_.erase(0, reply.body.size());
    return reply;
  }

  RawReply ask(std::string_view request) {
    send(request);
    return receive();
  }

  // Whatever comes next, at most 64 KiB of it; nothing at the end of the connection.
  std::string receive_once() {
    RawReply ignored;
    receive_some(ignored);
    return std::exchange(rest_, {});
  }

  // True when the server has closed in good order and nothing more comes.
  bool is_closed_by_server() {
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) == 0;
  }

 private:
  bool receive_some(RawReply& reply) {
    char buffer[65536];
    const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count < 0 && errno == ECONNRESET) reply.was_reset = true;
    if (count <= 0) return false;
    rest_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string rest_;
};

}  // namespace sv::sim::testing
