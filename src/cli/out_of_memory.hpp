// Memory that runs out ends the program at once: in words, with exit code 71, from whatever thread, and
// without unwinding, which would need memory itself. That loses no more than a kill does: answers are
// committed before their rows are written, and outputs appear under their names only when they are whole.
#pragma once

#include <exception>

namespace sv::cli {

// From now on an operator new that fails ends the program so. `is_json`: with the last line that `--json`
// promises. May be called again when the language of messages is known.
void end_when_memory_runs_out(bool is_json);

// Whether an exception says that the system has no more of what a process needs (threads are memory too).
bool is_lack_of_memory(const std::exception& error);

[[noreturn]] void end_without_memory();

}  // namespace sv::cli
