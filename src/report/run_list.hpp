// The runs of an answer cache, for `status-validator status`.
#pragma once

#include "ports/run_history.hpp"
#include "words/phrasebook.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sv::report {

// What a run is at: "finished", "running", "killed", "interrupted", "failed".
std::string_view state_of(const ports::RunRecord& run);

// Rows without an outcome, or with none that is a verdict: what `resume` and `retry` would ask about.
std::uint64_t missing_rows(const ports::RunRecord& run);

// A table, a line for each run, and what can be done about the unfinished ones. Safe to print.
std::string render_runs(std::span<const ports::RunRecord> runs,
                        const words::Phrasebook& in = words::phrasebook_of(domain::Language::english));

// One JSON object on a line for each run. Times are Unix milliseconds.
std::string runs_json(std::span<const ports::RunRecord> runs);

// All that is known of one run, a line for each fact.
std::string render_run(const ports::RunRecord& run,
                       const words::Phrasebook& in = words::phrasebook_of(domain::Language::english));

}  // namespace sv::report
