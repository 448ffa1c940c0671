// The tail of a run: a few answers that take ten times as long, in virtual time (issue 3, acceptance line 5).
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRows = 3000;

SimulatedRunOptions with_stragglers(std::uint64_t seed, double hedge_budget, std::uint64_t rpm = 4800) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(1000);
  options.llm.hedge_budget = hedge_budget;
  options.llm.providers[0].rpm = rpm;
  options.llm.providers[0].request_timeout = 300s;
  options.rows = kRows;
  options.seed = seed;
  sim::LlmOptions model;
  model.seed = seed;
  model.latency = sim::Latency::lognormal(3s, 6830ms);  // sigma 0.5
  model.latency.set_stragglers(0.01, 10);
  options.models.push_back(model);
  return options;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::uint64_t retries_of(const SimulatedRun& run) {
  std::uint64_t sum = 0;
  for (const metrics::KindCount& kind : run.summary.retries) sum += kind.count;
  return sum;
}

TEST(Tail, is_cut_by_hedges_within_their_budget) {
  std::vector<double> ratios;
  std::vector<double> with;
  std::vector<double> without;
  std::vector<double> extra;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const SimulatedRun plain = play(with_stragglers(seed, 0));
    const SimulatedRun hedged = play(with_stragglers(seed, 0.02));
    EXPECT_EQ(plain.result.counts.judged, kRows);
    EXPECT_EQ(hedged.result.counts.judged, kRows);
    without.push_back(to_seconds(plain.makespan));
    with.push_back(to_seconds(hedged.makespan));
    ratios.push_back(with.back() / without.back());
    const auto& ledger = hedged.models[0]->ledger();
    extra.push_back(static_cast<double>(ledger.requests()) / kRows - 1);
    EXPECT_LE(extra.back(), 0.02) << "seed " << seed;
    EXPECT_EQ(ledger.in_flight(), 0U);
    // Whatever was sent is in the figures; a hedge may be called back before it has arrived.
    EXPECT_GE(hedged.summary.requests, ledger.requests());
    EXPECT_LE(hedged.summary.requests, ledger.requests() + 3);
    EXPECT_EQ(hedged.summary.requests, kRows + hedged.summary.hedges + retries_of(hedged));
    EXPECT_LE(hedged.summary.cancelled, hedged.summary.hedges);
    EXPECT_GE(hedged.summary.cancelled + 3, hedged.summary.hedges) << "or both ended at the same moment";
    EXPECT_EQ(hedged.summary.in_flight, 0U);
    EXPECT_GT(hedged.summary.hedges, 0U);
  }
  EXPECT_LE(median(ratios), 0.6) << median(with) << " s against " << median(without) << " s";
}

TEST(Tail, is_left_alone_when_hedges_are_off_or_the_rate_leaves_no_room) {
  const SimulatedRun off = play(with_stragglers(1, 0));
  EXPECT_EQ(off.summary.hedges, 0U);
  // 1 % of the rows at a provider that takes ten at a time: its permits are the limit, and nothing is free
  // before the last ten.
  SimulatedRunOptions few = with_stragglers(1, 0.02, 100'000);
  few.llm.providers[0].max_workers = 10;
  few.rows = 300;
  const SimulatedRun narrow = play(few);
  EXPECT_EQ(narrow.result.counts.judged, 300U);
  EXPECT_LE(narrow.summary.hedges, 6U);
  EXPECT_LE(narrow.summary.max_in_flight, 10U);
}

TEST(Tail, of_a_run_whose_last_requests_hang_is_cut_too) {
  SimulatedRunOptions options = with_stragglers(1, 0.02);
  options.models[0].latency = sim::Latency::lognormal(1s, 2s);
  ASSERT_TRUE(options.models[0].faults.add("hang=0.5%"));
  const SimulatedRun run = play(options);
  EXPECT_EQ(run.result.counts.judged, kRows);
  // Those in the middle are given up after 16 s, long before request_timeout (300 s), and the late ones
  // hedged.
  EXPECT_LE(to_seconds(run.makespan), 38.3 + 30);
  EXPECT_EQ(run.summary.in_flight, 0U);
}

}  // namespace
}  // namespace sv::cli
