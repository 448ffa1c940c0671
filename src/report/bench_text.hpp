// The figures of `status-validator bench` for people and for programs.
#pragma once

#include "report/bench_figures.hpp"

#include <string>

namespace sv::report {

// Tables in plain ASCII, at most 100 columns wide, each line ending in a line break; no colour.
std::string render_bench(const BenchReport& report);

// One JSON object on one line, without the line break: {"type":"bench","simulated":true,…}. Times are in
// milliseconds, ratios have four digits after the point.
std::string bench_json(const BenchReport& report);

}  // namespace sv::report
