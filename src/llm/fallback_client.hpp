// Providers in priority order: which of them is asked about a row, and when.
//
//   off (wrong key, unknown model, no credit, untrusted certificate)   the next one, for the rest of the run
//   untried (this key has never worked for this model)                 one row goes, the others wait for it
//   resting (down: its circuit breaker is open)                        the next one; now and then a row
//   probes gave up on this row                                                the next one, for this row
//   working                                                            asked
//
// A row that nobody can take now waits here, not at a provider, so that it goes to whichever can take it
// first. With a provider resting, or with `spill`, at most one row stands in the queue of each provider that
// steps in: what is slow must not collect rows that the others would have judged long before.
//
// What failed while a provider went down is not held against the row. But a row whose probes alone take
// kRowPatience gives up on the provider (with one worker it would else stand in everybody's way), and what
// has been down for kPatience is waited for no longer: without another provider that is the end of it in this
// run.
#pragma once

#include "base/clock.hpp"
#include "base/stop_signal.hpp"
#include "llm/hedged_client.hpp"
#include "llm/provider_guard.hpp"
#include "llm/waiting_room.hpp"
#include "ports/llm_client.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace sv::llm {

class FallbackClient final : public ports::LlmClient {
 public:
  struct Provider {
    ports::LlmClient* client = nullptr;  // all outlive this one
    ProviderGuard* guard = nullptr;
    HedgedClient* hedged = nullptr;  // within `client`; may be left out
  };

  // Of an outage while no other provider is there. Restarts are over by then.
  static constexpr Duration kPatience = std::chrono::minutes(10);
  // Of a provider that has never answered in this run: more likely its address is wrong.
  static constexpr Duration kPatienceAtFirst = std::chrono::seconds(30);
  static constexpr Duration kRowPatience = std::chrono::minutes(2);

  // `spill`: rows that would have to queue at a provider go to the next one that takes them at once.
  // `clock` and `stop` outlive the client.
  FallbackClient(std::vector<Provider> providers, bool spill, Clock& clock, const StopSignal& stop);
  // The run is to end: rows that wait for a provider look at `stop`.
  void wake_waiting() { room_.call_first(); }

  // The error is the first provider's that gave up, else why the last one is off; a refusal is final.
  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override;
  boost::asio::awaitable<void> watch_last_rows() override;

  // Rows that no provider can take now.
  std::size_t waiting() const { return room_.waiting(); }

 private:
  // What a row has met so far.
  struct RowTrail {
    std::vector<bool> gave_up;  // by provider; empty: none yet
    std::optional<Error> first_error;
    Duration probing{};
  };
  struct Choice {
    Provider* provider = nullptr;  // nothing: wait
    bool must_wait = false;        // both false: nobody is left
    TimePoint until = TimePoint::max();
  };

  // Of a row that nobody is left for.
  Error why_none(RowTrail& trail) const;
  void note_probe(RowTrail& trail, Duration took) const;
  Choice choose(const RowTrail& trail);
  // Goes on with the row elsewhere, or later.
  void note_failure(RowTrail& trail, const Provider& provider, Error error, std::uint32_t outages_before);
  bool is_patience_over(const ProviderGuard& guard) const;
  void give_up(RowTrail& trail, std::size_t provider, Error error);
  void give_up_on_the_gone(RowTrail& trail);

  std::vector<Provider> providers_;
  bool spill_;
  Clock& clock_;
  const StopSignal& stop_;
  WaitingRoom room_;
  std::size_t rows_in_work_ = 0;
  Alarm watch_;  // of watch_last_rows()
};

}  // namespace sv::llm
