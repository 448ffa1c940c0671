// Providers in priority order: the next one is asked when one cannot give an answer. A provider that cannot serve
// any row (wrong key, unknown model, no credit, untrusted certificate) is left out for the rest of the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/llm_client.hpp"
#include "ports/run_observer.hpp"

namespace sv::llm {

class FallbackClient final : public ports::LlmClient {
 public:
  struct Provider {
    std::string name;
    ports::LlmClient* client = nullptr;  // outlives this one
  };

  FallbackClient(std::vector<Provider> providers, ports::RunObserver& observer);

  // The error is the first provider's that still takes part, else why the last one was left out; a refusal is final.
  boost::asio::awaitable<Result<domain::Answer>> judge(ports::Ask ask) override;

 private:
  struct Entry {
    Provider provider;
    std::optional<Error> disabled;  // why it is left out
  };

  void disable(Entry& entry, const Error& error);

  std::vector<Entry> entries_;
  ports::RunObserver& observer_;
};

}  // namespace sv::llm
