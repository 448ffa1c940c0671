// Days as people write them, by patterns of settings: YYYY, YY (2000 to 2099), MM, M (one digit or two), DD,
// D; everything else stands for itself.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sv::domain {

// "" when the pattern is good: each of year, month and day once, nothing unknown; else what is wrong with it.
std::string_view problem_of_pattern(std::string_view pattern);

// Nothing when the whole text is not that; surrounding spaces do not matter.
std::optional<std::chrono::sys_days> parse_day(std::string_view text, std::string_view pattern);

}  // namespace sv::domain
