// Sends each attempt only when a permit is free and the provider's limits per minute allow it. Stands inside
// the retries, so that every attempt queues again; those that have waited once go in front.
#pragma once

#include "base/stop_signal.hpp"
#include "limits/admission_gate.hpp"
#include "ports/llm_client.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace sv::llm {

// How many LLM tokens of the quota an attempt is reckoned to take.
using TokenCharge = std::function<std::uint64_t(const ports::Ask&)>;

class LimitedClient final : public ports::LlmClient {
 public:
  // Everything outlives the client. After `stop` nothing is sent any more: what waits ends with
  // ErrorKind::cancelled.
  LimitedClient(ports::LlmClient& inner, limits::AdmissionGate& gate, TokenCharge charge,
                const StopSignal& stop)
      : inner_(inner), gate_(gate), charge_(std::move(charge)), stop_(stop) {}

  boost::asio::awaitable<Result<domain::Answer>> judge(ports::Ask ask) override;

 private:
  ports::LlmClient& inner_;
  limits::AdmissionGate& gate_;
  TokenCharge charge_;
  const StopSignal& stop_;
};

}  // namespace sv::llm
