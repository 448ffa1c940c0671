// One request on its way through libcurl: an easy handle with everything that must stay alive with it. Pooled
// by its shard: setting up an easy handle costs more than using one.
//
//   prepare() ──▶ [in a multi handle] ──▶ finish() or abandon() ──▶ prepare() …
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "http/curl_transport.hpp"
#include "http/first_connection.hpp"
#include "http/origin.hpp"
#include "ports/http_transport.hpp"

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace sv::http {

class CurlTransfer {
 public:
  // Not Asio's any_completion_handler: in Boost 1.81 assigning one recurses until the stack is full.
  using Handler = std::move_only_function<void(Result<ports::HttpResponse>)>;

  CurlTransfer(const TransportOptions& options, CURLSH* share);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  // Ready to be added to a multi handle afterwards. `led`, if any, hears when this one is connected.
  void prepare(ports::HttpRequest request, Handler handler, TimePoint now,
               std::shared_ptr<FirstConnection> led);

  // Ends it: the outcome of `code` for the handler, which is given away. The transfer can be prepared again.
  struct Finished {
    Handler handler;
    Result<ports::HttpResponse> result;
  };
  Finished finish(CURLcode code, TimePoint now);
  Finished abandon(Error error);

  // Why it should be given up before its deadline, if it should: no first byte in time, or a reply that began
  // and then came slower than the options allow. Call now and then.
  std::optional<Error> find_stall(const TransportOptions& options, TimePoint now);

  CURL* easy() const { return easy_; }

  // Tells requests apart that use the same transfer one after the other.
  void set_number(std::uint64_t number) { number_ = number; }
  std::uint64_t number() const { return number_; }

 private:
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static int on_before_request(void* self, char* peer_ip, char* own_ip, int peer_port, int own_port);
  void use_endpoint(std::shared_ptr<const ports::HttpEndpoint> endpoint);
  Error describe(CURLcode code) const;
  void release();

  CURL* easy_;
  curl_slist* headers_ = nullptr;
  std::shared_ptr<const ports::HttpEndpoint> endpoint_;
  Origin origin_;
  ports::HttpRequest request_;
  ports::HttpResponse response_;
  Handler handler_;
  std::shared_ptr<FirstConnection> led_;
  TimePoint started_{};
  TimePoint slow_window_began_{};
  std::size_t slow_window_bytes_ = 0;  // 0: no window yet
  std::uint64_t number_ = 0;
  int times_sent_ = 0;
  bool has_first_byte_ = false;  // of the final reply; a 1xx or a proxy's answer is not it
  bool has_text_ = false;        // of the body; blank lines that keep a connection alive are not it
  bool is_body_oversized_ = false;
  bool is_header_oversized_ = false;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace sv::http
