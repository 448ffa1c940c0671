// Shortens the tail of a run: bounds each attempt by what is usual at this provider, and asks a second time
// about rows that are late when nothing waits any more (limits::HedgePolicy says when).
//
//   judge() ── attempt ───────────────┬─ good answer first ──▶ the hedge is cancelled and awaited
//      late ──▶ hedge_due() ── hedge ─┴─ good answer first ──▶ the attempt is cancelled
//
// Both are requests like any other to whoever watches; the one that is cancelled ends with
// ErrorKind::cancelled. A hedge never waits: it is sent only when the limiter has room at once, so it takes
// nothing from rows that wait, and not while a pause lasts. Nothing outlives judge(). Stands inside the
// limiter, so that time in its queue is not taken for latency. One thread.
#pragma once

#include "base/clock.hpp"
#include "base/stop_signal.hpp"
#include "base/task_group.hpp"
#include "limits/admission_gate.hpp"
#include "limits/hedge_policy.hpp"
#include "llm/limited_client.hpp"
#include "ports/llm_client.hpp"
#include "ports/run_observer.hpp"

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace sv::llm {

class HedgedClient final : public ports::LlmClient {
 public:
  // Everything outlives the client. `budget`: hedges as a share of the requests.
  HedgedClient(ports::LlmClient& inner, std::string provider, double budget, limits::AdmissionGate& gate,
               TokenCharge charge, const StopSignal& stop, Clock& clock, ports::RunObserver& observer)
      : inner_(inner),
        provider_(std::move(provider)),
        policy_(budget),
        gate_(gate),
        charge_(std::move(charge)),
        stop_(stop),
        clock_(clock),
        observer_(observer) {}

  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override;

  // Nothing waits any more: hedges the attempts that are late now, as far as budget and limits allow, and
  // gives when the next will be; TimePoint::max(): none that is known.
  TimePoint hedge_due();
  // Ends every request in flight with ErrorKind::cancelled, hedges too.
  void abandon();
  // Told when an attempt begins or ends.
  void set_listener(std::function<void()> on_change) { on_change_ = std::move(on_change); }

 private:
  // One attempt in flight; lives in the frame of its judge().
  struct Attempt {
    ports::Ask ask;
    TimePoint sent_at{};
    boost::asio::any_io_executor executor;
    Alarm cancel;
    bool is_hedged = false;
    std::optional<TaskGroup> hedge;
    Alarm cancel_hedge;
    domain::SharedAnswer hedge_answer;
  };

  void send_hedge(Attempt& attempt, limits::AdmissionGate::Admission admission);
  boost::asio::awaitable<void> hedge(Attempt& attempt, limits::AdmissionGate::Admission admission);

  ports::LlmClient& inner_;
  std::string provider_;
  limits::HedgePolicy policy_;
  limits::AdmissionGate& gate_;
  TokenCharge charge_;
  const StopSignal& stop_;
  Clock& clock_;
  ports::RunObserver& observer_;
  std::function<void()> on_change_;
  std::list<Attempt*> attempts_;  // in the order in which they were sent
};

}  // namespace sv::llm
