// What `status-validator bench` found out, as plain figures: everything against the built-in simulation, in
// virtual time but for the cells that say otherwise.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sv::report {

// Rows one after another, and side by side.
struct FoundingCell {
  std::uint64_t rows = 0;
  std::uint32_t workers = 0;
  Duration makespan{};  // from the start to the last outcome
  double speed_up = 0;  // over one worker
};

// The same job twice: in virtual time, and with real connections and a real clock.
struct SocketCell {
  std::uint64_t rows = 0;
  std::uint32_t workers = 0;
  Duration in_virtual_time{};
  Duration over_sockets{};
  double ratio() const { return to_seconds(over_sockets) / to_seconds(in_virtual_time); }
};

struct WorkersCell {
  std::uint32_t workers = 0;
  double makespan_over_ideal = 0;  // ideal: rows * latency / workers, or the greedy schedule for the mixture
};

// Medians over the seeds.
struct LimiterCell {
  std::string limiter;  // as `simulate llm --limiter` calls it
  std::string told;     // what the provider tells of its limit
  double makespan_over_ideal = 0;
  double refused_per_thousand = 0;  // 429s per 1,000 rows
};

struct LimiterTable {
  std::uint64_t rpm = 0;
  std::uint64_t rows = 0;
  std::vector<LimiterCell> cells;  // the same limiters, in the same order, for each `told`
};

// The same rows with and without a second request for those that are late at the end; medians over the seeds,
// of a single run over sockets.
struct TailCell {
  bool is_over_sockets = false;
  std::uint64_t rows = 0;
  std::uint64_t rpm = 0;
  Duration median_latency{};
  Duration without{};
  Duration with{};
  double extra = 0;  // second requests, as a share of the rows
  double ratio() const { return to_seconds(with) / to_seconds(without); }
};

// Another way to work, from an earlier simulation: not played by this command.
struct PeerCell {
  std::string client;
  std::string limiter;
  double makespan_over_ideal = 0;
  bool is_more = false;             // it was given up at makespan_over_ideal
  double refused_per_thousand = 0;  // means nothing when is_more
};

struct BenchReport {
  std::uint64_t seeds = 0;  // 1 to this
  Duration founding_latency{};
  std::vector<FoundingCell> founding;  // the same workers, in the same order, for each number of rows
  Duration socket_latency{};
  std::vector<SocketCell> sockets;  // may be empty
  std::uint64_t workers_rows = 0;
  Duration workers_latency{};
  std::vector<WorkersCell> workers;
  std::string mixture;  // the latencies, as `simulate llm --latency` takes them
  WorkersCell mixture_cell;
  std::vector<LimiterTable> limiters;
  std::vector<TailCell> tail;     // 1 % of the answers take ten times as long
  std::vector<PeerCell> peers;    // of the first table of `limiters`
  std::uint64_t faulty_runs = 0;  // runs with a row that was not judged, or was answered twice
};

}  // namespace sv::report
