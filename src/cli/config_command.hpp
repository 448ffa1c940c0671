// `status-validator config show`: every setting, its value and where it comes from.
#pragma once

#include "base/exit_code.hpp"
#include "cli/arguments.hpp"

namespace sv::cli {

struct ConfigArguments {
  RunArguments run;
  bool shows_origin = false;
};

// The command with its options; `shown`: it was typed, once that is parsed.
CLI::App* add_config_command(CLI::App& app, ConfigArguments& arguments);

// Prints them on standard output, secrets masked; then tells what is wrong with them, if anything is.
ExitCode config_show_command(const ConfigArguments& arguments);

}  // namespace sv::cli
