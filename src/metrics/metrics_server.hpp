// Serves the figures of a run over HTTP while it goes on, for a Prometheus that scrapes.
//
//   GET /metrics   the figures, text format 0.0.4; a query is ignored
//   anything else  404; a header over 8 KiB 431; what is not HTTP 400
//
// One request a connection (`connection: close`): a scrape every few seconds gains nothing from keep-alive,
// and an idle client would hold a place. Everything is bounded: 8 connections, further clients wait in the
// kernel's queue; a request must be read, and a reply taken, within `patience` each. No TLS, no password: it
// is meant for this machine or a network that is trusted; the figures hold no row and no key.
//
// Runs on the io_context of the run, single-threaded, and keeps it from ending until stop().
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "metrics/listen_address.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace sv::metrics {

struct MetricsServerOptions {
  // Prometheus itself gives a scrape up after 10 s.
  Duration patience = std::chrono::seconds(5);
};

class MetricsServer {
 public:
  static constexpr std::size_t kMaxConnections = 8;
  static constexpr std::size_t kMaxHeaderBytes = std::size_t{8} << 10U;

  // `figures` gives the text: called for each scrape, on the io_context's thread, never after stop().
  MetricsServer(boost::asio::io_context& io, std::function<std::string()> figures,
                MetricsServerOptions options = {});
  // Stops. Handlers that still wait in the io_context end harmlessly.
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // Begins to accept. Error: io (the port is in use or not permitted, not an address of this machine),
  // invalid_input (not an IP address).
  Result<void> listen(const ListenAddress& address);
  // "http://127.0.0.1:9100/metrics", with the port that was bound.
  std::string url() const;
  // Closes the listener and all connections; a reply on its way is cut. May be called twice.
  void stop();

  std::size_t open_connections() const;

  class Core;

 private:
  std::shared_ptr<Core> core_;  // shared with the connections, whose handlers may outlive this object
};

}  // namespace sv::metrics
