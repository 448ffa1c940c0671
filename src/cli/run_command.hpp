// `status-validator run`: settings → assembly → run → review, summary and exit code.
#pragma once

#include "base/exit_code.hpp"
#include "cli/arguments.hpp"

namespace sv::cli {

// Results go to standard output, everything else to standard error. Throws Fatal for what cannot start.
ExitCode run_command(const RunArguments& arguments);

}  // namespace sv::cli
