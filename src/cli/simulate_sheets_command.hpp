// `status-validator simulate sheets`: Google Sheets on this machine, to try everything without an account.
#pragma once

#include "base/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace sv::cli {

// Adds the subcommand below `simulate`. When it is chosen, parsing runs it to its end (SIGINT or SIGTERM) and
// sets `result`; mistakes in its options are CLI::ParseError, what cannot be opened is Fatal.
//
// Contract with scripts: the first line on standard output is `listening on http://HOST:PORT`; by then the
// key file of --write-key is complete.
void add_simulate_sheets(CLI::App& simulate, std::optional<ExitCode>& result);

}  // namespace sv::cli
