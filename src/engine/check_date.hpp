// Reads the `Check date` column of earlier reviews, for --checkdate.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sv::engine {

// "25.11.2026 09:30", with or without the time and seconds; also "2026-11-25" and "2026-11-25 09:30" as
// spreadsheets rewrite them. Nothing for everything else and for dates that do not exist.
std::optional<std::chrono::year_month_day> read_check_date(std::string_view text);

// The Monday of the ISO week of `day`.
std::chrono::sys_days monday_of(std::chrono::sys_days day);

// --checkdate asks again: the date is missing, unreadable, or before the Monday of today's ISO week.
bool is_check_due(std::string_view check_date, std::chrono::sys_days today);

}  // namespace sv::engine
