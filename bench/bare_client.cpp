// The least that a client can do: N requests at once over N new connections, non-blocking sockets and one
// epoll, no HTTP library, replies not parsed. What it needs is the floor of this machine, against which the
// program's makespan with many workers is to be read.
//
//   bare_client PORT CONNECTIONS REQUEST_FILE     prints the milliseconds from the first connect to the last
//   reply
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void watch(int epoll, int operation, int socket, unsigned events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  if (epoll_ctl(epoll, operation, socket, &event) != 0) give_up("epoll_ctl");
}

void connect_one(int epoll, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int one = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (one < 0) give_up("socket (raise ulimit -n?)");
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof(address));
  if (connect(one, &generic, sizeof(address)) != 0 && errno != EINPROGRESS) give_up("connect");
  watch(epoll, EPOLL_CTL_ADD, one, EPOLLOUT);
}

// True when the socket's reply has arrived (a reply of this size comes in one piece over loopback).
bool act(int epoll, const epoll_event& event, const std::string& request) {
  const int one = event.data.fd;
  if ((event.events & EPOLLOUT) != 0) {
    if (send(one, request.data(), request.size(), MSG_NOSIGNAL) < 0) give_up("send");
    watch(epoll, EPOLL_CTL_MOD, one, EPOLLIN);
    return false;
  }
  std::array<char, 16'384> reply;  // NOLINT(*-member-init): written by recv
  if (recv(one, reply.data(), reply.size(), 0) <= 0) give_up("recv");
  close(one);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: bare_client PORT CONNECTIONS REQUEST_FILE\n", stderr);
    return 64;
  }
  const int port = number(argv[1]);
  const int connections = number(argv[2]);
  std::ifstream file(argv[3], std::ios::binary);
  const std::string request{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (request.empty()) give_up("no request to send");

  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < connections; ++i) connect_one(epoll, port);
  std::array<epoll_event, 256> events{};
  for (int done = 0; done < connections;) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 60'000);
    if (ready <= 0) give_up("no reply within a minute");
    for (int i = 0; i < ready; ++i) done += act(epoll, events[static_cast<std::size_t>(i)], request) ? 1 : 0;
  }
  const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
  std::printf("%.1f\n", elapsed.count());
  return 0;
}
