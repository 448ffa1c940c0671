// A whole run in virtual time: the engine and the LLM stack of the real program on one side, the simulator's
// models on the other, no socket, no file, no waiting. Minutes play in milliseconds; the same options give
// the same result, but for a token more or less of the random marks around the rows.
//
// The rows are made up (sim/sample_rows), the answers are kept in memory, the outcomes are counted only.
#pragma once

#include "base/time.hpp"
#include "config/settings.hpp"
#include "domain/limits_now.hpp"
#include "domain/money.hpp"
#include "engine/run.hpp"
#include "metrics/run_summary.hpp"
#include "ports/run_observer.hpp"
#include "sim/batch_model.hpp"
#include "sim/llm_model.hpp"
#include "sim/model_transport.hpp"
#include "sim/virtual_clock.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::cli {

struct SimulatedRunOptions {
  // One for each model, in priority order, each with an address of its own: simulated_address(N), or that of
  // a real provider, whose ways are then known (llm/provider_address).
  config::LlmSettings llm;
  std::vector<sim::LlmOptions> models;
  std::uint64_t rows = 100;
  std::string rules_text = "1. The comment says what was done and what is planned.\n";
  sim::NetworkOptions network;
  Duration starts_at{};    // after a full minute of the models' clock
  std::uint64_t seed = 1;  // of the rows and of the program's own chance; the models have theirs
  // No provider has ever answered with its key: the first request to each goes ahead of the others.
  bool is_first_run = false;
  // What the run may cost; the models' prices are in llm.prices then. Nothing: any amount.
  std::optional<domain::Money> most_cost = std::nullopt;
  // As after Ctrl-C: when nothing new is sent any more, and when what is in flight is given up; from the
  // start of the run. Only in virtual time.
  std::optional<Duration> stop_after = std::nullopt;
  std::optional<Duration> abandon_after = std::nullopt;
  // What happens to the machine on the way: put to sleep (clock.advance), another time set
  // (clock.turn_wall_clock). Only in virtual time.
  struct Incident {
    Duration at{};  // from the start of the run
    std::function<void(sim::VirtualClock& clock)> happen;
  };
  std::vector<Incident> incidents;
  // Watches the run too; not owned.
  ports::RunObserver* observer = nullptr;
  // Called ten times a second while the run goes on, as the program's own progress is. Only in virtual time.
  std::function<void(TimePoint)> beat = nullptr;
  // At the same times: what the limits' use is and what rows wait for, as LlmStack::limits_now() tells.
  std::function<void(Duration since_start, const std::vector<domain::ProviderLimits>&)> on_limits = nullptr;
  // The run goes through the first provider's Batch API, by this deadline from its start if it is given. Only
  // in virtual time.
  std::optional<sim::BatchOptions> batches = std::nullopt;
  std::optional<Duration> deadline = std::nullopt;
  // What was learnt in an earlier run, by its name; and afterwards, what this one has learnt.
  std::map<std::string, std::string>* facts = nullptr;
};

struct SimulatedRun {
  engine::RunResult result;
  Duration makespan{};  // from the start to the last outcome
  metrics::RunSummary summary;
  domain::Money spent = {};                            // as the limit of the cost counts; zero without one
  std::unique_ptr<sim::BatchModel> batches = nullptr;  // of the first model
  std::vector<std::unique_ptr<sim::LlmModel>> models;  // with their ledgers, as they stand at the end
};

// "http://provider-1.test/v1" for 0: to be set as ProviderSettings::base_url.
std::string simulated_address(std::size_t provider);

// Settings for one provider, as if nothing else had been set but the number of workers, if it is given.
config::LlmSettings simulated_settings(std::optional<std::uint32_t> workers = std::nullopt);

SimulatedRun play(const SimulatedRunOptions& options);

// The same run in real time: each model behind a server on the loopback interface, libcurl in front, program
// and servers on this thread. The network is what it is and the clock the machine's: `network` and
// `starts_at` mean nothing, and the models, which end with their servers, are not in the result. Throws Fatal
// when there is no port or no file descriptor for it.
SimulatedRun play_over_sockets(const SimulatedRunOptions& options);

}  // namespace sv::cli
