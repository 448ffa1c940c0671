// What code decides after the model has judged. It can only make a verdict stricter: is_valid = model AND checks.
//
// Pure. The language of what it adds is the rulebook's.
#pragma once

#include "domain/row.hpp"
#include "domain/rulebook.hpp"
#include "domain/verdict.hpp"

namespace sv::checks {

// A status outside the allowed list makes the row invalid, whatever the model thinks. Statuses are compared exactly,
// as the Python original does (spaces around them aside): "done" is not "Done". The issue is added only if the model
// has not pointed at the status itself (an issue that quotes it), so that people do not read it twice.
void apply_checks(const domain::Row& row, const domain::Rulebook& rulebook, domain::Verdict& verdict);

}  // namespace sv::checks
