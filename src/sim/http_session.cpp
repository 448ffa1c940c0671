#include "sim/http_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace sv::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{16} << 10U;
constexpr std::uint64_t kMaxBodyBytes = std::uint64_t{1} << 20U;
// What a form puts around a file.
constexpr std::uint64_t kMaxFormBytes = std::uint64_t{64} << 10U;
constexpr Duration kRequestTimeout = 30s;  // from its first byte to its last
constexpr Duration kUploadTimeout = 10min;
constexpr Duration kWriteTimeout = 60s;   // a client that does not read its reply
constexpr Duration kIdleTimeout = 10min;  // keep-alive without a request
// An endless reply has an end after all, for the sake of a client that would take it.
constexpr std::size_t kEndlessReply = std::size_t{1} << 30U;

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 408:
      return "Request Timeout";
    case 413:
      return "Payload Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 529:
      return "Overloaded";
    default:
      return "Status";
  }
}

}  // namespace

HttpSession::HttpSession(std::shared_ptr<LlmServer::Core> core, Socket socket)
    : core_(std::move(core)),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      active_at_(core_->now()) {
  core_->join(*this);
}

HttpSession::~HttpSession() { close(); }

void HttpSession::start() {
  boost::system::error_code ignored;  // a connection that is already dead shows at its first read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  wait_for_bytes();
}

void HttpSession::close() {
  if (state_ == State::closed) return;
  if (state_ != State::reading) core_->model().ledger().note_lost(receipt_);
  state_ = State::closed;
  end_upload();
  boost::system::error_code ignored;
  timer_.cancel();
  socket_.close(ignored);
  core_->leave(*this);
}

void HttpSession::close_if_stale(TimePoint now) {
  const Duration quiet = now - active_at_;
  const bool has_begun = parser_.has_value() || !pending_.empty();
  const Duration allowed = is_uploading_ ? kUploadTimeout : (has_begun ? kRequestTimeout : kIdleTimeout);
  if (state_ == State::reading && quiet > allowed) close();
  if (state_ == State::writing && quiet > kWriteTimeout) close();
}

// Waits for the socket to be readable and reads only then, into the buffer that all connections share.
void HttpSession::wait_for_bytes() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
    if (self->state_ == State::closed) return;
    if (error) {
      self->close();
    } else if (self->state_ == State::hanging) {
      self->watch_hanging();
    } else {
      self->read_bytes();
    }
  });
}

void HttpSession::read_bytes() {
  boost::system::error_code error;
  const std::size_t count = socket_.read_some(asio::buffer(core_->read_buffer), error);
  if (error == asio::error::would_block) {
    wait_for_bytes();
  } else if (error) {
    close();
  } else {
    consume({core_->read_buffer.data(), count});
  }
}

void HttpSession::continue_with_pending() {
  if (pending_.empty()) {
    wait_for_bytes();
    return;
  }
  // Through the event loop: a client that sends many requests at once must not build a deep stack.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->state_ == State::reading) self->consume({});
  });
}

void HttpSession::consume(std::string_view bytes) {
  if (!pending_.empty()) {
    pending_.append(bytes);
    bytes = pending_;
  }
  if (!parser_) {
    parser_.emplace(kMaxHeaderBytes, kMaxBodyBytes,
                    core_->batches().options().max_file_bytes + kMaxFormBytes);
    sent_continue_ = false;
    active_at_ = core_->now();
  }
  std::size_t used = 0;
  boost::system::error_code error;
  while (used < bytes.size() && !parser_->is_done()) {
    const std::size_t taken = parser_->put(asio::buffer(bytes.substr(used)), error);
    used += taken;
    if (error || taken == 0) break;
  }
  // `bytes` may be pending_ itself, so the rest is cut out before it replaces it.
  std::string rest(bytes.substr(used));
  pending_ = std::move(rest);
  if (error && error != http::error::need_more) {
    const bool header = error == http::error::header_limit;
    const bool body = error == http::error::body_limit;
    refuse_request(header ? 431 : (body ? 413 : 400),
                   header ? "The request header is larger than 16 KiB."
                          : (body ? "The request body is larger than 1 MiB, or an uploaded file than 200 MB."
                                  : "This is not an HTTP/1.1 request."));
    return;
  }
  if (parser_->is_header_done() && parser_->is_upload() && !is_uploading_) {
    is_uploading_ = core_->begin_upload();
    if (!is_uploading_) {
      refuse_request(429, "The simulation receives at most 4 files at a time. Please try again later.");
      return;
    }
  }
  if (!parser_->is_done()) {
    if (parser_->is_header_done() && parser_->expects_continue() && !sent_continue_) {
      sent_continue_ = true;
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      socket_.write_some(asio::buffer(kContinue),
                         error);  // 25 bytes into an empty buffer; a loss shows at the reply
    }
    wait_for_bytes();
    return;
  }
  const bool keep_alive = parser_->keep_alive();
  ApiRequest request{.method = parser_->method(),
                     .target = parser_->target(),
                     .content_type = parser_->content_type(),
                     .credential = parser_->credential(),
                     .body = parser_->take_body()};
  ModelReply reply = core_->answer(request);
  end_upload();
  parser_.reset();
  respond(std::move(reply), keep_alive);
}

void HttpSession::end_upload() {
  if (std::exchange(is_uploading_, false)) core_->end_upload();
}

void HttpSession::refuse_request(int status, std::string_view why) {
  end_upload();
  parser_.reset();
  pending_.clear();
  respond(core_->model().refuse({.status = status, .message = std::string(why)}), false);
}

void HttpSession::respond(ModelReply reply, bool keep_alive) {
  keep_alive_ = keep_alive;
  delivery_ = reply.delivery;
  receipt_ = reply.receipt;
  if (delivery_ == Delivery::refused) {
    state_ = State::hanging;  // so that the ledger has it as lost
    close();
    return;
  }
  if (delivery_ == Delivery::never) {
    state_ = State::hanging;
    wait_for_bytes();
    return;
  }
  write_reply(reply);
  if (reply.delay > Duration::zero()) {
    think(reply.delay);
  } else {
    begin_write();
  }
}

// What goes out, or begins to, when the time has come.
void HttpSession::write_reply(const ModelReply& reply) {
  const bool is_chunked = delivery_ == Delivery::endless || delivery_ == Delivery::bad_chunk;
  to_stream_ = delivery_ == Delivery::oversized ? kOversizedReply
                                                : (delivery_ == Delivery::endless ? kEndlessReply : 0);
  out_.clear();
  out_.reserve(256 + reply.headers.size() + reply.body.size());
  fmt::format_to(std::back_inserter(out_),
                 "HTTP/1.1 {} {}\r\nserver: status-validator simulation\r\nx-simulation: "
                 "true\r\ncontent-type: {}\r\n{}\r\nconnection: {}\r\n",
                 reply.status, reason(reply.status), reply.content_type,
                 is_chunked
                     ? "transfer-encoding: chunked"
                     : fmt::format("content-length: {}", to_stream_ > 0 ? to_stream_ : reply.body.size()),
                 keep_alive_ ? "keep-alive" : "close");
  out_ += reply.headers;
  out_ += "\r\n";
  if (to_stream_ > 0) return;
  if (delivery_ == Delivery::bad_chunk) out_ += "no length\r\n";
  const bool is_half = delivery_ == Delivery::cut_short || delivery_ == Delivery::reset_midway;
  out_.append(reply.body, 0, is_half ? reply.body.size() / 2 : reply.body.size());
}

void HttpSession::think(Duration delay) {
  state_ = State::thinking;
  // From the arrival of the request, so that time spent on judging does not add up.
  timer_.expires_at(std::chrono::time_point_cast<std::chrono::steady_clock::duration>(active_at_ + delay));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->state_ == State::thinking) self->begin_write();
  });
}

void HttpSession::begin_write() {
  state_ = State::writing;
  boost::system::error_code error;
  if (delivery_ == Delivery::dropped) {
    end_connection_as_told();
    return;
  }
  if (delivery_ == Delivery::dripping) {
    drip(0);
    return;
  }
  const std::size_t written = socket_.write_some(asio::buffer(out_), error);
  if (written == out_.size() || (error && error != asio::error::would_block)) {
    on_written(error);
    return;
  }
  active_at_ = core_->now();
  asio::async_write(socket_, asio::buffer(out_) + written,
                    [self = shared_from_this()](const boost::system::error_code& failure, std::size_t) {
                      if (self->state_ == State::writing) self->on_written(failure);
                    });
}

// One byte of `out_` a second, for a client that looks only at silence.
void HttpSession::drip(std::size_t sent) {
  boost::system::error_code error;
  sent += socket_.write_some(asio::buffer(out_.data() + sent, 1), error);
  if (error || sent == out_.size()) {
    close();
    return;
  }
  active_at_ = core_->now();
  timer_.expires_after(1s);
  timer_.async_wait([self = shared_from_this(), sent](const boost::system::error_code& failure) {
    if (!failure && self->state_ == State::writing) self->drip(sent);
  });
}

// Until all is sent or the client has had enough.
void HttpSession::stream_block() {
  static const std::string kSpaces(std::size_t{64} << 10U, ' ');
  static const std::string kChunk = fmt::format("{:x}\r\n{}\r\n", kSpaces.size(), kSpaces);
  to_stream_ -= std::min(to_stream_, kSpaces.size());
  active_at_ = core_->now();
  asio::async_write(socket_, asio::buffer(delivery_ == Delivery::endless ? kChunk : kSpaces),
                    [self = shared_from_this()](const boost::system::error_code& failure, std::size_t) {
                      if (self->state_ == State::writing) self->on_written(failure);
                    });
}

void HttpSession::on_written(const boost::system::error_code& error) {
  if (error) {
    close();
    return;
  }
  if (to_stream_ > 0) {
    stream_block();
    return;
  }
  core_->model().ledger().note_sent(receipt_);
  state_ = State::reading;
  if (delivery_ != Delivery::whole || !keep_alive_) {
    end_connection_as_told();
    return;
  }
  // A waiting connection keeps no reply: ten thousand idle ones would hold 20 MB.
  if (out_.capacity() > 4096) out_ = std::string();
  active_at_ = core_->now();
  continue_with_pending();
}

void HttpSession::end_connection_as_told() {
  boost::system::error_code ignored;
  if (delivery_ == Delivery::reset_midway || delivery_ == Delivery::dropped) {
    // Closing with a linger time of zero sends RST instead of FIN.
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  } else {
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  close();
}

// The client of a request that is never answered: whatever it sends is thrown away until it goes.
void HttpSession::watch_hanging() {
  boost::system::error_code error;
  const std::size_t count = socket_.read_some(asio::buffer(core_->read_buffer), error);
  if ((error && error != asio::error::would_block) || (!error && count == 0)) {
    close();
    return;
  }
  wait_for_bytes();
}

}  // namespace sv::sim
