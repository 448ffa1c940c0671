// `explain ROW`: how a row got its verdict, or why it has none.
#pragma once

#include "cli/arguments.hpp"
#include "ports/run_history.hpp"

#include <cstdint>
#include <string>

namespace sv::cli {

// Reads the run's source and answer cache as that run would; asks no provider. `run`: its settings are read
// from the directory and the command line that it was started with. For people, or as JSON lines. Throws
// Fatal.
std::string explain_row(const ports::RunHistory& history, const ports::RunRecord& run,
                        std::uint64_t row_number, bool as_json);

}  // namespace sv::cli
