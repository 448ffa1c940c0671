// What goes wrong at a provider besides its rates, in the words of each dialect.
//
// Captured texts have their source beside them in the .cpp. Where none was found the text is ours; the HTTP
// status is the one that the reference names, else OpenAI's.
#pragma once

#include "sim/dialect.hpp"

#include <cstdint>
#include <string_view>

namespace sv::sim {

ApiError wrong_key(Dialect dialect);
ApiError unknown_model(Dialect dialect, std::string_view model);
// No money, or no more of what was bought: waiting does not help within a run.
ApiError exhausted_credit(Dialect dialect);
// The provider as a whole has more to do than it can.
ApiError overload(Dialect dialect);
// One request too many at a time; `limit`: as many as it takes.
ApiError too_many_at_once(Dialect dialect, std::uint64_t limit);

}  // namespace sv::sim
