#include "http/curl_transfer.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

namespace sv::http {

namespace {

// Small buffers: 15 KB a connection instead of 20; replies are one or two kilobytes.
constexpr long kReceiveBufferBytes = 4096;
// The least that libcurl takes; its default of 64 KB would be held by every TLS connection that is sending.
constexpr long kSendBufferBytes = 16L << 10U;
// Real replies have one to three kilobytes of headers.
constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 10U;
// Addresses of providers change rarely; libcurl's 60 s would look a name up again and again in a long run.
constexpr long kNameCacheSeconds =
    std::chrono::duration_cast<std::chrono::seconds>(FirstConnection::kNameCacheTime).count();

constexpr std::string_view kBlanks = " \t\r\n";

bool is_interim(std::string_view status_line) {
  const std::size_t space = status_line.find(' ');
  return space != std::string_view::npos && status_line.substr(space + 1).starts_with('1');
}

bool is_connection_errno(long code) {
  return code == ECONNRESET || code == EPIPE || code == ECONNREFUSED || code == ETIMEDOUT ||
         code == EHOSTUNREACH || code == ENETUNREACH || code == ECONNABORTED;
}

ErrorKind kind_of(CURLcode code, long os_errno) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::timeout;
    case CURLE_SSL_CONNECT_ERROR:
      // A peer that vanishes during the handshake is a connection problem; anything else is a verdict on its
      // TLS.
      return is_connection_errno(os_errno) ? ErrorKind::connect : ErrorKind::tls;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return ErrorKind::tls;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return ErrorKind::protocol;
    default:
      // DNS, connect, send, receive, empty reply, cut body, HTTP/2 framing: the exchange broke off.
      return ErrorKind::connect;
  }
}

}  // namespace

CurlTransfer::CurlTransfer(const TransportOptions& options, CURLSH* share) : easy_(curl_easy_init()) {
  SV_ASSERT(easy_ != nullptr, "libcurl gives an easy handle");
  const auto set = [this](CURLoption option, auto value) {
    SV_ASSERT(curl_easy_setopt(easy_, option, value) == CURLE_OK, "libcurl knows the option");
  };
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_SHARE, share);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROGRESS, 1L);
  // Without it a transfer that ends while its name is being looked up blocks the whole event loop until the
  // resolver's thread gives up (5 to 30 s with a dead name server). The thread cleans up after itself.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, kNameCacheSeconds);
  // Redirects are never followed: libcurl 7.88 keeps an `api-key:` header on its way to another host.
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, choose_http_version(curl_version_info(CURLVERSION_NOW)->version_num));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  set(CURLOPT_ACCEPT_ENCODING, "");  // whatever this libcurl can decode
  set(CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  set(CURLOPT_UPLOAD_BUFFERSIZE, kSendBufferBytes);
  // A proxy's "200 Connection established" is not the provider's reply.
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(
          std::chrono::duration_cast<std::chrono::milliseconds>(options.connect_timeout).count()));
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_before_request);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, error_text_.data());
}

CurlTransfer::~CurlTransfer() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
}

void CurlTransfer::prepare(ports::HttpRequest request, Handler handler, TimePoint now,
                           std::shared_ptr<FirstConnection> led) {
  led_ = std::move(led);
  request_ = std::move(request);
  handler_ = std::move(handler);
  response_ = {};
  started_ = now;
  slow_window_bytes_ = 0;
  times_sent_ = 0;
  has_first_byte_ = has_text_ = false;
  is_body_oversized_ = is_header_oversized_ = false;
  error_text_[0] = '\0';

  if (request_.endpoint != endpoint_) use_endpoint(request_.endpoint);
  if (request_.method == "POST") {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.c_str());
  } else {
    SV_ASSERT(request_.method == "GET" || request_.method == "DELETE",
              "the transport sends POST, GET and DELETE");
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method == "DELETE" ? "DELETE" : nullptr);
  long timeout_ms = 0;  // libcurl: 0 means none
  if (!request_.deadline.is_never()) {
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(request_.deadline.remaining(now)).count();
    // libcurl refuses more than an int holds, and would then keep the last request's value.
    timeout_ms =
        static_cast<long>(std::clamp<milliseconds::rep>(left, 1, std::numeric_limits<std::int32_t>::max()));
  }
  const CURLcode code = curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, timeout_ms);
  SV_ASSERT(code == CURLE_OK, "libcurl takes the time-out");
}

void CurlTransfer::use_endpoint(std::shared_ptr<const ports::HttpEndpoint> endpoint) {
  endpoint_ = std::move(endpoint);
  origin_ = parse_origin(endpoint_->url);
  curl_slist_free_all(std::exchange(headers_, nullptr));
  for (const std::string& line : endpoint_->headers) headers_ = curl_slist_append(headers_, line.c_str());
  // Above 1 MB libcurl would wait up to a second for "100 Continue" before it sends the body.
  headers_ = curl_slist_append(headers_, "Expect:");
  curl_easy_setopt(easy_, CURLOPT_URL, endpoint_->url.c_str());
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  // A proxy cannot reach our own machine's loopback, so http_proxy does not apply to it (Go's rule): a local
  // model or the simulator works without no_proxy. A null pointer means the environment, an empty text no
  // proxy.
  curl_easy_setopt(easy_, CURLOPT_PROXY, origin_.is_loopback ? "" : nullptr);
}

CurlTransfer::Finished CurlTransfer::finish(CURLcode code, TimePoint now) {
  if (code != CURLE_OK) return abandon(describe(code));
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  response_.elapsed = now - started_;
  Finished finished{std::move(handler_), std::move(response_)};
  release();
  return finished;
}

CurlTransfer::Finished CurlTransfer::abandon(Error error) {
  Finished finished{std::move(handler_), std::unexpected(std::move(error))};
  release();
  return finished;
}

// A pooled transfer keeps its handle and headers, but not the last request's text. Exchanged and not
// assigned: a string that a short one is moved into keeps its memory, which may be that of a reply of the
// largest size.
void CurlTransfer::release() {
  std::exchange(request_, {});
  std::exchange(response_, {});
  handler_ = nullptr;
  led_ = nullptr;
}

std::optional<Error> CurlTransfer::find_stall(const TransportOptions& options, TimePoint now) {
  if (!has_first_byte_) {
    if (options.first_byte_timeout <= Duration::zero() || now - started_ < options.first_byte_timeout)
      return {};
    return Error{ErrorKind::timeout, fmt::format("{}: no reply began within {:.0f} s", origin_.text,
                                                 to_seconds(options.first_byte_timeout))};
  }
  // Some providers send the headers at once and then blank lines while the model thinks: that is not
  // slowness.
  if (!has_text_) return {};
  const std::size_t received = response_.body.size();
  if (slow_window_bytes_ == 0) {
    slow_window_began_ = now;
    slow_window_bytes_ = received;
    return {};
  }
  if (now - slow_window_began_ < options.slow_window) return {};
  const double seconds = to_seconds(now - slow_window_began_);
  const double rate = static_cast<double>(received - slow_window_bytes_) / seconds;
  slow_window_began_ = now;
  slow_window_bytes_ = received;
  if (rate >= static_cast<double>(options.slow_bytes_per_second)) return {};
  return Error{ErrorKind::timeout,
               fmt::format("{}: the reply began and then came at {:.0f} bytes a second", origin_.text, rate)};
}

// libcurl 7.88 has no bound on a decompressed or chunked body, so the cap is counted here.
std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  if (bytes > transfer.request_.max_response_bytes - transfer.response_.body.size()) {
    transfer.is_body_oversized_ = true;
    return 0;  // makes libcurl end the transfer
  }
  if (!transfer.has_text_) {
    transfer.has_text_ = std::string_view(data, bytes).find_first_not_of(kBlanks) != std::string_view::npos;
  }
  transfer.response_.body.append(data, bytes);
  return bytes;
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  const std::string_view line(data, bytes);
  std::string& block = transfer.response_.header_block;
  // A status line begins a new reply (after 100 Continue): only the last one counts.
  if (line.starts_with("HTTP/")) {
    block.clear();
    transfer.has_first_byte_ = !is_interim(line);
  }
  if (block.size() + bytes > kMaxHeaderBytes) {
    transfer.is_header_oversized_ = true;
    return 0;
  }
  block.append(line);
  return bytes;
}

// When a kept-alive connection closes before the reply, libcurl silently sends the request again. The
// provider may have seen both, so that would be a retry that nobody counts: refuse the second sending, the
// retry layer decides.
int CurlTransfer::on_before_request(void* self, char* /*peer_ip*/, char* /*own_ip*/, int /*peer_port*/,
                                    int /*own_port*/) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  ++transfer.times_sent_;
  if (transfer.led_) std::exchange(transfer.led_, nullptr)->connected();
  return transfer.times_sent_ > 1 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

Error CurlTransfer::describe(CURLcode code) const {
  const auto& where = origin_.text;
  if (is_body_oversized_) {
    return {ErrorKind::oversized,
            fmt::format("{}: the reply is larger than {} bytes", where, request_.max_response_bytes)};
  }
  if (is_header_oversized_) {
    return {ErrorKind::oversized,
            fmt::format("{}: the headers of the reply are larger than {} bytes", where, kMaxHeaderBytes)};
  }
  if (code == CURLE_ABORTED_BY_CALLBACK && times_sent_ > 1) {
    return {ErrorKind::connect,
            fmt::format("{}: the server closed a kept-alive connection before answering", where)};
  }
  long os_errno = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_errno);
  const char* detail = error_text_[0] != '\0' ? error_text_.data() : curl_easy_strerror(code);
  // libcurl's text may quote what the server sent.
  return {kind_of(code, os_errno), fmt::format("{}: {}", where, sanitize_for_terminal(detail))};
}

}  // namespace sv::http
