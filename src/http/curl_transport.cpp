#include "http/curl_transport.hpp"

#include "base/assert.hpp"
#include "base/heap.hpp"
#include "http/curl_shard.hpp"
#include "http/first_connection.hpp"
#include "http/origin.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <signal.h>
#include <string_view>
#include <sys/resource.h>
#include <utility>

namespace sv::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kTransfersPerShard = 64;
constexpr std::size_t kMaxShards = 128;
constexpr const char* kClosed = "the HTTP transport was closed";
// Files, database and standard streams beside the sockets.
constexpr std::size_t kOtherDescriptors = 64;
// An epoll instance, and a socket pair with which libcurl can wake itself.
constexpr std::size_t kDescriptorsPerShard = 3;

// CURLOPT_NOSIGNAL makes libcurl leave SIGPIPE alone, and OpenSSL may write to a closed socket.
void ignore_sigpipe() {
  struct sigaction current{};
  if (sigaction(SIGPIPE, nullptr, &current) != 0 || current.sa_handler != SIG_DFL) return;
  current.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &current, nullptr);
}

void initialise_libcurl_once() {
  static const CURLcode code = [] {
    ignore_sigpipe();
    return curl_global_init_mem(CURL_GLOBAL_ALL, checked_malloc, std::free, checked_realloc, checked_strdup,
                                checked_calloc);
  }();
  SV_ASSERT(code == CURLE_OK, "libcurl initialises");
}

// What is not even tried. A line break in a header would smuggle in further headers: configured keys are
// checked where they are read, this is the last door.
std::optional<Error> find_refusal(const ports::HttpRequest& request, TimePoint now) {
  if (request.deadline.has_passed(now)) {
    return Error{ErrorKind::timeout, "the deadline passed before the request could be sent"};
  }
  for (const std::string& line : request.endpoint->headers) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return Error{ErrorKind::protocol,
                   fmt::format("a request header for {} contains a line break: check the key",
                               parse_origin(request.endpoint->url).text)};
    }
  }
  return std::nullopt;
}

}  // namespace

// One thread uses the share, so it needs no lock functions.
struct CurlTransport::Share {
  TransportOptions options;
  CURLSH* handle = curl_share_init();

  explicit Share(TransportOptions transport_options) : options(std::move(transport_options)) {
    SV_ASSERT(handle != nullptr, "libcurl gives a share");
    curl_share_setopt(handle, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(handle, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() { curl_share_cleanup(handle); }
};

CurlTransport::CurlTransport(const asio::any_io_executor& executor, const Clock& clock,
                             TransportOptions options)
    : executor_(executor), clock_(clock) {
  initialise_libcurl_once();
  share_ = std::make_unique<Share>(std::move(options));
  const std::size_t shards = choose_shard_count(share_->options.max_in_flight);
  const std::size_t per_shard = (share_->options.max_in_flight + shards - 1) / shards;
  for (std::size_t i = 0; i < shards; ++i) {
    shards_.push_back(
        std::make_unique<CurlShard>(executor, clock, share_->options, share_->handle, per_shard + 1));
  }
}

CurlTransport::~CurlTransport() {
  for (const auto& [origin, first] : first_connections_) first->shut();
}

// Called for every request, so without parsing: what stands before the third slash.
std::shared_ptr<FirstConnection> CurlTransport::first_connection_to(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::string_view origin =
      url.substr(0, scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3));
  auto found = first_connections_.find(origin);
  if (found == first_connections_.end()) {
    found = first_connections_.emplace(origin, std::make_shared<FirstConnection>(executor_, clock_)).first;
  }
  return found->second;
}

CurlShard& CurlTransport::least_loaded_shard() {
  return **std::min_element(shards_.begin(), shards_.end(),
                            [](const auto& a, const auto& b) { return a->in_flight() < b->in_flight(); });
}

asio::awaitable<Result<ports::HttpResponse>> CurlTransport::send(ports::HttpRequest request) {
  SV_ASSERT(request.endpoint != nullptr, "a request has an endpoint");
  if (std::optional<Error> refusal = find_refusal(request, clock_.now())) {
    co_return std::unexpected(*std::move(refusal));
  }
  const std::shared_ptr<FirstConnection> first = first_connection_to(request.endpoint->url);
  FirstConnection::Part part = first->ask();
  // Who has too little time to wait for another goes at once.
  while (part == FirstConnection::Part::waits &&
         request.deadline.remaining(clock_.now()) > FirstConnection::kLongestLead) {
    co_await first->wait();
    if (first->is_shut()) co_return fail(ErrorKind::cancelled, kClosed);  // `this` is gone
    part = first->ask();
  }
  const bool leads = part == FirstConnection::Part::leads;
  CurlShard& shard = least_loaded_shard();
  CurlShard::Started started;
  std::optional<Alarm::Setting> cancelling;
  if (request.cancel != nullptr) {
    cancelling.emplace(*request.cancel, [&] {
      if (!first->is_shut()) shard.cancel(started);
    });
  }
  auto reply =
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<ports::HttpResponse>)>(
          [&shard, &first, &started, leads](auto handler, ports::HttpRequest moved) {
            started = shard.start(std::move(moved), std::move(handler), leads ? first : nullptr);
          },
          asio::use_awaitable, std::move(request));
  if (leads) first->ended_unconnected();
  co_return reply;
}

std::size_t CurlTransport::in_flight() const {
  std::size_t sum = 0;
  for (const auto& shard : shards_) sum += shard->in_flight();
  return sum;
}

std::size_t choose_shard_count(std::size_t max_in_flight) {
  return std::clamp((max_in_flight + kTransfersPerShard - 1) / kTransfersPerShard, std::size_t{1},
                    kMaxShards);
}

long choose_http_version(unsigned int libcurl_version) {
  return libcurl_version >= 0x080000U ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
}

Result<void> reserve_file_descriptors(std::size_t connections) {
  const rlim_t needed =
      connections + kOtherDescriptors + kDescriptorsPerShard * choose_shard_count(connections);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  if (limit.rlim_cur >= needed) return {};
  const rlim_t soft_before = limit.rlim_cur;
  if (limit.rlim_max >= needed) {
    limit.rlim_cur = needed;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  }
  return fail(
      ErrorKind::invalid_input,
      fmt::format("{} requests in flight need {} open files, but the limit is {} (hard limit {}): use fewer "
                  "workers, or raise it with 'ulimit -n {}' or LimitNOFILE= in the systemd unit",
                  connections, needed, soft_before, limit.rlim_max, needed));
}

}  // namespace sv::http
