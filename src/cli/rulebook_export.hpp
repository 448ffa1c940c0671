// `--rules` without a file: writes the rulebook, one line per row, as the Python original did into the sheet
// of the rules; or, when the review goes to a file, into a CSV file beside it.
#pragma once

#include "base/clock.hpp"
#include "config/settings.hpp"

#include <string>

namespace sv::cli {

// "review.csv" → "review.rules.csv", replaced atomically; or to sheets.rules_sheet_name. Gives the path or
// what people call the tab. Throws Fatal when there is no target or it cannot be written.
std::string export_rulebook(const config::Settings& settings, Clock& clock);

}  // namespace sv::cli
