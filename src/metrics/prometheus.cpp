#include "metrics/prometheus.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace sv::metrics {

namespace {

using Labels = std::span<const std::pair<std::string_view, std::string_view>>;
using GivenLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string escaped_label(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

class Text {
 public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }

  // A sample of the metric that was begun; `suffix` is for the parts of a histogram.
  template <typename Value>
  void sample(GivenLabels labels, Value value, std::string_view suffix = {}) {
    sample(Labels(labels.begin(), labels.size()), value, suffix);
  }
  template <typename Value>
  void sample(Labels labels, Value value, std::string_view suffix = {}) {
    text_ += name_;
    text_ += suffix;
    char separator = '{';
    for (const auto& [label, label_value] : labels) {
      fmt::format_to(std::back_inserter(text_), "{}{}=\"{}\"", separator, label, escaped_label(label_value));
      separator = ',';
    }
    if (!labels.empty()) text_ += '}';
    fmt::format_to(std::back_inserter(text_), " {}\n", value);
  }

  std::string finish() { return std::move(text_); }

 private:
  std::string_view name_;
  std::string text_;
};

void add_rows(Text& text, const RunSummary& summary) {
  text.begin("statusvalidator_rows_total", "counter", "Rows finished, by what became of them.");
  text.sample({{"outcome", "judged"}}, summary.judged);
  text.sample({{"outcome", "cached"}}, summary.cached);
  text.sample({{"outcome", "decided"}}, summary.decided);
  text.sample({{"outcome", "unjudged"}}, summary.unjudged);
  text.sample({{"outcome", "skipped"}}, summary.skipped);
  text.begin("statusvalidator_verdicts_total", "counter", "Verdicts, by what they say.");
  text.sample({{"verdict", "valid"}}, summary.valid);
  text.sample({{"verdict", "invalid"}}, summary.invalid);
  text.sample({{"verdict", "needs_review"}}, summary.needs_review);
  text.begin("statusvalidator_cache_hits_total", "counter",
             "Rows answered without a request: by the answer cache, or as an identical row of this run.");
  text.sample({}, summary.cached);
}

void add_durations(Text& text, const DurationBuckets& durations) {
  text.begin("statusvalidator_llm_request_duration_seconds", "histogram",
             "How long requests with a usable answer took.");
  for (std::size_t i = 0; i < DurationBuckets::kBounds; ++i) {
    const std::string bound = fmt::format("{}", to_seconds(DurationBuckets::bound(i)));
    text.sample({{"le", bound}}, durations.at_most(i), "_bucket");
  }
  text.sample({{"le", "+Inf"}}, durations.count(), "_bucket");
  text.sample({}, durations.sum().count(), "_sum");
  text.sample({}, durations.count(), "_count");
}

// One bad byte and a scraper throws the whole file away.
std::string clean(const std::string& name) {
  return find_invalid_utf8(name) ? sanitize_for_terminal(name) : name;
}

std::string label_of(const ProviderSummary& provider) { return clean(provider.name); }

void add_providers(Text& text, const RunSummary& summary) {
  text.begin("statusvalidator_llm_hedges_total", "counter",
             "Requests about rows that were late at the end of the run, sent beside the first.");
  for (const ProviderSummary& provider : summary.providers) {
    text.sample({{"provider", label_of(provider)}}, provider.hedges);
  }
  text.begin("statusvalidator_llm_provider_outages_total", "counter",
             "How often a provider stopped answering.");
  for (const ProviderSummary& provider : summary.providers) {
    text.sample({{"provider", label_of(provider)}}, provider.outages);
  }
  text.begin("statusvalidator_llm_provider_up", "gauge",
             "1 while rows are sent to the provider, 0 while it does not answer or is given up.");
  for (const ProviderSummary& provider : summary.providers) {
    const bool is_up = !provider.is_down && provider.disabled_because.empty();
    text.sample({{"provider", label_of(provider)}}, is_up ? 1 : 0);
  }
}

void add_requests(Text& text, const RunSummary& summary) {
  text.begin("statusvalidator_llm_requests_total", "counter",
             "Requests finished, by provider: ok with a usable answer, else the kind of error.");
  for (const ProviderSummary& provider : summary.providers) {
    const std::string name = label_of(provider);
    text.sample({{"provider", name}, {"result", "ok"}},
                provider.requests - provider.failed - provider.cancelled);
    if (provider.cancelled > 0)
      text.sample({{"provider", name}, {"result", "cancelled"}}, provider.cancelled);
    for (const auto& [kind, count] : provider.errors) {
      text.sample({{"provider", name}, {"result", to_string(kind)}}, count);
    }
  }
  text.begin("statusvalidator_retries_total", "counter", "Rows asked again, by the reason for it.");
  for (const auto& [kind, count] : summary.retries) text.sample({{"reason", to_string(kind)}}, count);
  text.begin("statusvalidator_llm_in_flight", "gauge", "Requests sent and not yet answered.");
  text.sample({}, summary.in_flight);
}

// As Prometheus has OpenTelemetry's names: `gen_ai.client.operation.duration`, `gen_ai.client.token.usage`
// (user-experience.md section 5; the conventions are in development).
void add_gen_ai(Text& text, const RunSummary& summary) {
  const auto histogram = [&](const ProviderSummary& provider, std::string_view label, std::string_view value,
                             const auto& buckets, const auto& bound, auto sum) {
    const std::string name = label_of(provider);
    const std::string model = clean(provider.gen_ai.model);
    const auto sample = [&](std::string_view le, auto figure, std::string_view suffix) {
      std::vector<std::pair<std::string_view, std::string_view>> labels{
          {"gen_ai_operation_name", "chat"}, {"gen_ai_provider_name", name}, {"gen_ai_request_model", model}};
      if (!label.empty()) labels.emplace_back(label, value);
      if (!le.empty()) labels.emplace_back("le", le);
      text.sample(labels, figure, suffix);
    };
    for (std::size_t i = 0; i < buckets.kBounds; ++i) sample(bound(i), buckets.at_most(i), "_bucket");
    sample("+Inf", buckets.count(), "_bucket");
    sample({}, sum, "_sum");
    sample({}, buckets.count(), "_count");
  };
  text.begin("gen_ai_client_operation_duration_seconds", "histogram",
             "How long requests took: OpenTelemetry's gen_ai.client.operation.duration.");
  const auto seconds = [](std::size_t i) { return fmt::format("{}", to_seconds(DurationBuckets::bound(i))); };
  for (const ProviderSummary& provider : summary.providers) {
    const GenAiFigures& figures = provider.gen_ai;
    histogram(provider, {}, {}, figures.durations, seconds, figures.durations.sum().count());
    if (figures.failures.count() == 0) continue;
    histogram(provider, "error_type", "_OTHER", figures.failures, seconds, figures.failures.sum().count());
  }
  text.begin("gen_ai_client_token_usage", "histogram",
             "Billed tokens of a request: OpenTelemetry's gen_ai.client.token.usage.");
  const auto tokens = [](std::size_t i) { return fmt::format("{}", TokenBuckets::bound(i)); };
  for (const ProviderSummary& provider : summary.providers) {
    const GenAiFigures& figures = provider.gen_ai;
    histogram(provider, "gen_ai_token_type", "input", figures.input_tokens, tokens,
              figures.input_tokens.sum());
    histogram(provider, "gen_ai_token_type", "output", figures.output_tokens, tokens,
              figures.output_tokens.sum());
  }
}

// Providers are not trusted to count well: a part larger than its whole leaves nothing, not 2^64.
std::uint64_t without(std::uint64_t whole, std::uint64_t part) { return whole > part ? whole - part : 0; }

void add_tokens(Text& text, const domain::Usage& usage) {
  text.begin("statusvalidator_llm_tokens_total", "counter",
             "LLM tokens as the providers count them, each in one type only.");
  text.sample({{"type", "input_uncached"}},
              without(without(usage.input, usage.cached_input), usage.cache_write));
  text.sample({{"type", "input_cached"}}, usage.cached_input);
  text.sample({{"type", "input_cache_write"}}, usage.cache_write);
  text.sample({{"type", "output_answer"}}, without(usage.output, usage.reasoning));
  text.sample({{"type", "output_reasoning"}}, usage.reasoning);
}

// A metric for each currency: their amounts must not be summed up.
void add_cost(Text& text, const RunSummary& summary) {
  for (const domain::Money& total : summary.cost.amounts()) {
    const std::string code = fold_case(total.currency().code());
    const std::string name = fmt::format("statusvalidator_llm_cost_{}_total", code);
    text.begin(name, "counter", "Money spent on requests whose model's price is known, by provider.");
    for (const ProviderSummary& provider : summary.providers) {
      for (const domain::Money& amount : provider.cost.amounts()) {
        if (amount.currency() != total.currency()) continue;
        text.sample({{"provider", label_of(provider)}}, domain::to_decimal(amount));
      }
    }
  }
  text.begin("statusvalidator_llm_unpriced_tokens_total", "counter",
             "LLM tokens of models whose price is not known, by provider: their cost is in no other figure.");
  for (const ProviderSummary& provider : summary.providers) {
    text.sample({{"provider", label_of(provider)}}, provider.unpriced_tokens);
  }
}

constexpr std::array<std::pair<std::string_view, domain::LimitUse domain::ProviderLimits::*>, 2> kLimits{
    {{"rpm", &domain::ProviderLimits::requests}, {"tpm", &domain::ProviderLimits::tokens}}};

void add_limits(Text& text, const std::vector<domain::ProviderLimits>& limits) {
  text.begin("statusvalidator_rate_limit_utilization_ratio", "gauge",
             "Share of the provider's limit per minute that this run has used in the last 60 s.");
  for (const domain::ProviderLimits& provider : limits) {
    for (const auto& [kind, use] : kLimits) {
      const std::optional<double> used = (provider.*use).used();
      if (used) text.sample({{"provider", clean(provider.provider)}, {"kind", kind}}, *used);
    }
  }
  text.begin("statusvalidator_rate_limit_per_minute", "gauge",
             "The provider's limit, as it is set, told or found out.");
  for (const domain::ProviderLimits& provider : limits) {
    for (const auto& [kind, use] : kLimits) {
      const std::optional<std::uint64_t> limit = (provider.*use).per_minute;
      if (limit) text.sample({{"provider", clean(provider.provider)}, {"kind", kind}}, *limit);
    }
  }
  text.begin("statusvalidator_waiting_rows", "gauge", "Rows that wait to be sent, by what they wait for.");
  for (const domain::ProviderLimits& provider : limits) {
    for (std::size_t i = 0; i < domain::kWaitReasons; ++i) {
      const auto reason = static_cast<domain::WaitReason>(i);
      text.sample({{"provider", clean(provider.provider)}, {"reason", domain::to_string(reason)}},
                  provider.waiting_for(reason));
    }
  }
}

}  // namespace

std::string prometheus_text(const RunSummary& summary, std::string_view version) {
  Text text;
  add_rows(text, summary);
  add_requests(text, summary);
  add_providers(text, summary);
  add_limits(text, summary.limits);
  add_durations(text, summary.durations);
  add_tokens(text, summary.usage);
  add_gen_ai(text, summary);
  add_cost(text, summary);
  text.begin("statusvalidator_run_duration_seconds", "gauge",
             "From the start of the run to its last finished row or request.");
  text.sample({}, to_seconds(summary.wall_time));
  text.begin("statusvalidator_build_info", "gauge", "Always 1; the version stands in the label.");
  text.sample({{"version", version}}, 1);
  return text.finish();
}

}  // namespace sv::metrics
