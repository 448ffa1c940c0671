// Reads `llm:` with its providers, in both forms: `providers:` by priority, and the older one with a single
// provider whose settings stand directly under `llm:` (which is also what applies without any settings file).
#pragma once

#include "config/environment.hpp"
#include "config/load.hpp"
#include "config/mistake.hpp"
#include "config/section.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace sv::config {

// Reports what is wrong; `providers` is then incomplete. Adds a warning for each provider that is left out,
// and for each that is kept without its key (see load.hpp).
LlmSettings read_llm(const Section& top, const Environment& environment, const Overrides& overrides,
                     bool needs_keys, MistakeCollector& mistakes, std::vector<std::string>& warnings);

}  // namespace sv::config
