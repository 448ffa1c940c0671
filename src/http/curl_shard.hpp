// One libcurl multi handle driven by Asio.
//
//   libcurl --socket callback--> epoll_ (private)      libcurl --timer callback--> timer_ (Asio)
//   Asio waits until epoll_ itself is readable, then every ready socket is handed to libcurl in one go.
//
// Rejected: one Asio descriptor object per socket. libcurl opens and closes sockets on its own terms, so two owners'
// lifetimes would have to be kept in step; and each wait would cost an allocation and an epoll_ctl per socket
// instead of one per batch.
#pragma once

#include <curl/curl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "http/curl_transfer.hpp"

namespace sv::http {

class CurlShard {
 public:
  CurlShard(boost::asio::any_io_executor executor, const Clock& clock, const TransportOptions& options, CURLSH* share,
            std::size_t connections);
  CurlShard(const CurlShard&) = delete;
  CurlShard& operator=(const CurlShard&) = delete;
  ~CurlShard();

  void start(ports::HttpRequest request, CurlTransfer::Handler handler);
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);

  void arm_poller();
  void arm_slow_check();
  void on_ready();
  void act(curl_socket_t socket, int events);
  void finish_transfers();
  void check_slow_transfers();
  std::unique_ptr<CurlTransfer> take_transfer();

  const Clock& clock_;
  const TransportOptions& options_;
  CURLSH* share_;
  CURLM* multi_;
  boost::asio::posix::stream_descriptor epoll_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer slow_timer_;
  bool is_polling_ = false;
  bool is_checking_slow_ = false;
  std::unordered_set<CurlTransfer*> in_flight_;  // owned
  std::vector<std::unique_ptr<CurlTransfer>> idle_;
  // Handlers of asynchronous waits may still run after the shard is gone; they look here first.
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace sv::http
