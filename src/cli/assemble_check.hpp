// `check-config`: reads settings, rulebook and the source's header as a run would, and tells what it
// understood.
#pragma once

#include "base/exit_code.hpp"
#include "cli/arguments.hpp"

namespace sv::cli {

// No provider is asked, nothing is written, and Google Sheets is not read. Throws Fatal as a run would that
// cannot begin, with all mistakes of the settings at once.
ExitCode check_config_command(const RunArguments& arguments);

}  // namespace sv::cli
