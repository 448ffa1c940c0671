// `--rules` without a file: writes the rulebook, one line per row, as the Python original did into the sheet
// of the rules; here into a CSV file beside the review.
#pragma once

#include "config/settings.hpp"

#include <string>

namespace sv::cli {

// "review.csv" → "review.rules.csv", replaced atomically. Gives the path. Throws Fatal when there is no
// target or it cannot be written.
std::string export_rulebook(const config::Settings& settings);

}  // namespace sv::cli
