// Cells that a spreadsheet would run as a formula are made harmless by a `'` in front (OWASP, CSV injection).
//
// Dangerous: a cell that begins with = + - @ TAB CR LF, or with the full-width forms of the first four, which
// spreadsheets with East Asian settings take for the same.
//
// The prefix can be taken off again without loss: a cell of any number of `'` and then a dangerous character
// gets one more, so `=1` is written `'=1`, and `'=1` is written `''=1`. Hence without_safety_prefix(safe(x))
// == x for every x. The one ambiguity left is with text that somebody typed into the target by hand: `'=1`
// typed there reads as `=1`. (Prefixing only cells that begin with the character itself was rejected: then
// `=1` and `'=1` in the source would look alike in the target, and a row with such an identifier would not be
// found again.)
#pragma once

#include <string_view>

namespace sv::tables {

// Whether the cell must be written with one `'` in front of it.
bool needs_safety_prefix(std::string_view cell);

// The cell as it was before: one `'` less if there is one in front of what is dangerous, else unchanged.
std::string_view without_safety_prefix(std::string_view cell);

}  // namespace sv::tables
