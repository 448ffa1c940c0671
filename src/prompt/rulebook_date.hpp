// A date in the rulebook that will not stay. The rulebook is the beginning that all requests share, and part
// of every answer's key: who writes "Today is 27.11.2026" or this week's Monday into it and changes that each
// week pays for every row again, and the provider's prompt cache starts anew.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sv::prompt {

struct DatedLine {
  std::size_t number = 0;  // from 1
  std::string date;        // as it is written there
};

// The first line with a date of the week (Monday to Sunday) that `today` is in: 2026-11-27, 27.11.2026,
// 27.11.26, 27/11/2026, 11/27/2026, 27 November 2026, November 27, 2026, 27 ноября 2026.
std::optional<DatedLine> find_date_of_this_week(std::string_view rules, std::chrono::year_month_day today);

}  // namespace sv::prompt
