#include "cli/bench_peers.hpp"

#include <array>

namespace sv::cli {

namespace {

struct Figure {
  double makespan_over_ideal;
  double refused_per_thousand;
  bool is_more = false;
};

struct Peer {
  const char* client;
  std::array<Figure, 5> figures;  // in the order of kLimiters
};

constexpr std::array kLimiters{"bucket60", "bucket1", "win1", "win10", "win60"};

// pacing.md section 3, where the 429s are per 100 rows.
constexpr std::array kPeers{
    Peer{"5 workers, a fixed pool", {{{6.66, 0}, {5.56, 0}, {5.34, 0}, {5.56, 0}, {6.66, 0}}}},
    Peer{"50 workers, SDK back-off",
         {{{1.02, 910}, {1.01, 1'440}, {1.02, 1'420}, {1.01, 1'810}, {1.13, 570}}}},
    // OpenAI's api_request_parallel_processor.py: 15 s of pause for everybody after each 429.
    Peer{"OpenAI cookbook script", {{{1.01, 0}, {15, 0, true}, {15, 0, true}, {1.51, 12}, {1.06, 7}}}},
};

}  // namespace

std::vector<report::PeerCell> bench_peers() {
  std::vector<report::PeerCell> cells;
  for (const Peer& peer : kPeers) {
    for (std::size_t i = 0; i < kLimiters.size(); ++i) {
      const Figure& figure = peer.figures.at(i);
      cells.push_back({.client = peer.client,
                       .limiter = kLimiters.at(i),
                       .makespan_over_ideal = figure.makespan_over_ideal,
                       .is_more = figure.is_more,
                       .refused_per_thousand = figure.refused_per_thousand});
    }
  }
  return cells;
}

}  // namespace sv::cli
