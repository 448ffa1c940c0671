// Sends HTTP requests. Knows nothing about LLMs or sheets.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::ports {

// Where to and with which headers: made once per provider and shared by its requests, so that a request costs
// neither a copy of the URL nor a new header list. Headers are whole lines ("Authorization: Bearer …") and
// may hold secrets: never log them.
struct HttpEndpoint {
  std::string url;
  std::vector<std::string> headers;
};

struct HttpRequest {
  std::shared_ptr<const HttpEndpoint> endpoint;
  std::string method = "POST";
  std::string body;
  // Everything is over by then: connecting, sending, waiting, receiving.
  Deadline deadline = Deadline::never();
  // Ends the exchange with ErrorKind::cancelled when it rings; nothing: it cannot be ended. Outlives it.
  Alarm* cancel = nullptr;
  // Decoded bytes; a longer reply is cut off and reported as ErrorKind::oversized.
  std::size_t max_response_bytes = std::size_t{8} << 20U;
};

struct HttpResponse {
  int status = 0;
  std::string header_block;  // the final reply's header lines as received, CRLF between them
  std::string body;          // decoded
  Duration elapsed{};        // from handing the request over to the last byte

  // The value of the first header of that name (any case), without surrounding spaces.
  std::optional<std::string_view> header(std::string_view name) const;
};

// send() ends with a response for every complete HTTP exchange, whatever its status. Errors: connect, tls,
// timeout, protocol, oversized, cancelled. Redirects are never followed: a 3xx is an ordinary response.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual boost::asio::awaitable<Result<HttpResponse>> send(HttpRequest request) = 0;
};

}  // namespace sv::ports
