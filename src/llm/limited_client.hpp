// Sends each attempt only when a permit is free and the provider's limits per minute allow it. Stands inside
// the retries, so that every attempt queues again; those that have waited once go in front.
//
// A 429 makes the gate pause for all rows. Its error then says in retry_after how long that pause lasts; the
// row may come back at once and waits at the head of the queue.
//
// The guard is told what became of each attempt. Who waits when the provider goes down is turned away with
// the guard's reason; nothing was sent then.
#pragma once

#include "base/clock.hpp"
#include "base/stop_signal.hpp"
#include "limits/admission_gate.hpp"
#include "llm/provider_guard.hpp"
#include "ports/llm_client.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace sv::llm {

// How many LLM tokens of the quota an attempt is reckoned to take. It fixes the attempt's completion cap,
// which is part of it.
using TokenCharge = std::function<std::uint64_t(ports::Ask&)>;

class LimitedClient final : public ports::LlmClient {
 public:
  // Everything outlives the client. After `stop` nothing is sent any more: what waits ends with
  // ErrorKind::cancelled.
  LimitedClient(ports::LlmClient& inner, limits::AdmissionGate& gate, ProviderGuard& guard,
                TokenCharge charge, const StopSignal& stop, Clock& clock)
      : inner_(inner), gate_(gate), guard_(guard), charge_(std::move(charge)), stop_(stop), clock_(clock) {}

  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override;

 private:
  ports::LlmClient& inner_;
  limits::AdmissionGate& gate_;
  ProviderGuard& guard_;
  TokenCharge charge_;
  const StopSignal& stop_;
  Clock& clock_;
};

}  // namespace sv::llm
