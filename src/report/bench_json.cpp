#include "report/bench_text.hpp"
#include "report/json_line.hpp"

#include <chrono>

namespace sv::report {

namespace {

std::uint64_t milliseconds(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::round<std::chrono::milliseconds>(duration).count());
}

template <typename Cell, typename JsonOf>
std::string list_of(const std::vector<Cell>& cells, JsonOf json_of) {
  std::string list = "[";
  for (const Cell& cell : cells) {
    if (list.size() > 1) list += ',';
    list += json_of(cell);
  }
  return list + "]";
}

std::string founding_json(const FoundingCell& cell) {
  return JsonLine()
      .number("rows", cell.rows)
      .number("workers", cell.workers)
      .number("makespan_ms", milliseconds(cell.makespan))
      .real("speed_up", cell.speed_up)
      .finish();
}

std::string socket_json(const SocketCell& cell) {
  return JsonLine()
      .number("rows", cell.rows)
      .number("workers", cell.workers)
      .number("virtual_ms", milliseconds(cell.in_virtual_time))
      .number("over_sockets_ms", milliseconds(cell.over_sockets))
      .real("ratio", cell.ratio())
      .finish();
}

std::string workers_json(const WorkersCell& cell) {
  return JsonLine()
      .number("workers", cell.workers)
      .real("makespan_over_ideal", cell.makespan_over_ideal)
      .finish();
}

std::string limiter_json(const LimiterCell& cell) {
  return JsonLine()
      .text("limiter", cell.limiter)
      .text("told", cell.told)
      .real("makespan_over_ideal", cell.makespan_over_ideal)
      .real("refused_per_thousand", cell.refused_per_thousand)
      .finish();
}

std::string table_json(const LimiterTable& table) {
  return JsonLine()
      .number("rpm", table.rpm)
      .number("rows", table.rows)
      .raw("cells", list_of(table.cells, limiter_json))
      .finish();
}

std::string peer_json(const PeerCell& cell) {
  JsonLine line;
  line.text("client", cell.client).text("limiter", cell.limiter);
  line.real(cell.is_more ? "given_up_at" : "makespan_over_ideal", cell.makespan_over_ideal);
  if (!cell.is_more) line.real("refused_per_thousand", cell.refused_per_thousand);
  return line.finish();
}

std::string tail_json(const TailCell& cell) {
  return JsonLine()
      .boolean("over_sockets", cell.is_over_sockets)
      .number("rows", cell.rows)
      .number("rpm", cell.rpm)
      .number("latency_ms", milliseconds(cell.median_latency))
      .number("without_ms", milliseconds(cell.without))
      .number("with_ms", milliseconds(cell.with))
      .real("ratio", cell.ratio())
      .real("extra", cell.extra)
      .finish();
}

}  // namespace

std::string bench_json(const BenchReport& report) {
  return JsonLine()
      .text("type", "bench")
      .boolean("simulated", true)
      .number("seeds", report.seeds)
      .raw("founding", JsonLine()
                           .number("latency_ms", milliseconds(report.founding_latency))
                           .raw("cells", list_of(report.founding, founding_json))
                           .finish())
      .raw("sockets", JsonLine()
                          .number("latency_ms", milliseconds(report.socket_latency))
                          .raw("cells", list_of(report.sockets, socket_json))
                          .finish())
      .raw("workers", JsonLine()
                          .number("rows", report.workers_rows)
                          .number("latency_ms", milliseconds(report.workers_latency))
                          .raw("cells", list_of(report.workers, workers_json))
                          .finish())
      .raw("mixture", JsonLine()
                          .text("latency", report.mixture)
                          .number("workers", report.mixture_cell.workers)
                          .real("makespan_over_ideal", report.mixture_cell.makespan_over_ideal)
                          .finish())
      .raw("limiters", list_of(report.limiters, table_json))
      .raw("tail", list_of(report.tail, tail_json))
      .raw("peers", list_of(report.peers, peer_json))
      .number("faulty_runs", report.faulty_runs)
      .finish();
}

}  // namespace sv::report
