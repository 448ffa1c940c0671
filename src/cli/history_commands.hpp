// `status`, `resume`, `retry`, `explain` and `report`: the runs that there were, and how one goes on.
#pragma once

#include "base/exit_code.hpp"
#include "cli/arguments.hpp"

#include <CLI/App.hpp>

#include <optional>

namespace sv::cli {

// Adds the five. When one is chosen, parsing `app` runs it and sets `result`, or, where a run is to go on,
// sets `resumed` to its command line, after changing to its working directory.
void add_history_commands(CLI::App& app, std::optional<ExitCode>& result,
                          std::optional<RunArguments>& resumed);

}  // namespace sv::cli
