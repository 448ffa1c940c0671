// From a command line to settings.
#pragma once

#include "cli/arguments.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

namespace sv::cli {

// What the command line asks for: settings file (the user's own when none is named), environment, flags.
// Throws Fatal (usage) when flags contradict each other.
config::LoadRequest settings_request(const RunArguments& arguments);

// Settings file, environment and flags; throws Fatal as config::load_settings() does.
config::Settings load_settings(const RunArguments& arguments);

// For commands that send nothing to a provider: a missing key is only a warning (config/load.hpp).
config::Settings load_settings_without_keys(const RunArguments& arguments);

}  // namespace sv::cli
