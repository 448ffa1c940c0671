#include "http/curl_shard.hpp"

#include "base/assert.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <sys/epoll.h>
#include <utility>

namespace sv::http {

namespace asio = boost::asio;

namespace {

constexpr int kEventsPerWake = 256;
constexpr Duration kLongestStallInterval = std::chrono::seconds(1);
constexpr Duration kShortestStallInterval = std::chrono::milliseconds(10);

// Twice in the shortest of the times that are watched, so that none is overrun by more than half.
Duration choose_stall_interval(const TransportOptions& options) {
  Duration shortest = options.slow_window;
  if (options.first_byte_timeout > Duration::zero())
    shortest = std::min(shortest, options.first_byte_timeout);
  return std::clamp(shortest / 2, kShortestStallInterval, kLongestStallInterval);
}

int open_epoll() {
  const int descriptor = epoll_create1(EPOLL_CLOEXEC);
  SV_ASSERT(descriptor >= 0, "an epoll instance can be made (file descriptors were reserved at the start)");
  return descriptor;
}

}  // namespace

CurlShard::CurlShard(asio::any_io_executor executor, const Clock& clock, const TransportOptions& options,
                     CURLSH* share, std::size_t connections)
    : executor_(std::move(executor)),
      clock_(clock),
      options_(options),
      stall_interval_(choose_stall_interval(options)),
      share_(share),
      multi_(curl_multi_init()),
      epoll_(executor_, open_epoll()),
      timer_(executor_),
      stall_timer_(executor_) {
  SV_ASSERT(multi_ != nullptr, "libcurl gives a multi handle");
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlShard::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlShard::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  // Every connection of the shard may stay open between requests: without this libcurl keeps four per
  // transfer that was ever added, and closes the rest.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
}

CurlShard::~CurlShard() {
  *is_alive_ = false;
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
  for (CurlTransfer* raw : std::exchange(in_flight_, {})) {
    const std::unique_ptr<CurlTransfer> transfer(raw);
    curl_multi_remove_handle(multi_, transfer->easy());
    asio::post(executor_,
               [one = transfer->abandon({ErrorKind::cancelled, "the HTTP transport was closed"})]() mutable {
                 one.handler(std::move(one.result));
               });
  }
  idle_.clear();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
  curl_multi_cleanup(multi_);
}

CurlShard::Started CurlShard::start(ports::HttpRequest request, CurlTransfer::Handler handler,
                                    std::shared_ptr<FirstConnection> led) {
  std::unique_ptr<CurlTransfer> transfer = take_transfer();
  transfer->prepare(std::move(request), std::move(handler), clock_.now(), std::move(led));
  CurlTransfer* raw = transfer.release();
  in_flight_.insert(raw);
  const CURLMcode code = curl_multi_add_handle(multi_, raw->easy());
  SV_ASSERT(code == CURLM_OK, "libcurl takes the transfer");
  arm_stall_check();
  raw->set_number(++started_);
  return {.transfer = raw, .number = started_};
}

void CurlShard::cancel(Started started) {
  // The transfer may have ended and serve another request by now.
  if (!in_flight_.contains(started.transfer) || started.transfer->number() != started.number) return;
  curl_multi_remove_handle(multi_, started.transfer->easy());  // in mid-reply: libcurl closes the connection
  std::vector<CurlTransfer::Finished> finished;
  finished.push_back(started.transfer->abandon({ErrorKind::cancelled, "the answer is not needed any more"}));
  reuse_later(started.transfer);
  asio::post(executor_, [this, alive = is_alive_, ended = std::move(finished)]() mutable {
    if (*alive) {
      deliver(std::move(ended));
    } else {
      for (CurlTransfer::Finished& one : ended) one.handler(std::move(one.result));
    }
  });
}

std::unique_ptr<CurlTransfer> CurlShard::take_transfer() {
  if (idle_.empty()) return std::make_unique<CurlTransfer>(options_, share_);
  std::unique_ptr<CurlTransfer> transfer = std::move(idle_.back());
  idle_.pop_back();
  return transfer;
}

void CurlShard::reuse_later(CurlTransfer* transfer) {
  in_flight_.erase(transfer);
  idle_.emplace_back(transfer);
}

int CurlShard::on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* socket_data) {
  auto& shard = *static_cast<CurlShard*>(self);
  const int epoll = shard.epoll_.native_handle();
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, socket,
              nullptr);  // may be closed already: then the kernel has removed it
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

// Called after nearly every step of every transfer, so it must be cheap: a timer that fires too early is left
// alone and armed again when it fires, and "now" is a post instead of a timer.
int CurlShard::on_timer(CURLM* /*multi*/, long timeout_ms, void* self) {
  auto& shard = *static_cast<CurlShard*>(self);
  if (timeout_ms < 0) {
    shard.timer_due_ = TimePoint::max();
  } else if (timeout_ms == 0) {
    shard.post_kick();
  } else {
    shard.timer_due_ = shard.clock_.now() + std::chrono::milliseconds(timeout_ms);
    if (shard.timer_due_ < shard.timer_armed_) shard.arm_timer();
  }
  return 0;
}

void CurlShard::post_kick() {
  if (is_kick_posted_) return;
  is_kick_posted_ = true;
  asio::post(executor_, [this, alive = is_alive_] {
    if (!*alive) return;
    is_kick_posted_ = false;
    act(CURL_SOCKET_TIMEOUT, 0);
    deliver_finished();
  });
}

void CurlShard::arm_timer() {
  timer_armed_ = timer_due_;
  timer_.expires_at(timer_due_);  // calls off the wait before
  timer_.async_wait([this, alive = is_alive_](const boost::system::error_code& error) {
    if (!error && *alive) on_timer_fired();
  });
}

void CurlShard::on_timer_fired() {
  timer_armed_ = TimePoint::max();
  if (timer_due_ == TimePoint::max()) return;
  if (clock_.now() < timer_due_) {
    arm_timer();
    return;
  }
  timer_due_ = TimePoint::max();
  act(CURL_SOCKET_TIMEOUT, 0);
  deliver_finished();
}

void CurlShard::arm_poller() {
  if (is_polling_) return;
  is_polling_ = true;
  // Asio watches edge-triggered, but starting a wait arms the descriptor again, so events that are there
  // already complete it: what one wake leaves behind is not lost.
  epoll_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [this, alive = is_alive_, poll = ++poll_](const boost::system::error_code& error) {
                      if (error || !*alive || poll != poll_) return;
                      is_polling_ = false;
                      on_ready();
                    });
}

void CurlShard::on_ready() {
  std::array<epoll_event, kEventsPerWake> events;
  const int count = epoll_wait(epoll_.native_handle(), events.data(), kEventsPerWake, 0);
  arm_poller();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    int mask = 0;
    if ((event.events & EPOLLIN) != 0) mask |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
    act(event.data.fd, mask);
  }
  deliver_finished();
}

void CurlShard::act(curl_socket_t socket, int events) {
  int still_running = 0;
  const CURLMcode code = curl_multi_socket_action(multi_, socket, events, &still_running);
  SV_ASSERT(code == CURLM_OK || code == CURLM_BAD_SOCKET, "libcurl accepts the event");
}

void CurlShard::deliver_finished() {
  // Handlers may start transfers at once, so they run after libcurl's list was read.
  std::vector<CurlTransfer::Finished> finished;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* easy = message->easy_handle;
    CurlTransfer* raw = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &raw);
    curl_multi_remove_handle(multi_, easy);  // `message` is dead from here on
    finished.push_back(raw->finish(code, clock_.now()));
    reuse_later(raw);
  }
  if (!finished.empty()) deliver(std::move(finished));
}

void CurlShard::deliver(std::vector<CurlTransfer::Finished> finished) {
  const std::shared_ptr<bool> alive = is_alive_;
  for (CurlTransfer::Finished& one : finished) one.handler(std::move(one.result));
  if (*alive && in_flight_.empty()) rest();
}

void CurlShard::rest() {
  if (std::exchange(is_polling_, false)) {
    ++poll_;
    epoll_.cancel();
  }
  if (std::exchange(timer_armed_, TimePoint::max()) != TimePoint::max()) timer_.cancel();
  if (std::exchange(is_stall_check_armed_, false)) stall_timer_.cancel();
}

void CurlShard::arm_stall_check() {
  if (is_stall_check_armed_) return;
  is_stall_check_armed_ = true;
  stall_timer_.expires_after(stall_interval_);
  stall_timer_.async_wait([this, alive = is_alive_](const boost::system::error_code& error) {
    if (error || !*alive) return;
    is_stall_check_armed_ = false;
    end_stalled();
  });
}

void CurlShard::end_stalled() {
  const TimePoint now = clock_.now();
  std::vector<std::pair<CurlTransfer*, Error>> stalled;
  for (CurlTransfer* transfer : in_flight_) {
    if (std::optional<Error> error = transfer->find_stall(options_, now)) {
      stalled.emplace_back(transfer, *std::move(error));
    }
  }
  std::vector<CurlTransfer::Finished> finished;
  for (auto& [transfer, error] : stalled) {
    curl_multi_remove_handle(multi_, transfer->easy());  // in mid-reply: libcurl closes the connection
    finished.push_back(transfer->abandon(std::move(error)));
    reuse_later(transfer);
  }
  if (!in_flight_.empty()) arm_stall_check();
  if (!finished.empty()) deliver(std::move(finished));
}

}  // namespace sv::http
