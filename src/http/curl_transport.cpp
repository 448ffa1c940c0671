#include "http/curl_transport.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/assert.hpp"
#include "http/curl_shard.hpp"

namespace sv::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kTransfersPerShard = 64;
constexpr std::size_t kMaxShards = 128;
// Files, database, epoll instances and standard streams beside the sockets.
constexpr std::size_t kOtherDescriptors = 64;

void initialise_libcurl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_ALL);
  SV_ASSERT(code == CURLE_OK, "libcurl initialises");
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

CurlTransport::CurlTransport(asio::any_io_executor executor, const Clock& clock, TransportOptions options) {
  initialise_libcurl_once();
  share_ = std::make_unique<Share>(std::move(options));
  const std::size_t shards = choose_shard_count(share_->options.max_in_flight);
  const std::size_t per_shard = (share_->options.max_in_flight + shards - 1) / shards;
  for (std::size_t i = 0; i < shards; ++i) {
    shards_.push_back(
        std::make_unique<CurlShard>(executor, clock, share_->options, share_->handle, per_shard + 1));
  }
}

CurlTransport::~CurlTransport() = default;

CurlShard& CurlTransport::least_loaded_shard() {
  return **std::min_element(shards_.begin(), shards_.end(),
                            [](const auto& a, const auto& b) { return a->in_flight() < b->in_flight(); });
}

asio::awaitable<Result<ports::HttpResponse>> CurlTransport::send(ports::HttpRequest request) {
  CurlShard& shard = least_loaded_shard();
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Result<ports::HttpResponse>)>(
      [&shard](auto handler, ports::HttpRequest moved) { shard.start(std::move(moved), std::move(handler)); },
      asio::use_awaitable, std::move(request));
}

std::size_t CurlTransport::in_flight() const {
  std::size_t sum = 0;
  for (const auto& shard : shards_) sum += shard->in_flight();
  return sum;
}

std::size_t choose_shard_count(std::size_t max_in_flight) {
  return std::clamp((max_in_flight + kTransfersPerShard - 1) / kTransfersPerShard, std::size_t{1}, kMaxShards);
}

long choose_http_version(unsigned int libcurl_version) {
  return libcurl_version >= 0x080000U ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
}

Result<void> reserve_file_descriptors(std::size_t connections) {
  const rlim_t needed = connections + kOtherDescriptors + 2 * choose_shard_count(connections);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  if (limit.rlim_cur >= needed) return {};
  const rlim_t soft_before = limit.rlim_cur;
  if (limit.rlim_max >= needed) {
    limit.rlim_cur = needed;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  }
  return fail(ErrorKind::invalid_input,
              fmt::format("{} requests in flight need {} open files, but the limit is {} (hard limit {}): use fewer "
                          "workers, or raise it with 'ulimit -n {}' or LimitNOFILE= in the systemd unit",
                          connections, needed, soft_before, limit.rlim_max, needed));
}

}  // namespace sv::http
