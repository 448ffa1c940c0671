// The simulator's virtual time, under the tests' name for it.
#pragma once

#include "sim/virtual_clock.hpp"

namespace sv::support {

using sim::run_ready;
using sim::run_until;
using sim::run_until_idle;
using sim::VirtualClock;

}  // namespace sv::support
