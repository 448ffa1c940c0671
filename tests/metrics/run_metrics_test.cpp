#include "metrics/run_metrics.hpp"

#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sv::metrics {
namespace {

using namespace std::chrono_literals;

domain::Outcome outcome(domain::OutcomeKind kind, bool is_valid = false) {
  domain::Outcome result;
  result.kind = kind;
  result.verdict.is_valid = is_valid;
  return result;
}

ports::RequestReport answered(std::string_view provider, Duration latency, domain::Usage usage = {}) {
  return {.provider = provider,
          .model = "m",
          .error = std::nullopt,
          .http_status = 200,
          .latency = latency,
          .usage = usage};
}

ports::RequestReport failed(std::string_view provider, ErrorKind kind) {
  return {.provider = provider, .model = "m", .error = kind, .http_status = 429, .latency = 1ms, .usage = {}};
}

class RunMetricsTest : public ::testing::Test {
 protected:
  void request(const ports::RequestReport& report) {
    metrics_.on_request_started(report.provider);
    metrics_.on_request_finished(report);
  }

  support::VirtualClock clock_;
  RunMetrics metrics_{clock_};
};

TEST_F(RunMetricsTest, counts_rows_by_what_became_of_them) {
  metrics_.on_run_started(7);
  metrics_.on_row_finished(outcome(domain::OutcomeKind::judged, true));
  metrics_.on_row_finished(outcome(domain::OutcomeKind::judged, false));
  metrics_.on_row_finished(outcome(domain::OutcomeKind::cached, true));
  metrics_.on_row_finished(outcome(domain::OutcomeKind::cached, true));
  metrics_.on_row_finished(outcome(domain::OutcomeKind::unjudged));
  metrics_.on_row_finished(outcome(domain::OutcomeKind::skipped));
  const RunSummary summary = metrics_.summary();
  EXPECT_EQ(summary.rows, 7U);
  EXPECT_EQ(summary.judged, 2U);
  EXPECT_EQ(summary.cached, 2U);
  EXPECT_EQ(summary.unjudged, 1U);
  EXPECT_EQ(summary.skipped, 1U);
  EXPECT_EQ(summary.valid, 3U);
  EXPECT_EQ(summary.invalid, 1U);
  EXPECT_EQ(summary.finished(), 6U);
  EXPECT_DOUBLE_EQ(summary.cache_hit_rate, 2.0 / 5.0);
}

TEST_F(RunMetricsTest, sums_money_exactly_by_provider_and_currency) {
  const domain::Currency roubles = *domain::Currency::parse("RUB");
  const domain::Usage usage{.input = 1000, .cached_input = 0, .cache_write = 0, .output = 50, .reasoning = 0};
  for (int i = 0; i < 1'000; ++i) {
    ports::RequestReport report = answered("a", 1s, usage);
    report.cost = domain::Money(100'000'001, domain::Currency());  // doubles would drift
    request(report);
  }
  ports::RequestReport local = answered("b", 1s, usage);
  local.cost = domain::Money(5, roubles);
  request(local);
  ports::RequestReport wasted = failed("a", ErrorKind::invalid_reply);
  wasted.usage = usage;
  wasted.cost = domain::Money(7, domain::Currency());
  request(wasted);
  const RunSummary summary = metrics_.summary();
  ASSERT_EQ(summary.cost.amounts().size(), 2U);
  EXPECT_EQ(summary.cost.amounts()[0], domain::Money(100'000'001'007, domain::Currency()))
      << "what an unusable reply cost was paid too";
  EXPECT_EQ(summary.cost.amounts()[1], domain::Money(5, roubles));
  EXPECT_EQ(summary.providers[0].cost.amounts()[0], summary.cost.amounts()[0]);
  EXPECT_EQ(summary.unpriced_tokens, 0U);
  EXPECT_EQ(summary.providers[0].unpriced_model, "");
}

TEST_F(RunMetricsTest, a_model_without_a_price_is_not_free) {
  request(
      answered("a", 1s, {.input = 1000, .cached_input = 0, .cache_write = 0, .output = 50, .reasoning = 0}));
  request(failed("b", ErrorKind::timeout));
  const RunSummary summary = metrics_.summary();
  EXPECT_TRUE(summary.cost.is_empty());
  EXPECT_EQ(summary.unpriced_tokens, 1050U);
  EXPECT_EQ(summary.providers[0].unpriced_model, "m");
  EXPECT_EQ(summary.providers[1].unpriced_model, "") << "a request without usage has no cost to know";
}

TEST_F(RunMetricsTest, works_out_the_rates_that_the_product_is_about) {
  metrics_.on_run_started(4);
  const domain::Usage usage{.input = 900, .cached_input = 0, .cache_write = 0, .output = 100, .reasoning = 0};
  for (int i = 0; i < 3; ++i) request(answered("a", 1s, usage));
  request(failed("a", ErrorKind::rate_limited));
  request(failed("a", ErrorKind::timeout));
  clock_.advance(8s);
  for (int i = 0; i < 4; ++i) metrics_.on_row_finished(outcome(domain::OutcomeKind::judged, true));
  const RunSummary summary = metrics_.summary();
  EXPECT_DOUBLE_EQ(summary.success_rate, 0.6);
  EXPECT_DOUBLE_EQ(summary.rate_limited_per_1000_rows, 250);
  EXPECT_DOUBLE_EQ(summary.tokens_per_request, 1000) << "of requests that told their usage";
  EXPECT_EQ(summary.time_per_row, 2s);
  EXPECT_DOUBLE_EQ(RunMetrics(clock_).summary().success_rate, 0) << "nothing happened yet";
}

TEST_F(RunMetricsTest, sums_tokens_and_splits_them_by_provider) {
  request(answered("a", 1s,
                   {.input = 1000, .cached_input = 600, .cache_write = 10, .output = 50, .reasoning = 20}));
  request(
      answered("b", 1s, {.input = 1000, .cached_input = 0, .cache_write = 0, .output = 70, .reasoning = 0}));
  request(failed("a", ErrorKind::rate_limited));
  const RunSummary summary = metrics_.summary();
  EXPECT_EQ(
      summary.usage,
      (domain::Usage{.input = 2000, .cached_input = 600, .cache_write = 10, .output = 120, .reasoning = 20}));
  EXPECT_DOUBLE_EQ(summary.prompt_cache_hit_rate, 0.3);
  ASSERT_EQ(summary.providers.size(), 2U);
  EXPECT_EQ(summary.providers[0].name, "a");
  EXPECT_EQ(summary.providers[0].requests, 2U);
  EXPECT_EQ(summary.providers[0].failed, 1U);
  EXPECT_EQ(summary.providers[0].usage.input, 1000U);
  EXPECT_EQ(summary.providers[1].requests, 1U);
  EXPECT_EQ(summary.providers[1].usage.output, 70U);
}

TEST_F(RunMetricsTest, counts_errors_and_retries_by_kind) {
  request(failed("a", ErrorKind::rate_limited));
  request(failed("a", ErrorKind::rate_limited));
  request(failed("a", ErrorKind::connect));
  metrics_.on_retry(ErrorKind::rate_limited, 2s);
  metrics_.on_retry(ErrorKind::io, 0s);
  const RunSummary summary = metrics_.summary();
  EXPECT_EQ(summary.errors, (std::vector<KindCount>{{ErrorKind::connect, 1}, {ErrorKind::rate_limited, 2}}));
  EXPECT_EQ(summary.retries, (std::vector<KindCount>{{ErrorKind::rate_limited, 1}, {ErrorKind::io, 1}}));
  EXPECT_EQ(metrics_.retries(), 2U);
  EXPECT_EQ(summary.requests, 3U);
}

TEST_F(RunMetricsTest, splits_errors_by_provider) {
  request(failed("a", ErrorKind::rate_limited));
  request(answered("b", 1s));
  request(failed("b", ErrorKind::refused));
  request(failed("a", ErrorKind::rate_limited));
  const RunSummary summary = metrics_.summary();
  ASSERT_EQ(summary.providers.size(), 2U);
  EXPECT_EQ(summary.providers[0].errors, (std::vector<KindCount>{{ErrorKind::rate_limited, 2}}));
  EXPECT_EQ(summary.providers[1].errors, (std::vector<KindCount>{{ErrorKind::refused, 1}}));
}

TEST_F(RunMetricsTest, latency_is_that_of_usable_answers) {
  request(answered("a", 2s));
  request(failed("a", ErrorKind::rate_limited));
  const LatencySummary latency = metrics_.summary().latency;
  EXPECT_EQ(latency.count, 1U);
  EXPECT_EQ(latency.p50, 2s);
  EXPECT_EQ(metrics_.summary().durations.count(), 1U);
  EXPECT_EQ(latency.max, 2s);
}

TEST_F(RunMetricsTest, batches_bring_tokens_and_money_but_are_no_requests) {
  metrics_.on_batch_finished({.provider = "p",
                              .rows = 10,
                              .answers = 9,
                              .usage = {.input = 900, .output = 90},
                              .cost = domain::Money(7, {})});
  const RunSummary summary = metrics_.summary();
  EXPECT_EQ(summary.requests, 0U);
  EXPECT_EQ(summary.batches, 1U);
  EXPECT_EQ(summary.batch_answers, 9U);
  EXPECT_EQ(summary.usage.input, 900U);
  EXPECT_EQ(summary.cost.amounts(), std::vector{domain::Money(7, {})});
  EXPECT_EQ(summary.tokens_per_request, 0);
  EXPECT_EQ(summary.latency.count, 0U);
}

TEST_F(RunMetricsTest, remembers_how_many_were_in_flight_at_most) {
  metrics_.on_request_started("a");
  metrics_.on_request_started("a");
  metrics_.on_request_started("b");
  EXPECT_EQ(metrics_.in_flight(), 3U);
  metrics_.on_request_finished(answered("a", 1s));
  metrics_.on_request_started("a");
  metrics_.on_request_finished(answered("a", 1s));
  EXPECT_EQ(metrics_.in_flight(), 2U);
  EXPECT_EQ(metrics_.summary().in_flight, 2U);
  EXPECT_EQ(metrics_.summary().max_in_flight, 3U);
}

TEST_F(RunMetricsTest, wall_time_runs_from_the_start_to_the_last_event) {
  clock_.advance(10s);  // settings are read
  metrics_.on_run_started(4);
  clock_.advance(2s);
  metrics_.on_row_finished(outcome(domain::OutcomeKind::judged));
  clock_.advance(2s);
  metrics_.on_row_finished(outcome(domain::OutcomeKind::judged));
  clock_.advance(60s);  // nothing happens any more
  const RunSummary summary = metrics_.summary();
  EXPECT_EQ(summary.wall_time, 4s);
  EXPECT_DOUBLE_EQ(summary.rows_per_second, 0.5);
}

TEST_F(RunMetricsTest, nothing_happened_is_all_zeros) {
  const RunSummary summary = metrics_.summary();
  EXPECT_EQ(summary.finished(), 0U);
  EXPECT_EQ(summary.wall_time, 0s);
  EXPECT_EQ(summary.rows_per_second, 0.0);
  EXPECT_EQ(summary.cache_hit_rate, 0.0);
  EXPECT_EQ(summary.prompt_cache_hit_rate, 0.0);
  EXPECT_TRUE(summary.providers.empty());
}

TEST_F(RunMetricsTest, keeps_why_a_provider_was_given_up) {
  metrics_.on_request_started("a");
  metrics_.on_provider_resting("a", Error{ErrorKind::connect, "refused"});
  EXPECT_TRUE(metrics_.summary().providers[0].is_down);
  metrics_.on_provider_back("a", std::chrono::seconds(62));
  EXPECT_FALSE(metrics_.summary().providers[0].is_down);
  EXPECT_EQ(metrics_.summary().providers[0].outages, 1U);
  EXPECT_EQ(metrics_.summary().providers[0].down, std::chrono::seconds(62));
  metrics_.on_provider_disabled("a", Error{ErrorKind::unauthorized, "the key was refused (401)"});
  ASSERT_EQ(metrics_.summary().providers.size(), 1U);
  EXPECT_EQ(metrics_.summary().providers[0].disabled_because, "the key was refused (401)");
}

}  // namespace
}  // namespace sv::metrics
