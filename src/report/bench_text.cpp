#include "report/bench_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace sv::report {

namespace {

using Line = std::vector<std::string>;

// Cells are ASCII. The first column is set flush left, the others right; the first line is the head.
std::string table(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths;
  for (const Line& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    std::string row = "  ";
    for (std::size_t i = 0; i < line.size(); ++i) {
      row +=
          i == 0 ? fmt::format("{:<{}}", line[i], widths[i]) : fmt::format("   {:>{}}", line[i], widths[i]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + '\n';
  }
  return text;
}

std::string seconds(Duration duration) { return fmt::format("{:g} s", to_seconds(duration)); }

// "0", or one digit after the point: a single 429 in 3,000 rows is 0.3.
std::string refused(double per_thousand) {
  return per_thousand == 0 ? "0" : fmt::format("{:.1f}", per_thousand);
}

// One line for each value of `name_of`, one column for each other difference, in the order of the cells.
template <typename Cell, typename NameOf, typename TextOf>
std::vector<Line> pivot(Line head, const std::vector<Cell>& cells, NameOf name_of, TextOf text_of) {
  std::vector<Line> lines{std::move(head)};
  for (const Cell& cell : cells) {
    const std::string name = name_of(cell);
    if (lines.size() == 1 || lines.back().front() != name) lines.push_back({name});
    lines.back().push_back(text_of(cell));
  }
  return lines;
}

// The limiters of the first line; the others have the same.
template <typename Cell, typename NameOf>
Line limiters_of(const std::vector<Cell>& cells, NameOf name_of) {
  Line head{""};
  for (const Cell& cell : cells) {
    if (name_of(cell) == name_of(cells.front())) head.push_back(cell.limiter);
  }
  return head;
}

std::string founding_table(const BenchReport& report) {
  Line head{""};
  for (const FoundingCell& cell : report.founding) {
    if (cell.rows != report.founding.front().rows) break;
    head.push_back(fmt::format("{} worker{}", cell.workers, cell.workers == 1 ? "" : "s"));
  }
  return table(pivot(
      std::move(head), report.founding,
      [](const FoundingCell& cell) { return fmt::format("{} rows", cell.rows); },
      [](const FoundingCell& cell) {
        return fmt::format("{:.1f} s  {:.1f}x", to_seconds(cell.makespan), cell.speed_up);
      }));
}

std::string socket_table(const BenchReport& report) {
  std::vector<Line> lines{{"", "virtual time", "over sockets", "ratio"}};
  for (const SocketCell& cell : report.sockets) {
    lines.push_back(
        {fmt::format("{} rows, {} worker{}", cell.rows, cell.workers, cell.workers == 1 ? "" : "s"),
         fmt::format("{:.3f} s", to_seconds(cell.in_virtual_time)),
         fmt::format("{:.3f} s", to_seconds(cell.over_sockets)), fmt::format("{:.2f}", cell.ratio())});
  }
  return table(lines);
}

std::string workers_table(const BenchReport& report) {
  Line head{"workers"};
  Line ratios{"makespan / ideal"};
  for (const WorkersCell& cell : report.workers) {
    head.push_back(std::to_string(cell.workers));
    ratios.push_back(fmt::format("{:.3f}", cell.makespan_over_ideal));
  }
  return table({std::move(head), std::move(ratios)});
}

std::string limiter_table(const LimiterTable& limits) {
  const auto told = [](const LimiterCell& cell) { return cell.told; };
  return table(pivot(limiters_of(limits.cells, told), limits.cells, told, [](const LimiterCell& cell) {
    return fmt::format("{:.2f}x, {}", cell.makespan_over_ideal, refused(cell.refused_per_thousand));
  }));
}

std::string tail_table(const std::vector<TailCell>& tail) {
  std::vector<Line> lines{{"", "without", "with", "ratio", "more requests"}};
  for (const TailCell& cell : tail) {
    lines.push_back({fmt::format("{} rows, {} a minute, {}{}", cell.rows, cell.rpm,
                                 seconds(cell.median_latency), cell.is_over_sockets ? ", over sockets" : ""),
                     fmt::format("{:.1f} s", to_seconds(cell.without)),
                     fmt::format("{:.1f} s", to_seconds(cell.with)), fmt::format("{:.2f}", cell.ratio()),
                     fmt::format("{:.1f} %", 100 * cell.extra)});
  }
  return table(lines);
}

std::string peer_table(const std::vector<PeerCell>& peers) {
  const auto client = [](const PeerCell& cell) { return cell.client; };
  return table(pivot(limiters_of(peers, client), peers, client, [](const PeerCell& cell) {
    if (cell.is_more) return fmt::format("> {:g}x", cell.makespan_over_ideal);
    return fmt::format("{:.2f}x, {:g}", cell.makespan_over_ideal, cell.refused_per_thousand);
  }));
}

}  // namespace

std::string render_bench(const BenchReport& report) {
  std::string text =
      "SIMULATION: played against the built-in simulated provider, not against a real one.\n"
      "Virtual time: minutes of waiting pass at once, and computing takes none.\n\n";
  text += fmt::format("1. One after another, and side by side: {} for each answer (virtual time; speed-up)\n",
                      seconds(report.founding_latency));
  text += founding_table(report);
  if (!report.sockets.empty()) {
    text += fmt::format("   Cross-check with real connections and a real clock, {} for each answer:\n",
                        seconds(report.socket_latency));
    text += socket_table(report);
  }
  text += fmt::format("\n2. {} rows, {} for each answer: makespan / (rows * latency / workers)\n",
                      report.workers_rows, seconds(report.workers_latency));
  text += workers_table(report);
  text += fmt::format("   {} with {} workers, against the greedy schedule: {:.3f}\n", report.mixture,
                      report.mixture_cell.workers, report.mixture_cell.makespan_over_ideal);
  bool is_first = true;
  for (const LimiterTable& limits : report.limiters) {
    text += fmt::format(
        "\n3. A limit of {} requests a minute, {} rows, nothing configured but the key: makespan / ideal,\n"
        "   429s per 1,000 rows. Medians of the seeds 1 to {}; latency lognormal, median 3 s.\n",
        limits.rpm, limits.rows, report.seeds);
    text += limiter_table(limits);
    if (std::exchange(is_first, false) && !report.peers.empty()) {
      text += "   The same, from an earlier simulation of other ways to work (5 seeds; not played here):\n";
      text += peer_table(report.peers);
    }
  }
  if (!report.tail.empty()) {
    text +=
        "\n4. One answer in a hundred takes ten times as long: without and with a second request for the "
        "rows\n"
        "   that are late at the end.\n";
    text += tail_table(report.tail);
  }
  if (report.faulty_runs > 0) {
    text += fmt::format("\n{} run(s) left a row unjudged, or asked again for one that was answered.\n",
                        report.faulty_runs);
  }
  return text;
}

}  // namespace sv::report
