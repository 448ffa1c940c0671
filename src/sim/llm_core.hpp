// What the connections of one simulated provider share. Private to llm_server.cpp and http_session.cpp.
#pragma once

#include "base/clock.hpp"
#include "sim/batch_model.hpp"
#include "sim/llm_server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <unordered_set>

namespace sv::sim {

class HttpSession;

// Concrete executor types: a type-erased one costs an indirect call and an allocation at every wait.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// States:  closed ── listen() ──▶ accepting ◀──▶ resting (no descriptors left) ── stop() ──▶ stopped
class LlmServer::Core : public std::enable_shared_from_this<LlmServer::Core> {
 public:
  Core(boost::asio::io_context& io, LlmServerOptions options);
  Result<void> listen();
  void stop();

  void join(HttpSession& session) { sessions_.insert(&session); }
  void leave(HttpSession& session) { sessions_.erase(&session); }

  // The reply to one complete request.
  ModelReply answer(ApiRequest& request);
  // False: too many files are being received; else end_upload() must follow.
  bool begin_upload();
  void end_upload() { --uploads_; }
  TimePoint now() const { return clock_.now(); }

  LlmModel& model() { return model_; }
  const BatchModel& batches() const { return batches_; }
  const LlmServerOptions& options() const { return options_; }
  std::uint16_t port() const { return port_; }
  std::size_t open_connections() const { return sessions_.size(); }
  std::uint64_t accepted_connections() const { return accepted_; }

  // One buffer for all connections: a connection that waits holds no memory for reading.
  std::array<char, std::size_t{128} << 10U> read_buffer;

 private:
  void wait_for_connections();
  void accept_waiting();
  void sweep_later();
  void sweep();
  void save(std::string_view body);

  boost::asio::io_context& io_;
  LlmServerOptions options_;
  LlmModel model_;
  BatchModel batches_;
  SystemClock clock_;
  Acceptor acceptor_;
  Timer rest_timer_;
  Timer sweep_timer_;
  std::uint16_t port_ = 0;
  std::uint64_t accepted_ = 0;
  std::ofstream saved_;
  std::uint64_t saved_bytes_ = 0;
  std::size_t uploads_ = 0;
  bool is_stopped_ = false;
  std::unordered_set<HttpSession*> sessions_;
};

}  // namespace sv::sim
