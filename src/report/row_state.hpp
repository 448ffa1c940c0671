// An outcome as what is kept of it for the next run.
#pragma once

#include "domain/outcome.hpp"
#include "ports/row_states.hpp"

namespace sv::report {

ports::RowVerdict verdict_of(const domain::Outcome& outcome);
ports::RowState state_of(const domain::Outcome& outcome);

}  // namespace sv::report
