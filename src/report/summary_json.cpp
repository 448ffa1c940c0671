#include "report/json_line.hpp"
#include "report/limits_json.hpp"
#include "report/summary.hpp"

#include <chrono>

namespace sv::report {

namespace {

std::uint64_t milliseconds(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::round<std::chrono::milliseconds>(duration).count());
}

std::string tokens_json(const domain::Usage& usage) {
  return JsonLine()
      .number("input", usage.input)
      .number("cached_input", usage.cached_input)
      .number("cache_write", usage.cache_write)
      .number("output", usage.output)
      .number("reasoning", usage.reasoning)
      .finish();
}

// By currency: the amounts are exact, and not to be added up.
std::string cost_json(const domain::Costs& costs) {
  JsonLine line;
  for (const domain::Money& amount : costs.amounts()) {
    line.raw(amount.currency().code(), domain::to_decimal(amount));
  }
  return line.finish();
}

std::string kinds_json(const std::vector<metrics::KindCount>& kinds) {
  JsonLine line;
  for (const auto& [kind, count] : kinds) line.number(to_string(kind), count);
  return line.finish();
}

std::string latency_json(const metrics::LatencySummary& latency) {
  return JsonLine()
      .number("count", latency.count)
      .number("p50", milliseconds(latency.p50))
      .number("p95", milliseconds(latency.p95))
      .number("p99", milliseconds(latency.p99))
      .number("max", milliseconds(latency.max))
      .finish();
}

std::string providers_json(const std::vector<metrics::ProviderSummary>& providers) {
  std::string list = "[";
  for (const metrics::ProviderSummary& provider : providers) {
    if (list.size() > 1) list += ',';
    JsonLine line;
    line.text("name", provider.name)
        .number("requests", provider.requests)
        .number("failed", provider.failed)
        .number("cancelled", provider.cancelled)
        .number("hedges", provider.hedges)
        .number("outages", provider.outages)
        .number("down_ms", milliseconds(provider.down))
        .raw("tokens", tokens_json(provider.usage))
        .raw("cost", cost_json(provider.cost))
        .number("unpriced_tokens", provider.unpriced_tokens);
    if (provider.unpriced_model.empty()) {
      line.null("unpriced_model");
    } else {
      line.text("unpriced_model", provider.unpriced_model);
    }
    if (provider.disabled_because.empty()) {
      line.null("disabled_because");
    } else {
      line.text("disabled_because", provider.disabled_because);
    }
    list += line.finish();
  }
  return list + "]";
}

}  // namespace

std::string summary_json(const metrics::RunSummary& summary) {
  return JsonLine()
      .text("type", "summary")
      .number("rows", summary.rows)
      .number("judged", summary.judged)
      .number("cached", summary.cached)
      .number("decided", summary.decided)
      .number("unjudged", summary.unjudged)
      .number("skipped", summary.skipped)
      .number("valid", summary.valid)
      .number("invalid", summary.invalid)
      .number("needs_review", summary.needs_review)
      .number("wall_time_ms", milliseconds(summary.wall_time))
      .real("rows_per_second", summary.rows_per_second)
      .real("time_per_row_ms", 1000 * to_seconds(summary.time_per_row))
      .number("requests", summary.requests)
      .number("batches", summary.batches)
      .number("batch_answers", summary.batch_answers)
      .number("flex_requests", summary.flex_requests)
      .raw("flex_cost", cost_json(summary.flex_cost))
      .number("hedges", summary.hedges)
      .number("cancelled", summary.cancelled)
      .real("success_rate", summary.success_rate)
      .number("max_in_flight", summary.max_in_flight)
      .raw("latency_ms", latency_json(summary.latency))
      .raw("retries", kinds_json(summary.retries))
      .raw("errors", kinds_json(summary.errors))
      .real("rate_limited_per_1000_rows", summary.rate_limited_per_1000_rows)
      .raw("tokens", tokens_json(summary.usage))
      .real("tokens_per_request", summary.tokens_per_request)
      .raw("cost", cost_json(summary.cost))
      .number("unpriced_tokens", summary.unpriced_tokens)
      .real("cache_hit_rate", summary.cache_hit_rate)
      .real("prompt_cache_hit_rate", summary.prompt_cache_hit_rate)
      .raw("providers", providers_json(summary.providers))
      .raw("limits", limits_json(summary.limits))
      .finish();
}

}  // namespace sv::report
