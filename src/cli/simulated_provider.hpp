// `--simulate`: the built-in stand-in for a model inside the program itself, so that a run needs no account,
// no network and no second process. What it says comes from simple checks in code.
#pragma once

#include "base/clock.hpp"
#include "ports/http_transport.hpp"

#include <memory>
#include <string_view>

namespace sv::cli {

// Nothing listens there: requests to it never leave the process. On this machine, so no key is asked for.
inline constexpr std::string_view kSimulatedAddress = "http://127.0.0.1/simulated-judge/v1";
inline constexpr std::string_view kSimulatedModel = "simulated-judge";

// Answers after some 300 ms, as a quick model does. `clock` outlives it.
std::unique_ptr<ports::HttpTransport> simulated_provider(Clock& clock);

}  // namespace sv::cli
