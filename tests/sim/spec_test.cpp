// Durations, shares, latencies and faults as they are written on the command line.
#include "sim/fault.hpp"
#include "sim/latency.hpp"
#include "sim/outage.hpp"
#include "sim/spec_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace sv::sim {
namespace {

using namespace std::chrono_literals;

TEST(SpecText, durations_need_a_unit_except_zero) {
  EXPECT_EQ(parse_duration("0").value(), Duration::zero());
  EXPECT_EQ(parse_duration(" 250us ").value(), 250us);
  EXPECT_EQ(parse_duration("200ms").value(), 200ms);
  EXPECT_EQ(parse_duration("1.5s").value(), 1500ms);
  EXPECT_EQ(parse_duration("2m").value(), 2min);
  for (const char* bad : {"", "5", "-1s", "1e3s", "2 hours", "100000s", "nan", "ms"}) {
    const Result<Duration> result = parse_duration(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().kind, ErrorKind::invalid_input);
  }
}

TEST(SpecText, shares_are_percentages_with_a_sign) {
  EXPECT_DOUBLE_EQ(parse_share("2.5%").value(), 0.025);
  EXPECT_DOUBLE_EQ(parse_share("100%").value(), 1.0);
  for (const char* bad : {"5", "0.05", "101%", "-1%", "%", ""}) EXPECT_FALSE(parse_share(bad)) << bad;
}

TEST(OutageSpec, is_a_start_a_length_and_a_kind) {
  const Outage usual = parse_outage("30s+1m").value();
  EXPECT_EQ(usual.start, 30s);
  EXPECT_EQ(usual.length, 60s);
  EXPECT_EQ(usual.kind, OutageKind::server_error);
  EXPECT_EQ(parse_outage("0+500ms:refuse").value().kind, OutageKind::refuse);
  EXPECT_EQ(parse_outage("1s + 2s : hang").value().kind, OutageKind::hang);
  for (const char* bad : {"", "30s", "+", "30+60", "30s+60s:", "30s+60s:503", "60s-30s"}) {
    EXPECT_FALSE(parse_outage(bad)) << bad;
  }
}

TEST(StragglerSpec, is_a_share_and_a_factor) {
  const Stragglers stragglers = parse_stragglers("2.5% x 10").value();
  EXPECT_DOUBLE_EQ(stragglers.share, 0.025);
  EXPECT_DOUBLE_EQ(stragglers.factor, 10);
  for (const char* bad : {"", "1%", "x10", "1%x", "1%x0.5", "0.01x10", "1%x10s", "1%xnan", "101%x2"}) {
    EXPECT_FALSE(parse_stragglers(bad)) << bad;
  }
}

TEST(StragglerSpec, makes_that_share_longer_and_leaves_the_others_as_they_were) {
  Latency latency = Latency::lognormal(1s, 2s);
  Latency with = latency;
  with.set_stragglers(0.01, 10);
  int longer = 0;
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    Random one(seed);
    Random other(seed);
    const Duration usual = latency.draw(one);
    const Duration drawn = with.draw(other);
    if (drawn == usual) continue;
    EXPECT_NEAR(to_seconds(drawn), to_seconds(usual) * 10, 1e-6);
    ++longer;
  }
  EXPECT_NEAR(longer, 100, 40);
}

TEST(LatencySpec, a_bare_duration_is_fixed) {
  Random random(1);
  EXPECT_EQ(parse_latency("200ms").value().draw(random), 200ms);
  EXPECT_EQ(parse_latency("fixed:0").value().draw(random), Duration::zero());
}

TEST(LatencySpec, a_lognormal_has_the_median_and_the_95th_percentile_it_was_given) {
  const Latency latency = parse_latency("lognormal:median=2s,p95=6s").value();
  Random random(7);
  std::vector<Duration> draws(20'001);
  for (Duration& draw : draws) draw = latency.draw(random);
  std::sort(draws.begin(), draws.end());
  EXPECT_NEAR(to_seconds(draws[10'000]), 2.0, 0.08);
  EXPECT_NEAR(to_seconds(draws[19'000]), 6.0, 0.4);
}

TEST(LatencySpec, a_mixture_keeps_its_shares) {
  const Latency latency = parse_latency("mixture:90%=200ms,10%=2s").value();
  Random random(3);
  int slow = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Duration draw = latency.draw(random);
    EXPECT_TRUE(draw == 200ms || draw == 2s);
    slow += draw == 2s ? 1 : 0;
  }
  EXPECT_NEAR(slow, 1000, 100);
}

TEST(LatencySpec, the_same_seed_draws_the_same) {
  const Latency latency = parse_latency("lognormal:median=300ms,p95=900ms").value();
  Random first(42);
  Random second(42);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(latency.draw(first), latency.draw(second));
}

TEST(LatencySpec, mistakes_are_named_with_an_example) {
  for (const char* bad : {"fast", "lognormal:median=2s", "lognormal:median=6s,p95=2s",
                          "lognormal:mean=2s,p95=3s", "lognormal:2s", "mixture:90%=200ms",
                          "mixture:90=200ms,10%=2s", "weibull:k=2", "fixed:", "lognormal:median=0,p95=1s"}) {
    const Result<Latency> result = parse_latency(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_NE(result.error().message.find("lognormal:median=2s,p95=6s"), std::string::npos)
        << result.error().message;
  }
}

TEST(FaultPlan, shares_decide_the_fate) {
  FaultPlan plan;
  ASSERT_TRUE(plan.add("429=3%"));
  ASSERT_TRUE(plan.add("hang=1%"));
  std::array<int, kFaultCount> counts{};
  for (int i = 0; i < 100'000; ++i) {
    ++counts[static_cast<std::size_t>(plan.fate((i + 0.5) / 100'000))];
  }
  EXPECT_EQ(counts[static_cast<std::size_t>(Fault::rate_limited)], 3000);
  EXPECT_EQ(counts[static_cast<std::size_t>(Fault::hang)], 1000);
  EXPECT_EQ(counts[static_cast<std::size_t>(Fault::none)], 96'000);
}

TEST(FaultPlan, mistakes_list_the_known_names) {
  FaultPlan plan;
  for (const char* bad : {"boom=3%", "429", "429=3", "", "none=5%"}) {
    const Result<void> added = plan.add(bad);
    ASSERT_FALSE(added) << bad;
  }
  EXPECT_NE(plan.add("boom=1%").error().message.find("invalid-json"), std::string::npos);
  ASSERT_TRUE(plan.add("500=60%"));
  EXPECT_NE(plan.add("503=50%").error().message.find("110%"), std::string::npos);
}

RC_GTEST_PROP(SpecText, any_text_is_parsed_or_refused_but_never_breaks, (const std::string& text)) {
  const Result<Latency> latency = parse_latency(text);
  if (latency) {
    Random random(1);
    RC_ASSERT(latency->draw(random) >= Duration::zero());
  } else {
    RC_ASSERT(latency.error().kind == ErrorKind::invalid_input);
  }
  FaultPlan plan;
  static_cast<void>(plan.add(text));
}

}  // namespace
}  // namespace sv::sim
