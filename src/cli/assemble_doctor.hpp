// `doctor`: whatever can be known before a run and would only be regretted in it, without a paid call.
#pragma once

#include "base/exit_code.hpp"
#include "cli/arguments.hpp"

namespace sv::cli {

// Prints a line for each thing that was looked at (with --json one object each). ok; config: something on
// this side is wrong; unavailable: a provider would not take our requests.
ExitCode doctor_command(const RunArguments& arguments);

}  // namespace sv::cli
