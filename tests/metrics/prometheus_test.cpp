#include "metrics/prometheus.hpp"

#include "metrics/prometheus_lines.hpp"
#include "support/golden.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sv::metrics {
namespace {

using namespace std::chrono_literals;

// A run with something of everything, still going on.
RunSummary sample() {
  RunSummary summary;
  summary.rows = 20;
  summary.judged = 7;
  summary.cached = 3;
  summary.unjudged = 1;
  summary.skipped = 2;
  summary.wall_time = 12'500ms;
  summary.requests = 11;
  summary.in_flight = 4;
  for (const Duration duration : {Duration(9ms), Duration(10ms), Duration(10'000'001ns), Duration(640ms),
                                  Duration(1s), Duration(81'920ms), Duration(90s)}) {
    summary.durations.add(duration);
  }
  summary.retries = {{ErrorKind::timeout, 1}, {ErrorKind::rate_limited, 2}};
  summary.usage = {
      .input = 9'000, .cached_input = 6'000, .cache_write = 500, .output = 800, .reasoning = 300};
  ProviderSummary main;
  main.name = "open\"ai\\\nх";
  main.requests = 9;
  main.failed = 4;
  main.errors = {{ErrorKind::timeout, 1}, {ErrorKind::rate_limited, 2}, {ErrorKind::refused, 1}};
  ProviderSummary backup;
  backup.name = "backup";
  backup.requests = 2;
  main.gen_ai.model = "gpt-4o-mini";
  for (const Duration duration : {Duration(10ms), Duration(700ms), Duration(2min)})
    main.gen_ai.durations.add(duration);
  main.gen_ai.failures.add(1s);
  main.gen_ai.input_tokens.add(1'100);
  main.gen_ai.output_tokens.add(64);
  main.gen_ai.output_tokens.add(65);
  main.cost.add(domain::Money(41'200'000'050, domain::Currency()));
  backup.cost.add(domain::Money(12'500'000'000'000, *domain::Currency::parse("RUB")));
  backup.unpriced_tokens = 77;
  for (const ProviderSummary* provider : {&main, &backup}) {
    for (const domain::Money& amount : provider->cost.amounts()) summary.cost.add(amount);
  }
  summary.providers = {main, backup};
  domain::ProviderLimits limits{.provider = main.name,
                                .requests = {.per_minute = 500, .last_minute = 485},
                                .tokens = {.per_minute = 200'000, .last_minute = 50'000}};
  limits.waiting_for(domain::WaitReason::requests) = 9;
  limits.waiting_for(domain::WaitReason::back_off) = 1;
  summary.limits = {limits, {.provider = "backup\xff"}};
  return summary;
}

TEST(Prometheus, the_text_is_as_agreed_with_its_readers) {
  const std::string text = prometheus_text(sample(), "1.2.3");
  support::expect_golden("metrics/golden/run.prom", text);
  lint_prometheus(text);
}

TEST(Prometheus, nothing_has_happened_yet_and_the_text_is_whole) {
  const auto samples = lint_prometheus(prometheus_text({}, "1.2.3"));
  EXPECT_EQ(samples.at("statusvalidator_rows_total{outcome=\"judged\"}"), 0);
  EXPECT_EQ(samples.at("statusvalidator_llm_request_duration_seconds_bucket{le=\"+Inf\"}"), 0);
  EXPECT_EQ(sum_of(samples, "statusvalidator_llm_requests_total"), 0);
}

TEST(Prometheus, series_of_a_counter_add_up_without_counting_twice) {
  const RunSummary summary = sample();
  const auto samples = lint_prometheus(prometheus_text(summary, "1.2.3"));
  EXPECT_EQ(sum_of(samples, "statusvalidator_rows_total"), summary.finished());
  EXPECT_EQ(sum_of(samples, "statusvalidator_llm_requests_total"), summary.requests);
  EXPECT_EQ(sum_of(samples, "statusvalidator_llm_tokens_total"), summary.usage.input + summary.usage.output);
  EXPECT_EQ(sum_of(samples, "statusvalidator_retries_total"), 3);
}

TEST(Prometheus, a_provider_that_counts_its_tokens_wrongly_does_no_harm) {
  RunSummary summary;
  summary.usage = {.input = 10, .cached_input = 20, .cache_write = 5, .output = 1, .reasoning = 2};
  const auto samples = lint_prometheus(prometheus_text(summary, "1.2.3"));
  EXPECT_EQ(samples.at("statusvalidator_llm_tokens_total{type=\"input_uncached\"}"), 0);
  EXPECT_EQ(samples.at("statusvalidator_llm_tokens_total{type=\"output_answer\"}"), 0);
}

RC_GTEST_PROP(Prometheus, any_name_of_a_provider_leaves_the_text_well_formed, (const std::string& name)) {
  RunSummary summary = sample();
  summary.providers.front().name = "p" + name;
  const std::string text = prometheus_text(summary, name);
  // The strict reader takes lines as they come, so a broken one shows in their number.
  const std::string plain = prometheus_text(sample(), "1.2.3");
  RC_ASSERT(std::ranges::count(text, '\n') == std::ranges::count(plain, '\n'));
  RC_ASSERT(lint_prometheus(text).size() == lint_prometheus(plain).size());
}

RC_GTEST_PROP(DurationBuckets, count_what_took_at_most_their_bound,
              (const std::vector<std::uint32_t>& micros)) {
  DurationBuckets buckets;
  double sum = 0;
  for (const std::uint32_t value : micros) {
    buckets.add(std::chrono::microseconds(value % 200'000'000));
    sum += value % 200'000'000;
  }
  RC_ASSERT(buckets.count() == micros.size());
  RC_ASSERT(std::abs(buckets.sum().count() - sum / 1e6) <= sum * 1e-12);
  for (std::size_t i = 0; i < DurationBuckets::kBounds; ++i) {
    const auto below = std::ranges::count_if(micros, [i](std::uint32_t value) {
      return std::chrono::microseconds(value % 200'000'000) <= DurationBuckets::bound(i);
    });
    RC_ASSERT(buckets.at_most(i) == static_cast<std::uint64_t>(below));
  }
}

}  // namespace
}  // namespace sv::metrics
