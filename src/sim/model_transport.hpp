// The simulated provider without sockets: an HttpTransport whose other end is an LlmModel, in the time of the
// clock that it is given. With a VirtualClock a run of thousands of rows and minutes plays in a second, and
// the same seed plays it the same way.
//
//   request ── there: half a round trip, and a little more by chance ──▶ LlmModel ── its delay, and the way
//   back ──▶ response
//
// Single-threaded. What the model cuts short or resets arrives as ErrorKind::protocol, what it never answers
// as ErrorKind::timeout at the request's deadline. A request whose deadline passes first was received all the
// same, as on a real network: the model's quota and ledger have it.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "ports/http_transport.hpp"
#include "sim/batch_model.hpp"
#include "sim/llm_model.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace sv::sim {

struct NetworkOptions {
  Duration round_trip = std::chrono::milliseconds(20);
  // On the way there, uniform in [0, jitter): requests that leave in order may arrive in another.
  Duration jitter = std::chrono::milliseconds(4);
  std::uint64_t seed = 1;
};

// A provider under an address: requests whose URL begins with `base_url` are its own.
struct SimulatedOrigin {
  std::string base_url;
  LlmModel* model = nullptr;      // outlives the transport
  BatchModel* batches = nullptr;  // likewise; nothing: only chat is answered
};

class ModelTransport final : public ports::HttpTransport {
 public:
  // `clock` outlives the transport.
  ModelTransport(std::vector<SimulatedOrigin> origins, Clock& clock, NetworkOptions network = {});

  // Error: connect when no origin has the URL; else as above.
  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override;

 private:
  const SimulatedOrigin* origin_of(const std::string& url) const;
  ModelReply answer(const SimulatedOrigin& origin, ports::HttpRequest& request);

  std::vector<SimulatedOrigin> origins_;
  Clock& clock_;
  NetworkOptions network_;
  Random random_;
};

}  // namespace sv::sim
