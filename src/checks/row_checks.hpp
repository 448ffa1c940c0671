// The checks of the settings, applied to a row. Pure.
//
//   required         the cell is not blank
//   allowed          it is one of the values
//   date             it is a day in one of the formats
//   not_before/after it is no earlier / later day; what is no day is left to `date`
//   sections         the headings stand in the text in this order, each followed by a text of its own
//   min/max_length   in characters, without surrounding spaces
//   forbidden        none of the phrases stands in it as whole words
//   unchanged_days   the row was not judged as it stands so many days ago
//
// A blank cell fails `required` only: what is missing has no other faults.
#pragma once

#include "domain/check.hpp"
#include "domain/language.hpp"
#include "domain/row.hpp"
#include "domain/verdict.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace sv::checks {

struct CheckDay {
  std::chrono::sys_days today;
  // The day on which the row was judged as it stands (its answer in the cache); nothing: today, or not known.
  std::optional<std::chrono::sys_days> unchanged_since;
};

// In the order of the settings; at most one of each kind of test in each check.
std::vector<domain::Issue> find_failures(const domain::Row& row, const domain::Checks& checks,
                                         domain::Language language, const CheckDay& day);

// One of them makes the row invalid.
bool has_failed(const std::vector<domain::Issue>& failures);

// Adds them to what the model has found, and makes the verdict invalid if one of them does. Doing it twice
// changes nothing more.
void apply_failures(std::vector<domain::Issue> failures, domain::Verdict& verdict);

}  // namespace sv::checks
