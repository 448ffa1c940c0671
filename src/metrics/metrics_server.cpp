#include "metrics/metrics_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/verb.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace sv::metrics {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

// After a failed accept: descriptors are used up, most likely, and the run gives some back.
constexpr Duration kRest = std::chrono::milliseconds(500);
// Clients that wait in the kernel; with a full queue their connecting is delayed by whole seconds (a SYN that
// is dropped is sent again after 1 s, then 3 s).
constexpr int kBacklog = 128;
// Of what a client goes on to send after its reply, so that closing does not take the reply from it (RST).
constexpr std::size_t kMaxIgnoredBytes = std::size_t{256} << 10U;

bool is_malformed(const ErrorCode& error) {
  if (error == http::error::end_of_stream || error == http::error::partial_message) return false;
  return error.category() == http::make_error_code(http::error::bad_method).category();
}

class Session;

}  // namespace

// States:  closed ── listen() ──▶ accepting ◀──▶ full, or resting after an error ── stop() ──▶ stopped
class MetricsServer::Core : public std::enable_shared_from_this<MetricsServer::Core> {
 public:
  Core(asio::io_context& io, std::function<std::string()> figures, MetricsServerOptions options)
      : figures_(std::move(figures)), options_(options), acceptor_(io), rest_timer_(io) {}

  Result<void> listen(const ListenAddress& address);
  void stop();
  void join(Session& session) { sessions_.insert(&session); }
  void leave(Session& session);

  Duration patience() const { return options_.patience; }
  std::string figures() const { return figures_(); }
  const ListenAddress& bound() const { return bound_; }
  std::size_t open_connections() const { return sessions_.size(); }

 private:
  void accept();
  void on_accepted(const ErrorCode& error, tcp::socket socket);

  std::function<std::string()> figures_;
  MetricsServerOptions options_;
  tcp::acceptor acceptor_;
  asio::steady_timer rest_timer_;
  ListenAddress bound_;
  std::unordered_set<Session*> sessions_;
  bool is_accepting_ = false;  // or resting
  bool is_stopped_ = false;
};

namespace {

// One connection: reads a header, replies, waits for the client to close. Lives in its handlers.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<MetricsServer::Core> core, tcp::socket socket)
      : core_(std::move(core)), stream_(std::move(socket)), buffer_(2 * MetricsServer::kMaxHeaderBytes) {
    parser_.header_limit(static_cast<std::uint32_t>(MetricsServer::kMaxHeaderBytes));
    core_->join(*this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { core_->leave(*this); }

  void start() {
    stream_.expires_after(core_->patience());
    http::async_read_header(stream_, buffer_, parser_,
                            [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                              if (!self->is_closed_) self->on_header(error);
                            });
  }

  // The waiting handlers end, and with them this object.
  void close() {
    is_closed_ = true;
    stream_.close();
  }

 private:
  void on_header(const ErrorCode& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      reply("431 Request Header Fields Too Large", "the request header is too large\n");
    } else if (is_malformed(error)) {
      reply("400 Bad Request", "this is not an HTTP request\n");
    } else if (error) {
      close();  // gone, or too slow
    } else if (is_scrape()) {
      reply("200 OK", core_->figures());
    } else {
      reply("404 Not Found", "only GET /metrics is here\n");
    }
  }

  bool is_scrape() const {
    const auto& request = parser_.get();
    const std::string_view target(request.target().data(), request.target().size());
    return request.method() == http::verb::get && target.substr(0, target.find('?')) == "/metrics";
  }

  void reply(std::string_view status, const std::string& body) {
    const bool is_head = parser_.is_header_done() && parser_.get().method() == http::verb::head;
    out_ = fmt::format(
        "HTTP/1.1 {}\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\ncontent-length: "
        "{}\r\nconnection: close\r\n\r\n{}",
        status, body.size(), is_head ? std::string_view() : std::string_view(body));
    stream_.expires_after(core_->patience());
    asio::async_write(stream_, asio::buffer(out_),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                        if (!self->is_closed_) self->on_written(error);
                      });
  }

  void on_written(const ErrorCode& error) {
    if (error) {
      close();
      return;
    }
    ErrorCode ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(core_->patience());
    ignore_the_rest();
  }

  void ignore_the_rest() {
    stream_.async_read_some(asio::buffer(rest_),
                            [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
                              if (self->is_closed_) return;
                              self->ignored_ += count;
                              if (error || self->ignored_ > kMaxIgnoredBytes) {
                                self->close();
                              } else {
                                self->ignore_the_rest();
                              }
                            });
  }

  std::shared_ptr<MetricsServer::Core> core_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request_parser<http::empty_body> parser_;
  std::string out_;  // the reply, head and body
  std::array<char, 4096> rest_{};
  std::size_t ignored_ = 0;
  bool is_closed_ = false;
};

}  // namespace

Result<void> MetricsServer::Core::listen(const ListenAddress& address) {
  ErrorCode error;
  const auto host = asio::ip::make_address(address.host, error);
  if (error) return fail(ErrorKind::invalid_input, fmt::format("'{}' is not an IP address", address.host));
  const tcp::endpoint endpoint(host, address.port);
  acceptor_.open(endpoint.protocol(), error);
  // A run that follows another one gets the port although the kernel still remembers its last connections.
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) {
    return fail(ErrorKind::io, fmt::format("cannot listen on {}: {}", http_url(address), error.message()));
  }
  bound_ = {.host = address.host, .port = acceptor_.local_endpoint().port()};
  accept();
  return {};
}

void MetricsServer::Core::stop() {
  if (is_stopped_) return;
  is_stopped_ = true;
  ErrorCode ignored;
  acceptor_.close(ignored);
  rest_timer_.cancel();
  for (Session* session : std::vector(sessions_.begin(), sessions_.end())) session->close();
}

void MetricsServer::Core::leave(Session& session) {
  sessions_.erase(&session);
  accept();
}

void MetricsServer::Core::accept() {
  if (is_stopped_ || is_accepting_ || sessions_.size() >= kMaxConnections) return;
  is_accepting_ = true;
  acceptor_.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
    if (!self->is_stopped_) self->on_accepted(error, std::move(socket));
  });
}

void MetricsServer::Core::on_accepted(const ErrorCode& error, tcp::socket socket) {
  if (!error) {
    std::make_shared<Session>(shared_from_this(), std::move(socket))->start();
    is_accepting_ = false;
    accept();
    return;
  }
  rest_timer_.expires_after(kRest);
  rest_timer_.async_wait([self = shared_from_this()](const ErrorCode&) {
    self->is_accepting_ = false;
    self->accept();
  });
}

MetricsServer::MetricsServer(asio::io_context& io, std::function<std::string()> figures,
                             MetricsServerOptions options)
    : core_(std::make_shared<Core>(io, std::move(figures), options)) {}
MetricsServer::~MetricsServer() { stop(); }

Result<void> MetricsServer::listen(const ListenAddress& address) { return core_->listen(address); }
std::string MetricsServer::url() const { return http_url(core_->bound()) + "/metrics"; }
void MetricsServer::stop() { core_->stop(); }
std::size_t MetricsServer::open_connections() const { return core_->open_connections(); }

}  // namespace sv::metrics
