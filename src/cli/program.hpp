// The whole program but for main(): parses the command line, runs the command, turns what went wrong into a
// message and an exit code.
#pragma once

#include "base/exit_code.hpp"

namespace sv::cli {

ExitCode run_program(int argc, char** argv);

}  // namespace sv::cli
