// Small texts of the command line that describe the simulated world: durations and shares.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <string_view>

namespace sv::sim {

// "0", "250us", "200ms", "1.5s", "2m", up to one day; a unit is required except for 0. Error: invalid_input.
Result<Duration> parse_duration(std::string_view text);

// "5%", "0.5%" as 0.05, 0.005; the sign is required so that nobody writes 5 and means 0.05. Error:
// invalid_input.
Result<double> parse_share(std::string_view text);

}  // namespace sv::sim
