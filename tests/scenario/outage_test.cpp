// A provider that is down for a minute in the middle of a run, and one that takes no row at all: whole runs
// in virtual time (issue 3, acceptance line 4).
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSeeds = 5;
constexpr Duration kStart = 60s;
constexpr Duration kLength = 60s;

struct Case {
  std::uint32_t workers = 50;
  sim::OutageKind kind = sim::OutageKind::server_error;
  bool has_second = false;
  Duration second_latency = 3s;
};

sim::LlmOptions a_model(std::uint64_t seed) {
  sim::LlmOptions model;
  model.seed = seed;
  model.latency = sim::Latency::lognormal(3s, 6830ms);  // sigma 0.5
  return model;
}

void add_second(SimulatedRunOptions& options, const sim::LlmOptions& model) {
  config::ProviderSettings second = options.llm.providers.front();
  second.name = "second";
  second.base_url = simulated_address(1);
  options.llm.providers.push_back(second);
  options.models.push_back(model);
}

SimulatedRun play_outage(const Case& test, std::uint64_t seed) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(test.workers);
  options.rows = 60 * test.workers;  // about four minutes
  options.seed = seed;
  sim::LlmOptions model = a_model(seed);
  model.outages.add({.start = kStart, .length = kLength, .kind = test.kind});
  options.models.push_back(model);
  if (test.has_second) {
    sim::LlmOptions other = a_model(seed + 100);
    other.latency = sim::Latency::fixed(test.second_latency);
    add_second(options, other);
  }
  return play(options);
}

struct Figures {
  double back_after = 0;      // from the end of the outage to the first request beside the probes
  double shortest_gap = 100;  // between two probes
  std::size_t probes = 0;
};

// Requests come thick and fast until the breaker opens; from then on, after the last pause of less than four
// seconds within the outage, each one is a probe.
Figures figures_of(const sim::LlmModel& model) {
  const float begin = static_cast<float>(to_seconds(kStart));
  const float end = static_cast<float>(to_seconds(kStart + kLength));
  const std::vector<float>& arrivals = model.ledger().arrivals();
  Figures figures;
  std::vector<float> probes;
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    if (arrivals[i] < begin || arrivals[i] >= end) continue;
    const float gap = arrivals[i] - arrivals[i - 1];
    if (probes.empty() && gap < 4) continue;
    if (!probes.empty())
      figures.shortest_gap = std::min(figures.shortest_gap, double(arrivals[i] - probes.back()));
    probes.push_back(arrivals[i]);
  }
  figures.probes = probes.size();
  // After the outage: the first two requests within a second of each other.
  figures.back_after = 1e9;
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    if (arrivals[i - 1] >= end && arrivals[i] - arrivals[i - 1] < 1) {
      figures.back_after = double(arrivals[i] - end);
      break;
    }
  }
  return figures;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

class Outage : public testing::TestWithParam<Case> {};

TEST_P(Outage, of_a_minute_costs_no_row_and_is_over_within_ten_seconds) {
  const Case test = GetParam();
  std::vector<double> back;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const SimulatedRun run = play_outage(test, seed);
    EXPECT_EQ(run.result.counts.judged, 60 * test.workers) << "seed " << seed;
    EXPECT_EQ(run.result.counts.unjudged, 0U);
    const Figures figures = figures_of(*run.models[0]);
    back.push_back(figures.back_after);
    if (test.kind == sim::OutageKind::hang) {
      // Everybody hangs at first; the breaker opens when the first deadlines have passed.
      EXPECT_LE(run.models[0]->ledger().outage_requests(), test.workers + 25);
    } else if (test.workers > 1) {
      EXPECT_GE(figures.shortest_gap, 4.9) << "seed " << seed;
      EXPECT_LE(figures.probes, 12U);
    } else {
      // A row's own attempts, and then the probes.
      EXPECT_LE(run.models[0]->ledger().outage_requests(), 6 + 12U);
    }
    if (test.workers >= 5 && !test.has_second) {
      // What the outage costs is itself, the probing and the work that was lost.
      EXPECT_LE(to_seconds(run.makespan), 60 * 3.4 * 1.15 + 60 + 20) << "seed " << seed;
    }
    if (test.has_second && test.workers >= 5) {
      EXPECT_GT(run.models[1]->ledger().verdicts(), 0U);
      EXPECT_GT(run.summary.providers.front().requests, run.models[1]->ledger().verdicts());
    }
  }
  if (test.workers > 1) EXPECT_LE(median(back), 10);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Outage,
    testing::Values(Case{}, Case{.kind = sim::OutageKind::refuse}, Case{.kind = sim::OutageKind::hang},
                    Case{.workers = 5}, Case{.workers = 1}, Case{.workers = 300}, Case{.has_second = true},
                    Case{.kind = sim::OutageKind::hang, .has_second = true},
                    Case{.workers = 5, .kind = sim::OutageKind::refuse, .has_second = true},
                    Case{.kind = sim::OutageKind::refuse, .has_second = true, .second_latency = 30s}));

TEST(WrongKey, costs_exactly_one_request_however_many_rows_start_at_once) {
  for (const bool has_second : {false, true}) {
    SimulatedRunOptions options;
    options.llm = simulated_settings(50);
    options.rows = 200;
    options.is_first_run = true;
    sim::LlmOptions model = a_model(1);
    model.api_key = Secret("the right key");
    options.models.push_back(model);
    if (has_second) add_second(options, a_model(2));
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.models[0]->ledger().requests(), 1U);
    EXPECT_EQ(run.models[0]->ledger().count_status(401), 1U);
    EXPECT_EQ(run.result.counts.judged, has_second ? 200U : 0U);
    EXPECT_EQ(run.result.counts.unjudged, has_second ? 0U : 200U);
  }
}

TEST(WrongKey, costs_a_run_with_a_key_that_has_worked_nothing_and_a_new_one_a_second_at_most) {
  for (const bool is_first_run : {false, true}) {
    SimulatedRunOptions options;
    options.llm = simulated_settings(50);
    options.rows = 50;
    options.is_first_run = is_first_run;
    options.models.push_back(a_model(1));
    options.models[0].latency = sim::Latency::fixed(3s);
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, 50U);
    EXPECT_LE(to_seconds(run.makespan), is_first_run ? 4.1 : 3.1);
    EXPECT_GE(to_seconds(run.makespan), is_first_run ? 4.0 : 3.0);
  }
}

TEST(ExhaustedCredit, costs_exactly_one_request_at_the_start) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(50);
  options.is_first_run = true;
  sim::LlmOptions model = a_model(1);
  ASSERT_TRUE(model.faults.add("quota=100%"));
  options.models.push_back(model);
  add_second(options, a_model(2));
  const SimulatedRun run = play(options);
  EXPECT_EQ(run.models[0]->ledger().requests(), 1U);
  EXPECT_EQ(run.result.counts.judged, 100U);
}

TEST(Outage, of_a_provider_that_was_never_there_ends_the_run_within_a_minute) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(5);
  options.rows = 1000;
  sim::LlmOptions model = a_model(1);
  model.outages.add({.start = {}, .length = 24h, .kind = sim::OutageKind::refuse});
  options.models.push_back(model);
  const SimulatedRun run = play(options);
  EXPECT_EQ(run.result.counts.unjudged, 1000U);
  EXPECT_LE(to_seconds(run.makespan), 60);
  EXPECT_LE(run.models[0]->ledger().requests(), 40U);
}

TEST(Outage, without_an_end_is_given_up_after_ten_minutes) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(5);
  options.rows = 1000;
  sim::LlmOptions model = a_model(1);
  model.outages.add({.start = 30s, .length = 24h, .kind = sim::OutageKind::refuse});
  options.models.push_back(model);
  const SimulatedRun run = play(options);
  EXPECT_GT(run.result.counts.judged, 20U);
  EXPECT_EQ(run.result.counts.judged + run.result.counts.unjudged, 1000U);
  EXPECT_GE(to_seconds(run.makespan), 630);
  EXPECT_LE(to_seconds(run.makespan), 720);
}

}  // namespace
}  // namespace sv::cli
