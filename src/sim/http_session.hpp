// One connection to the simulated provider.
//
//   reading ── request complete ──▶ thinking (timer) ──▶ writing ── keep-alive ──▶ reading
//      │                               └ hanging: until the client goes                │
//      └──────────────── error, time-out, client gone, stop() ──▶ closed ◀─────────────┘
#pragma once

#include "sim/llm_core.hpp"
#include "sim/request_parser.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim {

// Kept alive by its pending operation only (shared_ptr in the handler): there is always exactly one until it
// closes.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(std::shared_ptr<LlmServer::Core> core, Socket socket);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void start();
  // Closes what waits too long for its client. `now` is passed in so that a sweep reads the clock once.
  void close_if_stale(TimePoint now);
  void close();

 private:
  enum class State { reading, thinking, hanging, writing, closed };

  void wait_for_bytes();
  void read_bytes();
  void consume(std::string_view bytes);
  void continue_with_pending();
  void refuse_request(int status, std::string_view why);
  void end_upload();
  void respond(ModelReply reply, bool keep_alive);
  void write_reply(const ModelReply& reply);
  void think(Duration delay);
  void begin_write();
  void stream_block();
  void drip(std::size_t sent);
  void on_written(const boost::system::error_code& error);
  void end_connection_as_told();
  void watch_hanging();

  std::shared_ptr<LlmServer::Core> core_;
  Socket socket_;
  Timer timer_;
  State state_ = State::reading;
  bool keep_alive_ = true;
  bool sent_continue_ = false;
  bool is_uploading_ = false;  // counts among the core's uploads
  TimePoint active_at_;
  std::optional<RequestParser> parser_;
  std::string pending_;  // bytes that were read and not yet understood
  std::string out_;      // the reply, head and body
  Delivery delivery_ = Delivery::whole;
  std::size_t to_stream_ = 0;  // bytes that follow `out_`, made as they go
  Receipt receipt_;
};

}  // namespace sv::sim
