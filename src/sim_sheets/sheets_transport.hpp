// The simulated Google Sheets without sockets: an HttpTransport whose other end is a SheetsModel, in the time
// of the clock that it is given. With a VirtualClock an hour of quota plays in a moment.
//
//   request ── half the latency ──▶ SheetsModel ── half the latency ──▶ response
//
// Single-threaded. Takes any URL below `base_url`; headers of the endpoint are passed on (Authorization,
// x-emu-fault). A dropped connection is ErrorKind::connect. A request whose deadline passes or which is
// cancelled after half the latency was applied all the same, as on a real network: this is how lost replies
// are tried out.
#pragma once

#include "base/clock.hpp"
#include "ports/http_transport.hpp"
#include "sim_sheets/sheets_model.hpp"

#include <chrono>
#include <string>

namespace sv::sim_sheets {

class SheetsTransport final : public ports::HttpTransport {
 public:
  // `model` and `clock` outlive the transport. `base_url` without a path: "https://sheets.googleapis.com".
  SheetsTransport(std::string base_url, SheetsModel& model, Clock& clock,
                  Duration latency = std::chrono::milliseconds(100));

  // Error: connect when the URL is not below base_url; else as above.
  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override;

  // For what is not a Sheets call (the token endpoint): asked first, it says nothing for calls that are not
  // its own.
  using Aside = std::function<std::optional<SheetsReply>(const ports::HttpRequest& request, WallTime now)>;
  void answer_aside(Aside aside) { aside_ = std::move(aside); }

 private:
  std::string base_url_;
  SheetsModel& model_;
  Clock& clock_;
  Duration latency_;
  Aside aside_;
};

}  // namespace sv::sim_sheets
