// The simulated Google Sheets on a socket: HTTP/1.1 with keep-alive in front of SheetsModel.
//
//   /v4/spreadsheets…          the API
//   POST /token                the token endpoint, when there is a TokenDesk
//   GET  /_ledger              reads and writes, and the most in any minute, as JSON
//   GET  /_export/ID/TAB.csv   a tab as people see it (percent-encoded title)
//
// One thread, no locks: use it on one io_context that one thread runs. Bounded: body 16 MiB, head 64 KiB,
// connections 1,000, a silent connection 10 min. No TLS, no HTTP/2, no gzip (Google answers plainly too
// without "gzip" in the User-Agent). Replies carry `x-simulation: true`.
#pragma once

#include "base/error.hpp"
#include "sim_sheets/sheets_model.hpp"
#include "sim_sheets/token_desk.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace sv::sim_sheets {

struct SheetsServerOptions {
  std::string host = "127.0.0.1";  // an IP address
  std::uint16_t port = 0;          // 0: any free one
  SheetsOptions model;
};

class SheetsServer {
 public:
  SheetsServer(boost::asio::io_context& io, SheetsServerOptions options);
  // Stops. Connections that still wait end harmlessly as the io_context runs on.
  ~SheetsServer();
  SheetsServer(const SheetsServer&) = delete;
  SheetsServer& operator=(const SheetsServer&) = delete;

  // Begins to accept. Error: io, invalid_input (not an IP address).
  Result<void> listen();
  // "http://127.0.0.1:8080"; after listen().
  std::string address() const;
  // From now on only its tokens are accepted.
  void set_token_desk(TokenDesk desk);
  void stop();

  SheetsModel& model();

  class Core;

 private:
  std::shared_ptr<Core> core_;  // shared with the connections' coroutines, which may outlive this object
};

// A tab as CSV (RFC 4180), formatted values; cells are quoted where needed and otherwise as they are.
std::string export_csv(const Spreadsheet& sheet, const Tab& tab);

}  // namespace sv::sim_sheets
