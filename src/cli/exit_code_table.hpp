// What the exit codes mean, for the manual page. README.md has the same rows (tests/architecture compares
// them).
#pragma once

#include "base/exit_code.hpp"

#include <array>
#include <string_view>

namespace sv::cli {

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};

// By number; every code of base/exit_code.hpp.
inline constexpr auto kExitCodeTable = std::to_array<ExitCodeMeaning>({
    {ExitCode::ok, "every row was processed; invalid rows are a result, not a failure"},
    {ExitCode::invalid_rows, "as many rows are invalid as --fail-on names; never without it"},
    {ExitCode::rows_unjudged, "some rows could not be judged; they are listed"},
    {ExitCode::limit_reached, "a limit was reached; run it again to go on"},
    {ExitCode::usage, "wrong command line"},
    {ExitCode::bad_data, "the source is not what it should be"},
    {ExitCode::no_input, "the source was not found"},
    {ExitCode::unavailable, "no provider could be reached or used; or the port of --metrics-listen is taken"},
    {ExitCode::bug, "a bug in this program"},
    {ExitCode::no_memory, "out of memory; a run can be resumed"},
    {ExitCode::cannot_create, "the review, or the report that was asked for, cannot be created"},
    {ExitCode::io, "input or output failed, or the disk is full"},
    {ExitCode::try_again,
     "locked by another run, a quota that refills, or batches under way (--detach): come again"},
    {ExitCode::protocol, "the other side does not speak the protocol"},
    {ExitCode::no_permission, "permissions or credentials"},
    {ExitCode::config, "mistakes in the settings"},
    {ExitCode::hung_up, "the terminal was closed"},
    {ExitCode::interrupted, "interrupted (Ctrl-C)"},
    {ExitCode::terminated, "terminated (SIGTERM)"},
});

}  // namespace sv::cli
