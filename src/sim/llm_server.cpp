#include "sim/llm_server.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "sim/http_session.hpp"
#include "sim/llm_core.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sys/resource.h>
#include <vector>

namespace sv::sim {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// Thousands of clients may connect in the same millisecond; the kernel cuts this to net.core.somaxconn
// (4096).
constexpr int kBacklog = 4096;
// Accepted in one go before others get their turn.
constexpr int kAcceptsAtOnce = 256;
constexpr Duration kRestWithoutDescriptors = 100ms;
constexpr Duration kSweepInterval = 5s;
// Each may take 200 MB of memory while it comes in.
constexpr std::size_t kMaxUploads = 4;

constexpr std::string_view kWelcome =
    R"({"simulation":true,"message":"This is the simulated LLM provider of status-validator, not a real model.",)"
    R"("endpoints":["POST /v1/chat/completions","GET /v1/models","/v1/files","/v1/batches","GET /_ledger?rows=1&latencies=1","POST /_reset"]})";

}  // namespace

LlmServer::Core::Core(asio::io_context& io, LlmServerOptions options)
    : read_buffer(),
      io_(io),
      options_(std::move(options)),
      model_(options_.model),
      batches_(options_.batches, model_),
      acceptor_(io.get_executor()),
      rest_timer_(io.get_executor()),
      sweep_timer_(io.get_executor()) {}

Result<void> LlmServer::Core::listen() {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options_.host, error);
  if (error) {
    return fail(ErrorKind::invalid_input,
                fmt::format("`{}` is not an IP address to listen on", options_.host));
  }
  const asio::ip::tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) {
    return fail(ErrorKind::io,
                fmt::format("cannot listen on {}:{}: {}", options_.host, options_.port, error.message()));
  }
  if (!options_.saved_requests.empty()) {
    saved_.open(options_.saved_requests, std::ios::binary | std::ios::app);
    if (!saved_)
      return fail(ErrorKind::io,
                  fmt::format("cannot write to {}", sanitize_for_terminal(options_.saved_requests)));
  }
  port_ = acceptor_.local_endpoint().port();
  wait_for_connections();
  sweep_later();
  return {};
}

void LlmServer::Core::stop() {
  if (is_stopped_) return;
  is_stopped_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  rest_timer_.cancel();
  sweep_timer_.cancel();
  const std::vector<HttpSession*> open(sessions_.begin(), sessions_.end());
  for (HttpSession* session : open) session->close();
}

void LlmServer::Core::wait_for_connections() {
  acceptor_.async_wait(Acceptor::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error && !self->is_stopped_) self->accept_waiting();
                       });
}

void LlmServer::Core::accept_waiting() {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    boost::system::error_code error;
    Socket socket = acceptor_.accept(io_, error);
    if (error == asio::error::would_block) break;
    if (error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system) {
      log(LogLevel::warning,
          "the simulation has no file descriptors left at {} connections; raise `ulimit -n`",
          sessions_.size());
      rest_timer_.expires_after(kRestWithoutDescriptors);
      rest_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
        if (!stopped && !self->is_stopped_) self->accept_waiting();
      });
      return;
    }
    if (error) continue;                                         // the client went away while it waited
    if (sessions_.size() >= options_.max_connections) continue;  // closes it
    ++accepted_;
    std::make_shared<HttpSession>(shared_from_this(), std::move(socket))->start();
  }
  wait_for_connections();
}

void LlmServer::Core::sweep_later() {
  sweep_timer_.expires_after(kSweepInterval);
  sweep_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error || self->is_stopped_) return;
    self->sweep();
    self->sweep_later();
  });
}

void LlmServer::Core::sweep() {
  const TimePoint moment = now();
  const std::vector<HttpSession*> open(sessions_.begin(), sessions_.end());
  for (HttpSession* session : open) session->close_if_stale(moment);
}

// A body has no line breaks of its own: inside JSON they are escaped, and around it they mean nothing.
void LlmServer::Core::save(std::string_view body) {
  if (!saved_.is_open() || saved_bytes_ + body.size() >= LlmServerOptions::kMostSavedBytes) return;
  saved_bytes_ += body.size() + 1;
  for (const char c : body) saved_.put(c == '\n' || c == '\r' ? ' ' : c);
  saved_.put('\n');
  saved_.flush();
}

bool LlmServer::Core::begin_upload() {
  if (uploads_ >= kMaxUploads) return false;
  ++uploads_;
  return true;
}

ModelReply LlmServer::Core::answer(ApiRequest& request) {
  const std::string_view target = request.target;
  const bool is_post = request.method == "POST";
  const bool is_get = request.method == "GET";
  const std::size_t question = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, question);
  const std::string_view query = target.substr(question);
  if (path.ends_with("/chat/completions")) {
    if (is_post) save(request.body);
    if (is_post) return model_.answer_chat(request.body, request.credential, now(), clock_.wall_now());
    return model_.refuse(
        {.status = 405, .message = fmt::format("Not allowed to {} on {}.", request.method, path)});
  }
  if (is_get && path.ends_with("/models")) return model_.list_models(request.credential, clock_.wall_now());
  if (is_upload(request.method, target)) save(request.body);
  if (auto reply = batches_.answer(request, now(), clock_.wall_now())) return *std::move(reply);
  ModelReply reply;
  if (is_get && path == "/_ledger") {
    reply.body = model_.ledger().to_json(query.contains("rows=1"), query.contains("latencies=1"));
    return reply;
  }
  if (is_post && path == "/_reset") {
    model_.reset();
    batches_.reset();
    reply.body = R"({"simulation":true,"reset":true})";
    return reply;
  }
  if (is_get && path == "/") {
    reply.body = kWelcome;
    return reply;
  }
  return model_.refuse({.status = 404, .message = fmt::format("Invalid URL ({} {})", request.method, path)});
}

LlmServer::LlmServer(asio::io_context& io, LlmServerOptions options)
    : core_(std::make_shared<Core>(io, std::move(options))) {}
LlmServer::~LlmServer() { stop(); }

Result<void> LlmServer::listen() { return core_->listen(); }
std::uint16_t LlmServer::port() const { return core_->port(); }

std::string LlmServer::base_url() const {
  const std::string& host = core_->options().host;
  const bool is_v6 = host.contains(':');
  return fmt::format("http://{}{}{}:{}/v1", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port());
}

void LlmServer::stop() { core_->stop(); }
const Ledger& LlmServer::ledger() const { return core_->model().ledger(); }
std::size_t LlmServer::open_connections() const { return core_->open_connections(); }
std::uint64_t LlmServer::accepted_connections() const { return core_->accepted_connections(); }

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  // Standard streams, epoll, the listener, timers and the ledger file.
  constexpr rlim_t kForOurselves = 32;
  return static_cast<std::size_t>(limit.rlim_cur > kForOurselves ? limit.rlim_cur - kForOurselves : 0);
}

}  // namespace sv::sim
