// One request on its way through libcurl: an easy handle with everything that must stay alive with it. Pooled by its
// shard: setting up an easy handle costs more than using one.
#pragma once

#include <curl/curl.h>

#include <array>
#include <boost/asio/any_completion_handler.hpp>
#include <cstddef>
#include <memory>

#include "base/error.hpp"
#include "base/time.hpp"
#include "http/curl_transport.hpp"
#include "ports/http_transport.hpp"

namespace sv::http {

class CurlTransfer {
 public:
  using Handler = boost::asio::any_completion_handler<void(Result<ports::HttpResponse>)>;

  CurlTransfer(const TransportOptions& options, CURLSH* share);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  // Ready to be added to a multi handle afterwards.
  void prepare(ports::HttpRequest request, Handler handler, TimePoint now);

  // Ends it: the outcome of `code` for the handler, which is given away. The transfer can be prepared again.
  struct Finished {
    Handler handler;
    Result<ports::HttpResponse> result;
  };
  Finished finish(CURLcode code, TimePoint now);
  Finished abandon(Error error);

  // True when the reply has begun and then came slower than `options` allow. Call about once a second.
  bool is_too_slow(const TransportOptions& options, TimePoint now);

  CURL* easy() const { return easy_; }

 private:
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static int on_before_request(void* self, char* peer_ip, char* own_ip, int peer_port, int own_port);
  Error describe(CURLcode code) const;
  void release();

  CURL* easy_;
  curl_slist* headers_ = nullptr;
  std::shared_ptr<const ports::HttpEndpoint> endpoint_;
  ports::HttpRequest request_;
  ports::HttpResponse response_;
  Handler handler_;
  TimePoint started_{};
  TimePoint slow_window_began_{};
  std::size_t slow_window_bytes_ = 0;
  int times_sent_ = 0;
  bool is_oversized_ = false;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace sv::http
