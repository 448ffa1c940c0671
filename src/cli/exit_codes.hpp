// Which exit code a failure gets: by what failed and how (README.md has the table for users).
#pragma once

#include "base/error.hpp"
#include "base/exit_code.hpp"

namespace sv::cli {

ExitCode source_exit_code(ErrorKind kind);
ExitCode target_exit_code(ErrorKind kind);
ExitCode store_exit_code(ErrorKind kind);
// Of Google Sheets, as source and as target.
ExitCode sheets_exit_code(ErrorKind kind);
// Of what ended a run early.
ExitCode run_exit_code(ErrorKind kind);
// Of a run in which no row could be judged, by the last provider's error.
ExitCode provider_exit_code(ErrorKind kind);

}  // namespace sv::cli
