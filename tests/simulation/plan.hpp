// What a seed decides before anything runs.
#pragma once

#include "base/random.hpp"
#include "cli/assemble_simulated.hpp"
#include "config/settings.hpp"
#include "domain/row.hpp"
#include "scenario/sheets_world.hpp"
#include "sim/llm_model.hpp"
#include "sim_sheets/sheets_model.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace sv::simulation {

struct Plan {
  std::vector<domain::Row> rows;
  std::uint32_t workers = 1;
  std::optional<std::uint32_t>
      first_provider_workers;  // fewer than there are rows in work: rows queue for it
  bool has_second_provider = false;
  bool spills = false;
  std::vector<sim::LlmOptions> models;
  int processes = 1;  // the last one is healthy
};

inline constexpr std::array<const char*, 12> kLlmFaults = {
    "429=8%",     "500=10%",   "reset=5%", "hang=2%",          "truncated=5%", "invalid-json=6%",
    "refusal=4%", "length=3%", "html=3%",  "empty-choices=3%", "error-200=4%", "503=6%"};
inline constexpr std::array<const char*, 5> kSheetsFaults = {"drop-after=5", "drop-before=6", "500=7",
                                                             "503-after=7", "429=9"};

inline bool happens(Random& random, double chance) { return random.uniform() < chance; }

inline sim::LlmOptions unruly_model(Random& random) {
  sim::LlmOptions model;
  model.seed = random.next();
  const Duration median = std::chrono::milliseconds(50 + random.below(3000));
  model.latency = sim::Latency::lognormal(median, median * 4);
  for (const char* fault : kLlmFaults) {
    if (happens(random, 0.2)) static_cast<void>(model.faults.add(fault));
  }
  if (happens(random, 0.3)) {
    constexpr std::array kKinds = {sim::OutageKind::server_error, sim::OutageKind::refuse,
                                   sim::OutageKind::hang};
    model.outages.add({.start = std::chrono::milliseconds(random.below(20'000)),
                       .length = std::chrono::milliseconds(random.below(90'000)),
                       .kind = kKinds[random.below(kKinds.size())]});
  }
  if (happens(random, 0.3)) {
    model.rpm = 20 + random.below(200);
    model.limiter = std::array{sim::LimiterKind::bucket60, sim::LimiterKind::bucket1, sim::LimiterKind::win10,
                               sim::LimiterKind::win60}[random.below(4)];
    if (happens(random, 0.5)) model.limit_headers = sim::LimitHeaders::none;
  }
  return model;
}

inline Plan make_plan(Random& random) {
  Plan plan;
  plan.rows = scenario::projects(4 + random.below(36));
  for (domain::Row& row : plan.rows) {
    if (happens(random, 0.1)) row.comment = plan.rows.front().comment;
  }
  plan.workers = static_cast<std::uint32_t>(1 + random.below(12));
  if (happens(random, 0.4))
    plan.first_provider_workers = 1 + static_cast<std::uint32_t>(random.below(plan.workers));
  plan.models.push_back(unruly_model(random));
  if (happens(random, 0.3)) {
    plan.has_second_provider = true;
    plan.spills = happens(random, 0.5);
    plan.models.push_back(unruly_model(random));
  }
  plan.processes = static_cast<int>(1 + random.below(5));
  return plan;
}

inline sim_sheets::SheetsOptions unruly_sheets(Random& random) {
  sim_sheets::SheetsOptions options;
  options.has_quota = happens(random, 0.3);
  for (const char* fault : kSheetsFaults) {
    if (happens(random, 0.25)) static_cast<void>(options.faults.add(fault));
  }
  return options;
}

inline config::LlmSettings settings_of(const Plan& plan) {
  config::LlmSettings settings = cli::simulated_settings(plan.workers);
  settings.providers.front().max_workers = plan.first_provider_workers;
  if (plan.has_second_provider) {
    config::ProviderSettings second = settings.providers.front();
    second.name = "second";
    second.base_url = cli::simulated_address(1);
    settings.providers.push_back(second);
    settings.spill = plan.spills;
  }
  return settings;
}

}  // namespace sv::simulation
