// How other ways to work fared at the same limiters, for comparison.
#pragma once

#include "report/bench_figures.hpp"

#include <vector>

namespace sv::cli {

// 500 requests a minute, 3,000 rows: figures of a discrete-event simulation made before this program was
// written (medians of 5 seeds, the same latencies, refused requests free). Of the three only the fixed pool
// can be played by this program too: tests/scenario/bench_test compares.
std::vector<report::PeerCell> bench_peers();

}  // namespace sv::cli
