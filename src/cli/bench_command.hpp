// `status-validator bench`: how fast this program is, and how well it uses a limit, shown on the built-in
// simulation. Needs no key, no network and no file.
#pragma once

#include "base/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace sv::cli {

// Adds the subcommand. When it is chosen, parsing `app` runs it and sets `result`: rows_unjudged when a row
// of any run was not judged. Tables, or one JSON line, on standard output; what is being played on standard
// error.
void add_bench_command(CLI::App& app, std::optional<ExitCode>& result);

}  // namespace sv::cli
