#include "http_stub.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <unordered_map>

namespace sv::bench {

namespace {

constexpr int kBacklog = 4096;
constexpr int kEvents = 256;
constexpr int kPollMilliseconds = 50;  // how soon the thread sees that it shall stop
constexpr std::size_t kReadBytes = 16384;

// About the size of a verdict in a chat completion.
const std::string& reply() {
  static const std::string text = [] {
    const std::string body =
        R"({"id":"stub","choices":[{"message":{"content":")" + std::string(600, 'v') + R"("}}]})";
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }();
  return text;
}

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

// How many whole requests stand at the front of `buffer`; they are removed.
std::size_t take_requests(std::string& buffer) {
  constexpr std::string_view kLength = "Content-Length: ";
  std::size_t count = 0;
  for (;;) {
    const std::size_t end = buffer.find("\r\n\r\n");
    if (end == std::string::npos) return count;
    const std::size_t at = buffer.find(kLength);
    std::size_t length = 0;
    if (at < end) std::from_chars(buffer.data() + at + kLength.size(), buffer.data() + end, length);
    const std::size_t whole = end + 4 + length;
    if (buffer.size() < whole) return count;
    buffer.erase(0, whole);
    ++count;
  }
}

void watch(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

// False when the client has gone.
bool answer(int descriptor, std::string& buffer) {
  std::array<char, kReadBytes> bytes;
  const ssize_t count = read(descriptor, bytes.data(), bytes.size());
  if (count <= 0) return false;
  buffer.append(bytes.data(), static_cast<std::size_t>(count));
  for (std::size_t left = take_requests(buffer); left > 0; --left) {
    if (send(descriptor, reply().data(), reply().size(), MSG_NOSIGNAL) < 0) return false;
  }
  return true;
}

}  // namespace

HttpStub::HttpStub() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(listener, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  check(bind(listener, reinterpret_cast<sockaddr*>(&address), size), "bind");
  check(listen(listener, kBacklog), "listen");
  check(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port_ = ntohs(address.sin_port);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  check(epoll, "epoll_create1");
  watch(epoll, listener);
  thread_ = std::thread([this, listener, epoll] { run(listener, epoll); });
}

HttpStub::~HttpStub() {
  is_stopping_ = true;
  thread_.join();
}

std::string HttpStub::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/v1/chat/completions";
}

void HttpStub::run(int listener, int epoll) {
  std::unordered_map<int, std::string> buffers;
  std::array<epoll_event, kEvents> events;
  while (!is_stopping_) {
    const int count = epoll_wait(epoll, events.data(), kEvents, kPollMilliseconds);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == listener) {
        const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, client);
        buffers.try_emplace(client);
      } else if (!answer(descriptor, buffers[descriptor])) {
        buffers.erase(descriptor);
        close(descriptor);
      }
    }
  }
  for (const auto& [descriptor, buffer] : buffers) close(descriptor);
  close(listener);
  close(epoll);
}

}  // namespace sv::bench
