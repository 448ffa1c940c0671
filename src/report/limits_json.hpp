// How the limits are used, as JSON: of the closing summary, and as a line of its own while the run goes on.
#pragma once

#include "domain/limits_now.hpp"

#include <string>
#include <vector>

namespace sv::report {

// An array with one object for each provider.
std::string limits_json(const std::vector<domain::ProviderLimits>& limits);

// {"type":"limits","providers":[...]}
std::string limits_json_line(const std::vector<domain::ProviderLimits>& limits);

}  // namespace sv::report
