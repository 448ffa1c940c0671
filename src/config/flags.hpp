// Checks what came from the command line. Every mistake throws Fatal(usage): nothing else can be right then.
#pragma once

#include "config/load.hpp"

namespace sv::config {

void check_flags(const Overrides& overrides);

// Puts the header names of --column in.
void apply_columns(const Overrides& overrides, ColumnSettings& columns);

}  // namespace sv::config
