// `man-page`: prints the manual page (roff), from the same source as --help.
#pragma once

#include "base/exit_code.hpp"

#include <CLI/App.hpp>

#include <optional>
#include <string>

namespace sv::cli {

// status-validator(1) of `app`, with all its commands.
std::string man_page(const CLI::App& app);

// Added last, so that it knows all other commands of `app`, which outlives it.
void add_man_page_command(CLI::App& app, std::optional<ExitCode>& result);

}  // namespace sv::cli
