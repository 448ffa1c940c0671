#include "report/run_page.hpp"

#include "report/json_line.hpp"
#include "report/run_list.hpp"
#include "report/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>

namespace sv::report {

namespace {

constexpr std::string_view kVerdictLetters = "-vir";  // in the order of ports::RowVerdict

template <typename Range, typename Append>
std::string json_array(const Range& range, Append append) {
  std::string json = "[";
  for (const auto& element : range) {
    if (json.size() > 1) json += ',';
    append(element, json);
  }
  return json + "]";
}

std::uint64_t unix_ms(WallTime when) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(when.time_since_epoch().count(), 0));
}

std::uint64_t milliseconds(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

std::string costs_json(const domain::Costs& costs) {
  return json_array(costs.amounts(), [](const domain::Money& amount, std::string& json) {
    json += fmt::format("[{},", amount.trillionths());
    append_json_text(json, amount.currency().code());
    json += ']';
  });
}

std::string usage_json(const domain::Usage& usage) {
  return fmt::format("[{},{},{},{}]", usage.input, usage.cached_input, usage.output, usage.reasoning);
}

std::string latency_json(const metrics::LatencyHistogram& latency) {
  return fmt::format("[{},{},{},{}]", milliseconds(latency.percentile(0.5)),
                     milliseconds(latency.percentile(0.95)), milliseconds(latency.percentile(0.99)),
                     milliseconds(latency.max()));
}

std::string pairs_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  return json_array(pairs, [](const auto& pair, std::string& json) {
    json += '[';
    append_json_text(json, pair.first);
    json += ',';
    append_json_text(json, pair.second);
    json += ']';
  });
}

std::string classes_json(const SizeClasses& sizes) {
  return json_array(sizes.classes(), [](const auto& size_class, std::string& json) {
    json += fmt::format("[{},{}]", size_class.first, size_class.second);
  });
}

std::string counts_json(const RowCounts& counts) {
  JsonLine line;
  line.number("rows", counts.rows)
      .number("judged", counts.judged)
      .number("cached", counts.cached)
      .number("decided", counts.decided)
      .number("unjudged", counts.unjudged)
      .number("skipped", counts.skipped)
      .number("valid", counts.valid)
      .number("invalid", counts.invalid)
      .number("review", counts.needs_review);
  return line.finish();
}

// [usable answers, failures, 429s, in flight ms, samples, [waiting…]] for each slice.
std::string time_line_json(const TimeLine& line) {
  std::string json = fmt::format("{{\"step_ms\":{},\"slices\":", line.step_ms());
  json += json_array(line.slices(), [](const TimeSlice& slice, std::string& one) {
    one += fmt::format("[{},{},{},{},{},[", slice.answers, slice.failures, slice.rate_limited,
                       slice.in_flight_ms, slice.samples);
    for (std::size_t i = 0; i < slice.waiting.size(); ++i)
      one += fmt::format("{}{}", i == 0 ? "" : ",", slice.waiting.at(i));
    one += "]]";
  });
  return json + "}";
}

std::string wait_names_json(domain::Language language) {
  std::string json = "[";
  for (std::size_t i = 0; i < domain::kWaitReasons; ++i) {
    if (i > 0) json += ',';
    append_json_text(json, wait_text(static_cast<domain::WaitReason>(i), language));
  }
  return json + "]";
}

// [name as in logs, as people call it, count]
std::string errors_json(const std::map<std::string, std::uint64_t>& errors, domain::Language language) {
  return json_array(errors, [language](const auto& error, std::string& json) {
    json += '[';
    append_json_text(json, error.first);
    json += ',';
    append_json_text(json, kind_text(std::string_view(error.first), language));
    json += fmt::format(",{}]", error.second);
  });
}

std::string providers_json(const std::vector<ProviderFigures>& providers) {
  return json_array(providers, [](const ProviderFigures& provider, std::string& json) {
    JsonLine line;
    line.text("name", provider.name)
        .text("model", provider.model)
        .number("requests", provider.requests)
        .number("failures", provider.failures)
        .raw("tokens", usage_json(provider.usage))
        .raw("cost", costs_json(provider.cost))
        .raw("latency", latency_json(provider.latency));
    json += line.finish();
  });
}

std::string_view name_of(Gap gap) {
  switch (gap) {
    case Gap::waits:
      return "waits";
    case Gap::rows_changed:
      return "rows_changed";
    case Gap::rows_gone:
      return "rows_gone";
    case Gap::verdicts_lost:
      return "verdicts_lost";
    case Gap::reasons_lost:
      return "reasons_lost";
    case Gap::states_lost:
      return "states_lost";
    case Gap::requests_lost:
      return "requests_lost";
    case Gap::rows_left_out:
      return "rows_left_out";
  }
  return "";
}

std::string earlier_json(const EarlierRun& earlier) {
  JsonLine line;
  line.text("run", earlier.run_id)
      .number("started_ms", unix_ms(earlier.started_at))
      .boolean("asked_the_same", earlier.asked_the_same)
      .raw("gone", json_array(earlier.gone, [](const ports::RowState& row, std::string& json) {
             json += fmt::format("[{},", row.number);
             append_json_text(json, row.identifier);
             json += ',';
             append_json_text(json, row.manager);
             json += fmt::format(",\"{}\"]", kVerdictLetters[static_cast<std::size_t>(row.verdict)]);
           }));
  return line.finish();
}

std::string run_json(const RunPage& page) {
  const ports::RunRecord& run = page.run;
  JsonLine line;
  line.text("id", run.run_id)
      .text("state", state_of(run))
      .text("stopped_because", page.stopped_because)
      .number("started_ms", unix_ms(run.started_at))
      .number("last_started_ms", unix_ms(run.last_started_at))
      .number("ended_ms", run.ended_at ? unix_ms(*run.ended_at) : 0)
      .number("processes", run.processes)
      .text("source", run.source)
      .text("target", run.target)
      .text("row_link", page.row_link);
  return line.finish();
}

std::string columns_json(const domain::MappedColumns& columns) {
  JsonLine line;
  line.boolean("date", columns.completion_date)
      .boolean("identifier", columns.identifier)
      .boolean("manager", columns.project_manager);
  return line.finish();
}

}  // namespace

std::string run_page_json(const RunPage& page, const RequestFigures& figures, const TimeLine* waits) {
  TimeLine time_line = figures.time_line();
  if (waits != nullptr) time_line.add(*waits);
  domain::Usage usage = figures.usage();
  usage += page.run.batch_usage;
  JsonLine line;
  line.number("format", 1U)
      .text("language", domain::language_code(page.language))
      .text("program", page.program)
      .number("made_ms", unix_ms(page.made_at))
      .boolean("made_later", page.is_made_later)
      .raw("run", run_json(page))
      .raw("columns", columns_json(page.columns))
      .raw("counts", counts_json(page.counts))
      .number("rows_announced", page.run.rows)
      .raw("cost", costs_json(page.run.cost))
      .number("unpriced", figures.unpriced())
      .number("requests", figures.requests())
      .number("answers", figures.answers())
      .number("open", figures.open())
      .number("batch_rows", page.run.batch_rows)
      .raw("tokens", usage_json(usage))
      .raw("latency", latency_json(figures.latency()))
      .raw("latencies", classes_json(figures.latencies()))
      .raw("costs", classes_json(figures.costs()))
      .raw("errors", errors_json(figures.errors(), page.language))
      .raw("providers", providers_json(figures.providers()))
      .raw("time_line", time_line_json(time_line))
      .raw("wait_names", wait_names_json(page.language))
      .boolean("knows_waits", waits != nullptr)
      .raw("settings", pairs_json(page.settings))
      .raw("hashes", pairs_json(page.hashes))
      .text("rules", page.rules_text)
      .raw("gaps", json_array(page.gaps, [](const GapCount& gap, std::string& json) {
             json += fmt::format("[\"{}\",{}]", name_of(gap.gap), gap.count);
           }));
  if (page.earlier) line.raw("earlier", earlier_json(*page.earlier));
  return line.finish();
}

}  // namespace sv::report
