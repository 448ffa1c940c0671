// `status-validator simulate llm`: the built-in provider that is no model, to try everything without a key or
// a cent.
#pragma once

#include "base/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace sv::cli {

// Adds the subcommand. When it is chosen, parsing `app` runs it to its end (SIGINT or SIGTERM) and sets
// `result`; mistakes in its options are CLI::ParseError, a port that cannot be opened is Fatal.
//
// Contract with scripts: the first line on standard output is `listening on http://HOST:PORT/v1`; nothing
// else is written there. The label that this is a simulation goes to standard error.
void add_simulate_command(CLI::App& app, std::optional<ExitCode>& result);

}  // namespace sv::cli
