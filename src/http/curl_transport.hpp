// HttpTransport on libcurl: keep-alive, TLS verification, proxies from the environment, compression, size
// caps.
//
// One thread: everything runs on the executor given at the start. Transfers are spread over several multi
// handles
// ("shards"): one multi handle with 10,000 connections costs 228 µs a request, 64 of them 72-87 µs.
//
// Proxies come from http_proxy, https_proxy, all_proxy and no_proxy, but never for this machine's own
// loopback. The first construction makes the process ignore SIGPIPE, if nobody handles it: a peer that closes
// must be an error value, not the end of the process.
//
// Of the requests to one origin the first goes ahead until it is connected (2 s at most), so that a thousand
// of them do not look up its name a thousand times.
//
// A single request is ended by its own alarm, which closes its connection, or by its deadline. Destroying the
// transport ends what is in flight with ErrorKind::cancelled.
#pragma once

#include "base/clock.hpp"
#include "ports/http_transport.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sv::http {

struct TransportOptions {
  std::size_t max_in_flight = 64;  // sizes the connection pool, the shards and the check of file descriptors
  Duration connect_timeout = std::chrono::seconds(10);  // name look-up, TCP and TLS together
  // From handing the request over to the first byte of the reply; zero leaves it to the request's deadline.
  Duration first_byte_timeout = Duration::zero();
  // A body that has begun but then brings less than this for `slow_window` is given up (slow-loris, dead
  // peers). Blank lines in front of it do not count: DeepSeek and OpenRouter send them while the model
  // thinks.
  std::size_t slow_bytes_per_second = 50;
  Duration slow_window = std::chrono::seconds(10);
  std::string user_agent = "status-validator";
  // PEM file of the authorities to trust instead of the system's (a company's own, a national root); empty:
  // the system's. There is no way to switch verification off.
  std::string ca_file;
};

class CurlShard;
class FirstConnection;

class CurlTransport final : public ports::HttpTransport {
 public:
  CurlTransport(const boost::asio::any_io_executor& executor, const Clock& clock, TransportOptions options);
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override;

  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override;

  std::size_t shard_count() const { return shards_.size(); }
  std::size_t in_flight() const;

 private:
  CurlShard& least_loaded_shard();
  std::shared_ptr<FirstConnection> first_connection_to(std::string_view url);

  boost::asio::any_io_executor executor_;
  const Clock& clock_;
  struct Share;
  std::unique_ptr<Share> share_;  // DNS and TLS sessions, shared by the shards; outlives them
  std::vector<std::unique_ptr<CurlShard>> shards_;
  // By scheme, host and port: as many as the settings name providers. Shared with the requests that wait.
  std::map<std::string, std::shared_ptr<FirstConnection>, std::less<>> first_connections_;
};

// Makes room for `connections` sockets: raises the soft limit of open files as far as allowed. An error says
// what the limit is and how to raise it.
Result<void> reserve_file_descriptors(std::size_t connections);

// How many multi handles serve `max_in_flight` transfers.
std::size_t choose_shard_count(std::size_t max_in_flight);

// The CURLOPT_HTTP_VERSION for a libcurl version (CURLVERSION number, 0x075800 for 7.88.0). HTTP/2 only
// from 8.0 on: with 7.88.1, 0.1-0.4 % of HTTP/2 requests ended in error 92 when the server answered early,
// which can hide a 429.
long choose_http_version(unsigned int libcurl_version);

}  // namespace sv::http
