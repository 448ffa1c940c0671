// One libcurl multi handle driven by Asio.
//
//   libcurl --socket callback--> epoll_ (private)      libcurl --timer callback--> timer_ (Asio), or a post
//   for "now" Asio waits until epoll_ itself is readable, then every ready socket is handed to libcurl in one
//   go.
//
//   resting --start()--> working: poller, timer and the stall check are armed
//   working --last transfer ends--> resting: nothing is armed, so an io_context without other work can end
//
// Handlers are resumed inside the shard's own event handlers, never inside start(). A handler may start
// requests and may destroy the shard.
//
// Rejected: one Asio descriptor object per socket. libcurl opens and closes sockets on its own terms, so two
// owners' lifetimes would have to be kept in step; and each wait would cost an allocation and an epoll_ctl
// per socket instead of one per batch.
#pragma once

#include "base/clock.hpp"
#include "http/curl_transfer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

namespace sv::http {

class CurlShard {
 public:
  // `connections` is how many stay open between requests.
  CurlShard(boost::asio::any_io_executor executor, const Clock& clock, const TransportOptions& options,
            CURLSH* share, std::size_t connections);
  CurlShard(const CurlShard&) = delete;
  CurlShard& operator=(const CurlShard&) = delete;
  // What is in flight ends with ErrorKind::cancelled; its handlers are posted, not called, so that a
  // coroutine that would send again does not meet a half-destroyed shard.
  ~CurlShard();

  // What cancel() takes; dead once the handler has been called.
  struct Started {
    CurlTransfer* transfer = nullptr;
    std::uint64_t number = 0;
  };
  Started start(ports::HttpRequest request, CurlTransfer::Handler handler,
                std::shared_ptr<FirstConnection> led);
  // Ends it with ErrorKind::cancelled: its handler is posted. Does nothing when it has ended.
  void cancel(Started started);
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);

  void arm_poller();
  void arm_timer();
  void arm_stall_check();
  void post_kick();
  void rest();
  void on_ready();
  void on_timer_fired();
  void act(curl_socket_t socket, int events);
  void deliver_finished();
  void deliver(std::vector<CurlTransfer::Finished> finished);
  void end_stalled();
  void reuse_later(CurlTransfer* transfer);
  std::unique_ptr<CurlTransfer> take_transfer();

  boost::asio::any_io_executor executor_;
  const Clock& clock_;
  const TransportOptions& options_;
  const Duration stall_interval_;
  CURLSH* share_;
  CURLM* multi_;
  boost::asio::posix::stream_descriptor epoll_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer stall_timer_;
  TimePoint timer_due_ = TimePoint::max();  // when libcurl wants to be called; max: never
  TimePoint timer_armed_ =
      TimePoint::max();     // when timer_ fires; max: not armed. Never later than timer_due_
  std::uint64_t poll_ = 0;  // tells a wait that was called off from the one that counts
  bool is_polling_ = false;
  bool is_kick_posted_ = false;
  bool is_stall_check_armed_ = false;
  std::unordered_set<CurlTransfer*> in_flight_;  // owned
  std::uint64_t started_ = 0;
  std::vector<std::unique_ptr<CurlTransfer>> idle_;
  // Handlers of asynchronous waits may still run after the shard is gone; they look here first.
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace sv::http
