// `completion SHELL`: prints what makes the shell complete our commands and flags, from the same source as
// --help.
#pragma once

#include "base/exit_code.hpp"

#include <CLI/App.hpp>

#include <optional>

namespace sv::cli {

// Added last, so that it knows all other commands of `app`, which outlives it.
void add_completion_command(CLI::App& app, std::optional<ExitCode>& result);

}  // namespace sv::cli
