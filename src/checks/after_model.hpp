// What code decides after the model has spoken: is_valid = model AND code checks.
//
// Pure. Checks only make a verdict stricter; nothing here makes an invalid row valid, removes an issue or
// changes what the model wrote.
#pragma once

#include "checks/row_checks.hpp"
#include "domain/row.hpp"
#include "domain/rulebook.hpp"
#include "domain/verdict.hpp"

namespace sv::checks {

// Applies all checks to a verdict as the model gave it. Doing it twice changes nothing more.
//
//   status outside the allowed list   invalid, with a critical issue. Compared byte by byte, as the Python
//   original
//                                     does: " Done" is not "Done", since what people filter by must match
//                                     exactly; when only spaces or case differ the issue says which status
//                                     was meant. An empty list allows every status, an empty status must be
//                                     listed as any other.
//   status and comment both blank     invalid, with a critical issue: there is nothing that could be valid.
//   a text that speaks to           not valid, to be looked at by a person, with a critical issue that quotes
//   it the checker                       (suspicion.hpp). a critical issue                  invalid, even if
//   the model says otherwise: one of its two words is wrong, and a
//                                     person who reads a needless remark loses less than one who never sees
//                                     it.
//   invalid without any issue         a remark that no reason was given, so that nobody is left with a bare
//   NO.
//
// A finding of the first kind is not added when the model has reported it already: an issue that quotes the
// status exactly and is critical, or one with the same message. Issues are in the rulebook's language.
//
// The checks of the settings (row_checks.hpp) come first, with their own rules' ids.
void apply_checks(const domain::Row& row, const domain::Rulebook& rulebook, const CheckDay& day,
                  domain::Verdict& verdict);

// Whether the settings spare the model this row: one of their checks has failed, or the status is not one of
// the allowed.
bool is_decided_by_code(const domain::Row& row, const domain::Rulebook& rulebook, const CheckDay& day);

}  // namespace sv::checks
