// `report RUN`: the page of a run that is over, from its journal, the answer cache and the source.
#pragma once

#include "cli/arguments.hpp"
#include "ports/run_history.hpp"

#include <string>

namespace sv::cli {

// Reads the run's source and answer cache as that run would; asks no provider. The page says what could not
// be recovered: rows are those that the source has now, verdicts those that the cache has. `output` is
// absolute. Throws Fatal.
void write_earlier_report(const ports::RunHistory& history, const ports::RunRecord& run,
                          const std::string& output);

}  // namespace sv::cli
