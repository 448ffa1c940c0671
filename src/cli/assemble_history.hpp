// The history of runs, by the concrete class that reads it.
#pragma once

#include "ports/run_history.hpp"

#include <memory>
#include <string>

namespace sv::cli {

// Of the answer cache at `cache_path`; empty when there has been no run with it.
std::unique_ptr<ports::RunHistory> open_history(const std::string& cache_path);

}  // namespace sv::cli
