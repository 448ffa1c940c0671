// What the report tells of a run's settings: enough to repeat it, never a secret.
#pragma once

#include "config/settings.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sv::cli {

// Names as in settings files (docs/configuration.md), values as people write them. Keys are told by whether
// they are there.
std::vector<std::pair<std::string, std::string>> settings_for_report(const config::Settings& settings);

}  // namespace sv::cli
