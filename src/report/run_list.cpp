#include "report/run_list.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "report/json_line.hpp"
#include "report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace sv::report {

namespace {

constexpr std::size_t kLabelColumns = 11;
constexpr std::size_t kColumns = 9;
constexpr std::size_t kNameColumns = 40;

using words::Phrasebook;

using Cells = std::array<std::string, kColumns>;

std::string costs_text(const domain::Costs& costs, Language language) {
  std::string text;
  for (const domain::Money& amount : costs.amounts()) {
    if (!text.empty()) text += " + ";
    text += money_text(amount, language);
  }
  return text.empty() ? "–" : text;
}

std::string shown(std::string_view name) { return shorten(sanitize_for_terminal(name), kNameColumns); }

std::string target_text(const ports::RunRecord& run, const Phrasebook& in) {
  return run.target.empty() ? in.translate("nothing written, from " + shown(run.source)) : shown(run.target);
}

Cells cells_of(const ports::RunRecord& run, const Phrasebook& in) {
  return {shown(run.run_id),
          format_check_date(run.started_at),
          in.translate(state_of(run)),
          grouped(run.rows),
          grouped(run.progress.judged + run.progress.cached + run.progress.decided),
          grouped(missing_rows(run)),
          grouped(run.requests),
          costs_text(run.cost, in.language()),
          target_text(run, in)};
}

// Left-aligned words, right-aligned numbers.
bool is_number(std::size_t column) { return column >= 3 && column <= 7; }

std::string table_of(const std::vector<Cells>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::string padding(widths[i] - display_width(row[i]), ' ');
      if (i > 0) text += "  ";
      if (is_number(i)) text += padding + row[i];
      if (!is_number(i)) text += i + 1 == kColumns ? row[i] : row[i] + padding;
    }
    text += '\n';
  }
  return text;
}

bool can_go_on(const ports::RunRecord& run) { return !run.is_finished() && run.holder.empty(); }

std::uint64_t rows_under_way(const ports::RunRecord& run) {
  std::uint64_t rows = 0;
  for (const ports::OpenBatch& batch : run.open_batches) rows += batch.keys.size();
  return rows;
}

// " (2 batches with 1,200 rows are under way)"; empty: none is.
std::string batches_text(const ports::RunRecord& run) {
  if (run.open_batches.empty()) return {};
  const std::uint64_t rows = rows_under_way(run);
  const bool is_one = run.open_batches.size() == 1;
  return fmt::format(" ({} {} with {} {} {} under way)", grouped(run.open_batches.size()),
                     is_one ? "batch" : "batches", grouped(rows), rows == 1 ? "row" : "rows",
                     is_one ? "is" : "are");
}

// What to do about a run; empty: nothing.
std::string advice_for(const ports::RunRecord& run) {
  if (!run.holder.empty()) return fmt::format("{} is being worked on by {}\n", run.run_id, run.holder);
  if (can_go_on(run)) {
    return fmt::format("{} can go on{}: status-validator resume {}\n", run.run_id, batches_text(run),
                       run.run_id);
  }
  if (run.progress.unjudged > 0) {
    return fmt::format("{} left {} {} without a verdict: status-validator retry {}\n", run.run_id,
                       grouped(run.progress.unjudged), run.progress.unjudged == 1 ? "row" : "rows",
                       run.run_id);
  }
  return {};
}

}  // namespace

std::string_view state_of(const ports::RunRecord& run) {
  if (run.end) return ports::to_string(*run.end);
  return run.holder.empty() ? "killed" : "running";
}

std::uint64_t missing_rows(const ports::RunRecord& run) {
  const std::uint64_t done =
      run.progress.judged + run.progress.cached + run.progress.decided + run.progress.skipped;
  return run.rows > done ? run.rows - done : 0;
}

std::string render_runs(std::span<const ports::RunRecord> runs, const Phrasebook& in) {
  if (runs.empty()) return in.translate("no runs yet\n");
  std::vector<Cells> rows = {
      {"run", "started", "state", "rows", "verdicts", "missing", "requests", "cost", "output"}};
  for (std::string& cell : rows.front()) cell = in.translate(cell);
  std::string advice;
  std::vector<std::string_view> advised;  // the latest run of each target is the one that counts
  for (const ports::RunRecord& run : runs) {
    rows.push_back(cells_of(run, in));
    if (std::ranges::find(advised, run.target) != advised.end()) continue;
    advised.emplace_back(run.target);
    advice += in.translate(advice_for(run));
  }
  return table_of(rows) + (advice.empty() ? "" : "\n" + advice);
}

std::string runs_json(std::span<const ports::RunRecord> runs) {
  std::string lines;
  for (const ports::RunRecord& run : runs) {
    JsonLine line;
    line.text("type", "run")
        .text("run", run.run_id)
        .text("state", state_of(run))
        .text("source", run.source)
        .text("target", run.target)
        .number("started_at_ms", static_cast<std::uint64_t>(run.started_at.time_since_epoch().count()))
        .number("processes", run.processes)
        .number("rows", run.rows)
        .number("judged", run.progress.judged)
        .number("cached", run.progress.cached)
        .number("decided", run.progress.decided)
        .number("unjudged", run.progress.unjudged)
        .number("skipped", run.progress.skipped)
        .number("written", run.progress.written)
        .number("missing", missing_rows(run))
        .number("requests", run.requests)
        .number("answers", run.answers)
        .number("failures", run.failures)
        .number("open_requests", run.open_requests())
        .number("batch_rows", run.batch_rows)
        .number("open_batches", run.open_batches.size())
        .number("open_batch_rows", rows_under_way(run))
        .number("damaged_lines", run.damaged_lines)
        .text("cost", costs_text(run.cost, Language::english))
        .text("journal", run.path);
    if (run.holder.empty()) line.null("holder");
    if (!run.holder.empty()) line.text("holder", run.holder);
    lines += line.finish() + "\n";
  }
  return lines;
}

std::string render_run(const ports::RunRecord& run, const Phrasebook& in) {
  std::string text;
  const auto fact = [&](std::string_view label, const std::string& value) {
    const std::size_t columns = in.language() == Language::english ? kLabelColumns - 1 : kLabelColumns;
    text += fmt::format("{:<{}}{}\n", in.translate(label), columns, in.translate(value));
  };
  fact("run", shown(run.run_id));
  fact("state", run.holder.empty() ? std::string(state_of(run)) : fmt::format("running, by {}", run.holder));
  fact("started",
       format_check_date(run.started_at) +
           (run.processes > 1 ? fmt::format(", by {} processes one after the other", run.processes) : ""));
  if (run.ended_at) fact("ended", format_check_date(*run.ended_at));
  fact("source", sanitize_for_terminal(run.source));
  fact("output", run.target.empty() ? "none" : sanitize_for_terminal(run.target));
  const std::string decided =
      run.progress.decided == 0 ? "" : fmt::format(" {} by checks,", grouped(run.progress.decided));
  fact("rows", fmt::format("{}: {} judged, {} cached,{} {} without a verdict, {} skipped, {} not reached",
                           grouped(run.rows), grouped(run.progress.judged), grouped(run.progress.cached),
                           decided, grouped(run.progress.unjudged), grouped(run.progress.skipped),
                           grouped(run.rows - std::min(run.rows, run.progress.finished()))));
  std::string requests = fmt::format("{}: {} answered, {} failed", grouped(run.requests),
                                     grouped(run.answers), grouped(run.failures));
  if (run.open_requests() > 0) {
    requests += run.holder.empty() ? fmt::format(", {} lost with the process that had sent them",
                                                 grouped(run.open_requests()))
                                   : fmt::format(", {} under way", grouped(run.open_requests()));
  }
  fact("requests", requests);
  if (run.last_batch > 0) {
    fact("batches",
         fmt::format("{} rows in batches that have ended, {} in {} under way", grouped(run.batch_rows),
                     grouped(rows_under_way(run)), grouped(run.open_batches.size())));
  }
  fact("cost", costs_text(run.cost, in.language()));
  fact("journal", sanitize_for_terminal(run.path));
  if (run.damaged_lines > 0) {
    fact("damaged", fmt::format("{} {} of the journal, passed over", run.damaged_lines,
                                run.damaged_lines == 1 ? "line" : "lines"));
  }
  if (const std::string advice = advice_for(run); !advice.empty()) text += "\n" + in.translate(advice);
  return text;
}

}  // namespace sv::report
