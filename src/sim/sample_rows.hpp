// Made-up status rows for runs without a sheet: Russian and English in turn, comments of one to six
// sentences, each row different from every other. The same seed gives the same rows.
#pragma once

#include "domain/row.hpp"

#include <cstdint>

namespace sv::sim {

// The row of that index (from 0).
domain::Row sample_row(std::uint64_t index, std::uint64_t seed);

}  // namespace sv::sim
