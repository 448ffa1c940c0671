#include "metrics/run_metrics.hpp"

#include "base/clock.hpp"

#include <algorithm>

namespace sv::metrics {

namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

RunMetrics::RunMetrics(const Clock& clock)
    : clock_(&clock), started_at_(clock.now()), last_event_at_(started_at_) {}

void RunMetrics::on_run_started(std::uint64_t rows) {
  totals_.rows = rows;
  started_at_ = clock_->now();
  last_event_at_ = started_at_;
}

void RunMetrics::on_row_finished(const domain::Outcome& outcome) {
  last_event_at_ = clock_->now();
  switch (outcome.kind) {
    case domain::OutcomeKind::judged:
      ++totals_.judged;
      break;
    case domain::OutcomeKind::cached:
      ++totals_.cached;
      break;
    case domain::OutcomeKind::decided:
      ++totals_.decided;
      break;
    case domain::OutcomeKind::unjudged:
      ++totals_.unjudged;
      break;
    case domain::OutcomeKind::skipped:
      ++totals_.skipped;
      break;
  }
  if (outcome.has_verdict()) {
    ++(outcome.verdict.needs_review ? totals_.needs_review
       : outcome.verdict.is_valid   ? totals_.valid
                                    : totals_.invalid);
  }
}

void RunMetrics::on_request_started(std::string_view name) {
  provider(name);  // so that providers stand in the order in which they were first used
  ++in_flight_;
  totals_.max_in_flight = std::max(totals_.max_in_flight, in_flight_);
}

void RunMetrics::on_request_finished(const ports::RequestReport& report) {
  last_event_at_ = clock_->now();
  if (in_flight_ > 0) --in_flight_;
  ++totals_.requests;
  totals_.usage += report.usage;
  const std::size_t position = provider(report.provider);
  ProviderSummary& used = totals_.providers.at(position);
  ++used.requests;
  used.usage += report.usage;
  count_cost(report, used);
  if (used.gen_ai.model != report.model) used.gen_ai.model = report.model;
  if (report.usage != domain::Usage{}) {
    used.gen_ai.input_tokens.add(report.usage.input);
    used.gen_ai.output_tokens.add(report.usage.output);
  }
  if (report.is_flex) {
    ++totals_.flex_requests;
    if (report.cost) totals_.flex_cost.add(*report.cost);
  }
  if (report.error == ErrorKind::cancelled) {
    ++totals_.cancelled;
    ++used.cancelled;
  } else if (report.error) {
    ++errors_.at(static_cast<std::size_t>(*report.error));
    ++provider_errors_.at(position).at(static_cast<std::size_t>(*report.error));
    ++used.failed;
    used.gen_ai.failures.add(report.latency);
  } else {
    latency_.add(report.latency);
    used.gen_ai.durations.add(report.latency);
    totals_.durations.add(report.latency);
  }
}

void RunMetrics::on_batch_finished(const ports::BatchReport& report) {
  ProviderSummary& used = totals_.providers.at(provider(report.provider));
  last_event_at_ = clock_->now();
  ++totals_.batches;
  totals_.batch_answers += report.answers;
  totals_.usage += report.usage;
  used.usage += report.usage;
  batch_tokens_ += report.usage.input + report.usage.output;
  if (report.cost) {
    totals_.cost.add(*report.cost);
    used.cost.add(*report.cost);
    return;
  }
  totals_.unpriced_tokens += report.usage.input + report.usage.output;
  used.unpriced_tokens += report.usage.input + report.usage.output;
}

void RunMetrics::on_hedge(std::string_view name) {
  ++totals_.hedges;
  ++totals_.providers.at(provider(name)).hedges;
}

void RunMetrics::count_cost(const ports::RequestReport& report, ProviderSummary& used) {
  const std::uint64_t tokens = report.usage.input + report.usage.output;
  if (tokens == 0) return;
  ++counted_requests_;
  if (report.cost) {
    totals_.cost.add(*report.cost);
    used.cost.add(*report.cost);
    return;
  }
  totals_.unpriced_tokens += tokens;
  used.unpriced_tokens += tokens;
  used.unpriced_model = report.model;
}

void RunMetrics::on_retry(ErrorKind reason, Duration /*delay*/) {
  ++retries_.at(static_cast<std::size_t>(reason));
  ++retry_count_;
}

void RunMetrics::on_provider_resting(std::string_view name, const Error& /*last_failure*/) {
  ProviderSummary& resting = totals_.providers.at(provider(name));
  ++resting.outages;
  resting.is_down = true;
}

void RunMetrics::on_provider_back(std::string_view name, Duration after) {
  ProviderSummary& back = totals_.providers.at(provider(name));
  back.is_down = false;
  back.down += after;
}

void RunMetrics::on_provider_disabled(std::string_view name, const Error& error) {
  totals_.providers.at(provider(name)).disabled_because = error.message;
}

RunSummary RunMetrics::summary() const {
  RunSummary summary = totals_;
  summary.wall_time = last_event_at_ - started_at_;
  if (summary.wall_time > Duration::zero()) {
    summary.rows_per_second = static_cast<double>(summary.finished()) / to_seconds(summary.wall_time);
  }
  if (const auto rows = static_cast<Duration::rep>(summary.finished()); rows > 0) {
    summary.time_per_row = summary.wall_time / rows;
  }
  summary.latency = {.count = latency_.count(),
                     .p50 = latency_.percentile(0.50),
                     .p95 = latency_.percentile(0.95),
                     .p99 = latency_.percentile(0.99),
                     .max = latency_.max()};
  summary.retries = nonzero(retries_);
  summary.errors = nonzero(errors_);
  for (std::size_t i = 0; i < summary.providers.size(); ++i) {
    summary.providers.at(i).errors = nonzero(provider_errors_.at(i));
  }
  summary.in_flight = in_flight_;
  std::uint64_t failed = 0;
  for (const KindCount& error : summary.errors) failed += error.count;
  const std::uint64_t needed = summary.requests - summary.cancelled;
  summary.success_rate = share(needed - failed, needed);
  summary.rate_limited_per_1000_rows =
      1000 * share(summary.errors_of(ErrorKind::rate_limited), summary.finished());
  summary.tokens_per_request =
      share(summary.usage.input + summary.usage.output - batch_tokens_, counted_requests_);
  summary.cache_hit_rate = share(summary.cached, summary.judged + summary.cached + summary.unjudged);
  summary.prompt_cache_hit_rate = share(summary.usage.cached_input, summary.usage.input);
  return summary;
}

std::vector<KindCount> RunMetrics::nonzero(const Counts& counts) {
  std::vector<KindCount> kinds;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.at(i) != 0) kinds.push_back({static_cast<ErrorKind>(i), counts.at(i)});
  }
  return kinds;
}

std::size_t RunMetrics::provider(std::string_view name) {
  // A handful of providers: a walk is quicker than a hash.
  const auto found = std::ranges::find(totals_.providers, name, &ProviderSummary::name);
  const auto position = static_cast<std::size_t>(found - totals_.providers.begin());
  if (found != totals_.providers.end()) return position;
  ProviderSummary added;
  added.name = name;
  totals_.providers.push_back(std::move(added));
  provider_errors_.emplace_back();
  return position;
}

}  // namespace sv::metrics
