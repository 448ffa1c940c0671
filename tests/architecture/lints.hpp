// The project's own rules about its code, each a plain search with a message that says what to do instead.
#pragma once

#include "architecture/source_tree.hpp"

#include <vector>

namespace sv::architecture {

// `detached` loses exceptions and outlives what it uses.
std::vector<Finding> find_detached(const std::vector<SourceFile>& files);

// Sleeping threads: whatever waits, waits on the Clock.
std::vector<Finding> find_thread_sleeps(const std::vector<SourceFile>& files);

// Clocks read anywhere but in base/ and where kClockReaders gives a reason.
std::vector<Finding> find_clock_reads(const std::vector<SourceFile>& files);

// A library used outside the rooms it belongs to.
std::vector<Finding> find_misplaced_libraries(const std::vector<SourceFile>& files);

// Printing in rooms that have to report through an observer or return a value.
std::vector<Finding> find_prints(const std::vector<SourceFile>& files);

// Rooms of concrete adapters named in cli/ elsewhere than in cli/assemble*.
std::vector<Finding> find_adapters_outside_assembly(const std::vector<SourceFile>& files);

// Files of more than 500 lines.
std::vector<Finding> find_long_files(const std::vector<SourceFile>& files);

// A to-do without the number of its issue.
std::vector<Finding> find_stray_todos(const std::vector<SourceFile>& files);

// Headers without #pragma once, or without a comment on their first line that says what they are for.
std::vector<Finding> find_silent_headers(const std::vector<SourceFile>& files);

}  // namespace sv::architecture
