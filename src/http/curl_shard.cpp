#include "http/curl_shard.hpp"

#include <sys/epoll.h>

#include <array>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <utility>

#include "base/assert.hpp"

namespace sv::http {

namespace asio = boost::asio;

namespace {
constexpr int kEventsPerWake = 256;
constexpr auto kSlowCheckInterval = std::chrono::seconds(1);

int open_epoll() {
  const int descriptor = epoll_create1(EPOLL_CLOEXEC);
  SV_ASSERT(descriptor >= 0, "an epoll instance can be made (file descriptors were reserved at the start)");
  return descriptor;
}
}  // namespace

CurlShard::CurlShard(asio::any_io_executor executor, const Clock& clock, const TransportOptions& options,
                     CURLSH* share, std::size_t connections)
    : clock_(clock),
      options_(options),
      share_(share),
      multi_(curl_multi_init()),
      epoll_(executor, open_epoll()),
      timer_(executor),
      slow_timer_(executor) {
  SV_ASSERT(multi_ != nullptr, "libcurl gives a multi handle");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlShard::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlShard::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  // Every connection of the shard may stay open between requests: without this libcurl keeps four per transfer
  // that was ever added, and closes the rest.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
}

CurlShard::~CurlShard() {
  *is_alive_ = false;
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
  const auto in_flight = std::exchange(in_flight_, {});
  for (CurlTransfer* raw : in_flight) {
    const std::unique_ptr<CurlTransfer> transfer(raw);
    curl_multi_remove_handle(multi_, transfer->easy());
    auto finished = transfer->abandon({ErrorKind::cancelled, "the transport was closed"});
    std::move(finished.handler)(std::move(finished.result));
  }
  idle_.clear();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
  curl_multi_cleanup(multi_);
}

void CurlShard::start(ports::HttpRequest request, CurlTransfer::Handler handler) {
  std::unique_ptr<CurlTransfer> transfer = take_transfer();
  transfer->prepare(std::move(request), std::move(handler), clock_.now());
  CurlTransfer* raw = transfer.release();
  in_flight_.insert(raw);
  const CURLMcode code = curl_multi_add_handle(multi_, raw->easy());
  SV_ASSERT(code == CURLM_OK, "libcurl takes the transfer");
  arm_slow_check();
}

std::unique_ptr<CurlTransfer> CurlShard::take_transfer() {
  if (idle_.empty()) return std::make_unique<CurlTransfer>(options_, share_);
  std::unique_ptr<CurlTransfer> transfer = std::move(idle_.back());
  idle_.pop_back();
  return transfer;
}

int CurlShard::on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* socket_data) {
  auto& shard = *static_cast<CurlShard*>(self);
  const int epoll = shard.epoll_.native_handle();
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);  // may be closed already: then the kernel has removed it
    curl_multi_assign(shard.multi_, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  event.data.fd = socket;
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  // socket_data tells whether we have seen this socket: a null pointer means it is new.
  int result = epoll_ctl(epoll, socket_data == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
  if (result != 0 && errno == ENOENT) result = epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  if (result != 0 && errno == EEXIST) result = epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event);
  SV_ASSERT(result == 0, "a socket of libcurl can be watched");
  if (socket_data == nullptr) curl_multi_assign(shard.multi_, socket, &shard);
  shard.arm_poller();
  return 0;
}

int CurlShard::on_timer(CURLM* /*multi*/, long timeout_ms, void* self) {
  auto& shard = *static_cast<CurlShard*>(self);
  if (timeout_ms < 0) {
    shard.timer_.cancel();
    return 0;
  }
  shard.timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  shard.timer_.async_wait([&shard, alive = shard.is_alive_](const boost::system::error_code& error) {
    if (error || !*alive) return;
    shard.act(CURL_SOCKET_TIMEOUT, 0);
    shard.finish_transfers();
  });
  return 0;
}

void CurlShard::arm_poller() {
  if (is_polling_) return;
  is_polling_ = true;
  epoll_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [this, alive = is_alive_](const boost::system::error_code& error) {
                      if (error || !*alive) return;
                      is_polling_ = false;
                      on_ready();
                    });
}

void CurlShard::on_ready() {
  std::array<epoll_event, kEventsPerWake> events;
  const int count = epoll_wait(epoll_.native_handle(), events.data(), kEventsPerWake, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    int mask = 0;
    if ((event.events & EPOLLIN) != 0) mask |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
    act(event.data.fd, mask);
  }
  finish_transfers();
  if (!in_flight_.empty()) arm_poller();
}

void CurlShard::act(curl_socket_t socket, int events) {
  int still_running = 0;
  const CURLMcode code = curl_multi_socket_action(multi_, socket, events, &still_running);
  SV_ASSERT(code == CURLM_OK || code == CURLM_BAD_SOCKET, "libcurl accepts the event");
}

void CurlShard::finish_transfers() {
  // Handlers resume coroutines that may start new transfers at once, so they run after libcurl's list was read.
  std::vector<CurlTransfer::Finished> finished;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* easy = message->easy_handle;
    CurlTransfer* raw = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &raw);
    curl_multi_remove_handle(multi_, easy);  // `message` is dead from here on
    in_flight_.erase(raw);
    finished.push_back(raw->finish(code, clock_.now()));
    idle_.emplace_back(raw);
  }
  const std::shared_ptr<bool> alive = is_alive_;
  for (CurlTransfer::Finished& one : finished) {
    std::move(one.handler)(std::move(one.result));
  }
  if (!*alive) return;
}

void CurlShard::arm_slow_check() {
  if (is_checking_slow_) return;
  is_checking_slow_ = true;
  slow_timer_.expires_after(kSlowCheckInterval);
  slow_timer_.async_wait([this, alive = is_alive_](const boost::system::error_code& error) {
    if (error || !*alive) return;
    is_checking_slow_ = false;
    check_slow_transfers();
  });
}

void CurlShard::check_slow_transfers() {
  const TimePoint now = clock_.now();
  std::vector<CurlTransfer*> slow;
  for (CurlTransfer* transfer : in_flight_) {
    if (transfer->is_too_slow(options_, now)) slow.push_back(transfer);
  }
  std::vector<CurlTransfer::Finished> finished;
  for (CurlTransfer* raw : slow) {
    curl_multi_remove_handle(multi_, raw->easy());
    in_flight_.erase(raw);
    finished.push_back(raw->abandon({ErrorKind::timeout, "the reply began and then came too slowly"}));
    idle_.emplace_back(raw);
  }
  const std::shared_ptr<bool> alive = is_alive_;
  for (CurlTransfer::Finished& one : finished) {
    std::move(one.handler)(std::move(one.result));
  }
  if (*alive && !in_flight_.empty()) arm_slow_check();
}

}  // namespace sv::http
