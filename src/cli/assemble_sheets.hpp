// A tab of a Google spreadsheet as the source of a run.
#pragma once

#include "base/clock.hpp"
#include "config/settings.hpp"
#include "sheets/tab_reader.hpp"

namespace sv::cli {

// Signs in and reads the source tab, before the run's event loop goes; throws Fatal with the exit code that
// fits.
sheets::FetchedTab fetch_source_tab(const config::Settings& settings, Clock& clock);

}  // namespace sv::cli
