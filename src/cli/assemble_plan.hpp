// `plan`: what a run with these arguments would do, take and cost. Nothing is sent and nothing written.
#pragma once

#include "base/exit_code.hpp"
#include "cli/arguments.hpp"

namespace sv::cli {

// Throws Fatal as a run would that cannot begin.
ExitCode plan_command(const RunArguments& arguments);

}  // namespace sv::cli
