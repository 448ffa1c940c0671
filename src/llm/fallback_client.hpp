// Providers in priority order: the next one is asked when one cannot give an answer.
//
// A provider is left out for the rest of the run when it cannot serve any row (wrong key, unknown model, no
// credit, untrusted certificate), and when it has answered nothing for kPatience while row after row gave up
// on it: a run of 100,000 rows would else spend days on a server that is gone. (Coming back to a provider is
// a circuit breaker's work, which is not this class.)
#pragma once

#include "base/clock.hpp"
#include "ports/llm_client.hpp"
#include "ports/run_observer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::llm {

class FallbackClient final : public ports::LlmClient {
 public:
  struct Provider {
    std::string name;
    ports::LlmClient* client = nullptr;  // outlives this one
  };

  // Restarts of servers and short failures of networks are over by then.
  static constexpr Duration kPatience = std::chrono::minutes(2);
  // Rows that must have given up in that time: one slow row alone says nothing.
  static constexpr std::uint32_t kRowsInVain = 10;

  // `clock` and `observer` outlive the client.
  FallbackClient(std::vector<Provider> providers, Clock& clock, ports::RunObserver& observer);

  // The error is the first provider's that still takes part, else why the last one was left out; a refusal is
  // final.
  boost::asio::awaitable<Result<domain::Answer>> judge(ports::Ask ask) override;

 private:
  struct Entry {
    Provider provider;
    std::optional<Error> disabled;   // why it is left out
    std::uint32_t rows_in_vain = 0;  // that gave up on the way to it, since it answered last
    TimePoint in_vain_since{};
  };

  void note_failure(Entry& entry, const Error& error);
  void disable(Entry& entry, const Error& error);

  std::vector<Entry> entries_;
  Clock& clock_;
  ports::RunObserver& observer_;
};

}  // namespace sv::llm
