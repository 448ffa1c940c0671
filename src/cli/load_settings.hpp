// From a command line to settings.
#pragma once

#include "cli/arguments.hpp"
#include "config/settings.hpp"

namespace sv::cli {

// Settings file, environment and flags; throws Fatal as config::load_settings() does.
config::Settings load_settings(const RunArguments& arguments);

}  // namespace sv::cli
