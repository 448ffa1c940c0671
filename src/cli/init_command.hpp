// `init`: writes a commented settings file, asking for what it is not told when somebody sits at a terminal.
// Nothing that is there is ever overwritten.
#pragma once

#include "base/exit_code.hpp"

#include <CLI/App.hpp>

#include <optional>

namespace sv::cli {

// When it is chosen, parsing `app` runs it and sets `result`. Throws Fatal: usage (something is missing and
// nobody can be asked), no_input (no such source), bad_data (its columns are not known), cannot_create.
void add_init_command(CLI::App& app, std::optional<ExitCode>& result);

}  // namespace sv::cli
