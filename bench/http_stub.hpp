// An HTTP/1.1 server as small as one can be, on its own thread: it answers every request at once with the
// same reply. What a benchmark measures beside it is the client alone (measure the CPU time of the client's
// thread).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace sv::bench {

class HttpStub {
 public:
  HttpStub();
  HttpStub(const HttpStub&) = delete;
  HttpStub& operator=(const HttpStub&) = delete;
  ~HttpStub();

  std::string url() const;

 private:
  void run(int listener, int epoll);

  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace sv::bench
