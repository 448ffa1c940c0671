// The simulated provider on a socket: HTTP/1.1 with keep-alive in front of LlmModel.
//
//   POST …/chat/completions    any prefix, so that Azure's paths work too
//   GET  …/models
//   …/files, …/batches         the Batch API (sim/batch_model.hpp)
//   GET  /_ledger[?rows=1&latencies=1]   what was asked and answered, as JSON
//   POST /_reset               everything as at the start
//
// One thread, no locks: use it on one io_context that one thread runs. A waiting request costs its reply and
// a timer (about 4 KB); 10,000 of them are no burden. Every size and every wait is bounded: request 1 MiB
// (a file 200 MB, four at a time), header 16 KiB, connections max_connections, a client that does not finish
// its request 30 s, an idle connection 10 min. Every reply carries `x-simulation: true`. No TLS, no HTTP/2,
// no streaming.
#pragma once

#include "base/error.hpp"
#include "sim/batch_options.hpp"
#include "sim/llm_model.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace sv::sim {

struct LlmServerOptions {
  std::string host = "127.0.0.1";  // an IP address
  std::uint16_t port = 0;          // 0: any free one
  std::size_t max_connections = 20'000;
  LlmOptions model;
  // The body of every chat request and of every uploaded file is appended to this file, one to a line, until
  // it is full (kMostSavedBytes): what really leaves a machine. Empty: none is kept.
  std::string saved_requests;

  static constexpr std::uint64_t kMostSavedBytes = std::uint64_t{1} << 30U;

  BatchOptions batches;
};

class LlmServer {
 public:
  LlmServer(boost::asio::io_context& io, LlmServerOptions options);
  // Stops. Handlers that still wait in the io_context end harmlessly, so it may run on.
  ~LlmServer();
  LlmServer(const LlmServer&) = delete;
  LlmServer& operator=(const LlmServer&) = delete;

  // Begins to accept. Error: io (address in use, not an address of this machine), invalid_input (not an IP
  // address).
  Result<void> listen();
  // The bound port; 0 before listen().
  std::uint16_t port() const;
  // "http://127.0.0.1:8080/v1", what a client takes as base URL.
  std::string base_url() const;

  // Closes the listener and all connections; requests in flight are lost. May be called twice.
  void stop();

  const Ledger& ledger() const;
  std::size_t open_connections() const;
  std::uint64_t accepted_connections() const;

  class Core;

 private:
  std::shared_ptr<Core> core_;  // shared with the connections, whose handlers may outlive this object
};

// Raises the soft limit of file descriptors to the hard one; gives how many connections then fit.
std::size_t raise_descriptor_limit();

}  // namespace sv::sim
