// The experiments of `status-validator bench`: the real engine and LLM stack against the simulator.
#pragma once

#include "report/bench_figures.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace sv::cli {

struct BenchOptions {
  std::uint64_t seeds = 3;
  bool has_sockets = true;  // the cross-check, which takes 3 s
  bool is_full = false;     // 5,000 requests a minute too
};

// `tell` hears what is played next. Everything but the cells of `sockets` is the same for the same options.
// Throws Fatal when no port can be opened for the cross-check.
report::BenchReport play_bench(const BenchOptions& options,
                               const std::function<void(std::string_view)>& tell);

}  // namespace sv::cli
