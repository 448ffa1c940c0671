// What judges the rows of a run: for each provider its client with everything around it, and the fallback
// over them all. The same for a real run and for one in virtual time: only the context differs.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/stop_signal.hpp"
#include "cli/provider_keys.hpp"
#include "config/settings.hpp"
#include "domain/limits_now.hpp"
#include "domain/rulebook.hpp"
#include "limits/admission_gate.hpp"
#include "llm/fallback_client.hpp"
#include "llm/hedged_client.hpp"
#include "llm/key_memory.hpp"
#include "llm/limited_client.hpp"
#include "llm/online_outlook.hpp"
#include "llm/openai_client.hpp"
#include "llm/provider_address.hpp"
#include "llm/provider_guard.hpp"
#include "llm/retrying_client.hpp"
#include "llm/warm_up_client.hpp"
#include "ports/ticket_ledger.hpp"
#include "prompt/question.hpp"

#include <memory>
#include <vector>

namespace sv::cli {

// One provider with everything around it, innermost first.
struct ProviderStack {
  llm::OpenAiClient openai;
  limits::AdmissionGate gate;
  llm::KeyMemory memory;
  llm::ProviderGuard guard;
  llm::HedgedClient hedged;
  llm::LimitedClient limited;
  llm::WarmUpClient warm_up;
  llm::RetryingClient retrying;

  // Everything outlives the stack.
  ProviderStack(const config::ProviderSettings& provider, const config::LlmSettings& settings,
                const llm::OpenAiClientContext& context, Random& random, StopSignal& stop,
                ports::TicketLedger* ledger);
};

llm::AddressDetails address_of(const config::ProviderSettings& provider, const config::LlmSettings& llm);

class LlmStack {
 public:
  // Everything outlives the stack. Through `ledger` the providers' limits are obeyed together with other
  // processes; without it each obeys them for itself.
  LlmStack(const config::LlmSettings& settings, const llm::OpenAiClientContext& context, Random& random,
           StopSignal& stop, ports::TicketLedger* ledger = nullptr);
  LlmStack(const LlmStack&) = delete;
  LlmStack& operator=(const LlmStack&) = delete;
  ~LlmStack();

  ports::LlmClient& client() { return fallback_; }
  // How fast the first provider is expected to answer one by one; see llm/online_outlook.hpp.
  domain::OnlinePace cautious_pace(const config::ProviderSettings& first, std::string_view revision);
  // The wire client of the first provider: what the Batch API is asked with.
  llm::OpenAiClient& first() { return stacks_.front()->openai; }
  // Hands what was learnt along the way to the facts.
  void save_learnt();
  // In priority order. Rows that no provider can take stand with the first that is not off.
  std::vector<domain::ProviderLimits> limits_now() const;

 private:
  void obey_stop();

  const Clock& clock_;
  StopSignal& stop_;
  ports::LearntFacts& facts_;
  std::vector<std::unique_ptr<ProviderStack>> stacks_;
  llm::FallbackClient fallback_;
};

// For what is reckoned before a run: the workers of the settings, else as many as most providers take.
std::uint32_t reckoned_workers(const config::LlmSettings& settings);

// Rows that are worked on at the same time: as many as the settings say, else as many as an automatic number
// of requests in flight may come to need.
std::uint32_t worker_count(const config::LlmSettings& settings);

domain::Rulebook rulebook_of(const config::Settings& settings);
ProviderKeys keys_of(const prompt::QuestionBuilder& question,
                     const std::vector<config::ProviderSettings>& providers);

}  // namespace sv::cli
