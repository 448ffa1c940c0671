// Finished rows for other programs (`--json`).
#pragma once

#include "domain/outcome.hpp"

#include <string>

namespace sv::report {

// One JSON object on one line, without the line break; always the same members in the same order:
//
//   {"type":"row","row":12,"place":11,"kind":"judged","is_valid":false,
//    "issues":[{"message":"…","rule":"2","severity":"major","quote":null}],"rewrite_suggestion":"…",
//    "model":"…","reason":null,"identifier":"…"}
//
// `row` is the number that people see (the header row counts), `place` the position in the target from 0,
// null for skipped rows. `is_valid` and `model` are null and `issues` empty when there is no verdict;
// `reason` is null when there is one. `identifier` is null when the row has none.
std::string outcome_json_line(const domain::Outcome& outcome);

}  // namespace sv::report
