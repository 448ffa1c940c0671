// The one retry layer: asks one provider about a row until there is an answer or limits::next_delay says that
// it is enough. What was wrong with a reply is told to the model in the next attempt; a truncated one gets a
// larger cap. After a 429 it does not wait itself: the limiter that it stands around does, for all rows.
//
// Back-offs are prolonged when the provider's retry budget is used up. When the provider goes down the row is
// given back with its last error: whether it waits or goes elsewhere is decided above. When a row has failed
// on the way as often as it may, and meanwhile nobody got an answer, it is not the row: the provider is down.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/stop_signal.hpp"
#include "limits/retry_budget.hpp"
#include "limits/retry_policy.hpp"
#include "llm/provider_guard.hpp"
#include "ports/llm_client.hpp"
#include "ports/run_observer.hpp"

#include <cstddef>
#include <list>

namespace sv::llm {

class RetryingClient final : public ports::LlmClient {
 public:
  // Everything outlives the client; `guard` is the provider's. After `stop` no further attempt is made: the
  // row's last error stands.
  RetryingClient(ports::LlmClient& inner, const limits::RetryLimits& limits, ProviderGuard& guard,
                 Clock& clock, Random& random, const StopSignal& stop, ports::RunObserver& observer)
      : inner_(inner),
        limits_(limits),
        guard_(guard),
        clock_(clock),
        random_(random),
        stop_(stop),
        observer_(observer) {}

  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override;

  // Rows in their back-off.
  std::size_t waiting() const { return sleepers_.size(); }
  // Ends all back-offs.
  void wake_waiting();

 private:
  ports::LlmClient& inner_;
  limits::RetryLimits limits_;
  limits::RetryBudget budget_;
  ProviderGuard& guard_;
  Clock& clock_;
  Random& random_;
  const StopSignal& stop_;
  ports::RunObserver& observer_;
  std::list<Alarm> sleepers_;
};

}  // namespace sv::llm
