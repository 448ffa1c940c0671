// What LlmStack::limits_now() tells while a run goes on, in virtual time: how much of the limits is used, and
// what rows wait for. It is what the progress line, `--json` and the metrics show.
#include "domain/limits_now.hpp"

#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;
using domain::ProviderLimits;
using domain::ProviderState;
using domain::WaitReason;

struct Moment {
  Duration at{};
  ProviderLimits limits;
};

// The first provider's, ten times a second.
std::vector<Moment> watched(SimulatedRunOptions options) {
  std::vector<Moment> moments;
  options.on_limits = [&](Duration at, const std::vector<ProviderLimits>& all) {
    moments.push_back({at, all.front()});
  };
  play(options);
  return moments;
}

// As many rows as are worked on at a time.
SimulatedRunOptions a_run(std::uint64_t rows, std::uint32_t workers) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(workers);
  options.models.emplace_back().latency = sim::Latency::fixed(1s);
  options.rows = rows;
  return options;
}

std::vector<Moment> between(const std::vector<Moment>& moments, Duration from, Duration to) {
  std::vector<Moment> some;
  std::ranges::copy_if(moments, std::back_inserter(some),
                       [&](const Moment& moment) { return moment.at >= from && moment.at < to; });
  EXPECT_FALSE(some.empty());
  return some;
}

bool waits_for_nothing_but(const ProviderLimits& limits, WaitReason reason) {
  return limits.waiting_rows() == limits.waiting_for(reason);
}

TEST(LimitsNow, of_requests_tell_what_is_used_and_that_rows_wait_for_them) {
  SimulatedRunOptions options = a_run(2'000, 200);
  options.llm.providers.front().rpm = 600;
  options.models.front().rpm = 600;
  options.models.front().limiter = sim::LimiterKind::bucket1;
  options.models.front().limit_headers = sim::LimitHeaders::none;
  const std::vector<Moment> moments = watched(std::move(options));
  for (const Moment& moment : between(moments, 65s, 180s)) {
    const ProviderLimits& now = moment.limits;
    ASSERT_EQ(now.requests.per_minute, 600U);
    EXPECT_FALSE(now.tokens.per_minute) << "nobody limits them";
    EXPECT_FALSE(now.tokens.used());
    EXPECT_GE(*now.requests.used(), 0.95) << to_seconds(moment.at);
    EXPECT_LE(*now.requests.used(), 1.0) << to_seconds(moment.at);
    EXPECT_NEAR(now.requests.mean.value_or(0), 0.98, 0.02);
    EXPECT_TRUE(waits_for_nothing_but(now, WaitReason::requests));
    // Ten a second, a second each; all other rows in work wait.
    EXPECT_NEAR(static_cast<double>(now.in_flight), 10, 2);
    EXPECT_EQ(now.waiting_rows() + now.in_flight, 200U);
    EXPECT_EQ(now.state, ProviderState::working);
    EXPECT_LE(now.oldest_request.value_or(0s), 1100ms);
  }
  for (const Moment& moment : between(moments, 20s, 40s)) {
    EXPECT_NEAR(*moment.limits.requests.used(), to_seconds(moment.at) / 60, 0.05) << "of the minute so far";
  }
}

TEST(LimitsNow, of_tokens_tell_what_is_used_and_that_rows_wait_for_them) {
  SimulatedRunOptions options = a_run(600, 100);
  options.llm.providers.front().tpm = 200'000;
  options.models.front().tpm = 200'000;
  options.models.front().token_limiter = sim::LimiterKind::bucket1;
  options.models.front().limit_headers = sim::LimitHeaders::none;
  const std::vector<Moment> moments = watched(std::move(options));
  for (const Moment& moment : between(moments, 65s, 120s)) {
    const ProviderLimits& now = moment.limits;
    ASSERT_EQ(now.tokens.per_minute, 200'000U);
    EXPECT_FALSE(now.requests.per_minute);
    EXPECT_GE(*now.tokens.used(), 0.95) << to_seconds(moment.at);
    EXPECT_LE(*now.tokens.used(), 1.0) << to_seconds(moment.at);
    EXPECT_GT(now.requests.last_minute, 100U) << "counted all the same";
    EXPECT_TRUE(waits_for_nothing_but(now, WaitReason::tokens));
    EXPECT_GT(now.waiting_rows(), 50U);
  }
}

TEST(LimitsNow, tell_slots_where_as_many_are_in_flight_as_may_be) {
  SimulatedRunOptions options = a_run(500, 100);
  options.llm.providers.front().max_workers = 10;
  for (const Moment& moment : between(watched(std::move(options)), 2s, 30s)) {
    EXPECT_TRUE(moment.limits.is_full);
    EXPECT_EQ(moment.limits.in_flight, 10U);
    EXPECT_EQ(moment.limits.in_flight_limit, 10U);
    EXPECT_EQ(moment.limits.waiting_for(WaitReason::slots), 90U);
    EXPECT_TRUE(waits_for_nothing_but(moment.limits, WaitReason::slots));
  }
}

TEST(LimitsNow, tell_the_rest_of_a_pause_after_a_429) {
  SimulatedRunOptions options = a_run(400, 100);
  options.models.front().rpm = 60;
  options.models.front().limiter = sim::LimiterKind::win10;
  options.models.front().limit_headers = sim::LimitHeaders::none;
  std::size_t in_pause = 0;
  for (const Moment& moment : watched(std::move(options))) {
    if (!moment.limits.pause) continue;
    ++in_pause;
    EXPECT_GT(*moment.limits.pause, 0s);
    EXPECT_LE(*moment.limits.pause, 10s + 100ms) << "a window of ten seconds";
    EXPECT_TRUE(waits_for_nothing_but(moment.limits, WaitReason::pause)) << to_seconds(moment.at);
  }
  EXPECT_GT(in_pause, 10U);
}

TEST(LimitsNow, tell_an_outage_and_then_that_it_is_over) {
  SimulatedRunOptions options = a_run(2'000, 20);
  options.models.front().outages.add({.start = 20s, .length = 30s, .kind = sim::OutageKind::server_error});
  const std::vector<Moment> moments = watched(std::move(options));
  for (const Moment& moment : between(moments, 10s, 19s)) {
    EXPECT_EQ(moment.limits.state, ProviderState::working);
  }
  for (const Moment& moment : between(moments, 30s, 49s)) {
    EXPECT_EQ(moment.limits.state, ProviderState::down) << to_seconds(moment.at);
    EXPECT_GE(moment.limits.waiting_for(WaitReason::outage), 18U) << "all but a probe";
  }
  for (const Moment& moment : between(moments, 62s, 80s)) {
    EXPECT_EQ(moment.limits.state, ProviderState::working) << to_seconds(moment.at);
    EXPECT_EQ(moment.limits.waiting_for(WaitReason::outage), 0U);
  }
}

TEST(LimitsNow, tell_that_rows_wait_for_the_first_answer_of_a_new_key) {
  SimulatedRunOptions options = a_run(100, 50);
  options.is_first_run = true;
  const std::vector<Moment> moments = watched(std::move(options));
  for (const Moment& moment : between(moments, 100ms, 900ms)) {
    EXPECT_EQ(moment.limits.state, ProviderState::untried);
    EXPECT_EQ(moment.limits.in_flight, 1U);
    EXPECT_EQ(moment.limits.waiting_for(WaitReason::first_answers), 49U);
  }
  EXPECT_EQ(moments.back().limits.state, ProviderState::working);
}

TEST(LimitsNow, tell_rows_that_back_off_and_a_provider_that_is_left) {
  SimulatedRunOptions failing = a_run(300, 50);
  ASSERT_TRUE(failing.models.front().faults.add("500=20%"));
  const std::vector<Moment> moments = watched(std::move(failing));
  EXPECT_TRUE(std::ranges::any_of(
      moments, [](const Moment& moment) { return moment.limits.waiting_for(WaitReason::back_off) > 0; }));

  SimulatedRunOptions broke = a_run(300, 50);
  ASSERT_TRUE(broke.models.front().faults.add("quota=100%"));
  config::ProviderSettings second = broke.llm.providers.front();
  second.name = "second";
  second.base_url = simulated_address(1);
  broke.llm.providers.push_back(second);
  broke.models.emplace_back().latency = sim::Latency::fixed(1s);
  std::vector<std::vector<ProviderLimits>> all;
  broke.on_limits = [&](Duration, const std::vector<ProviderLimits>& limits) { all.push_back(limits); };
  play(broke);
  ASSERT_GT(all.size(), 10U);
  ASSERT_EQ(all.back().size(), 2U) << "in priority order";
  EXPECT_EQ(all[5][0].state, ProviderState::off);
  EXPECT_EQ(all[5][0].waiting_rows(), 0U);
  EXPECT_EQ(all[5][1].provider, "second");
  EXPECT_EQ(all[5][1].state, ProviderState::working);
  EXPECT_EQ(all[5][1].in_flight, 50U);
}

}  // namespace
}  // namespace sv::cli
