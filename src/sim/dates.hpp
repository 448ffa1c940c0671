// Dates as people write them in status sheets, in English and Russian.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim {

enum class DateForm : std::uint8_t {
  iso,      // 2026-11-25
  dotted,   // 25.11.2026
  slashed,  // 25/11/2026; 11/25/2026 when only that can be one
  named,    // 25 November 2026, November 25, 2026, 25 ноября 2026
  month,    // November 2026, 11/2026, 2026-11: its last day
  quarter,  // Q4 2026, 4 кв. 2026, IV квартал 2026: its last day
};

struct FoundDate {
  std::chrono::sys_days day;
  DateForm form;
};

// The whole text is one date (a time of day or a final "г." may follow); impossible days (31.02.) are none.
std::optional<FoundDate> parse_date(std::string_view text);

// Somewhere in the text stands something that a reader takes for a date: also "in March", "25.11", "Q4", "до
// среды".
bool mentions_date(std::string_view folded_text);

// "2026-11-25" and "25.11.2026".
std::string iso_date(std::chrono::sys_days day);
std::string dotted_date(std::chrono::sys_days day);

}  // namespace sv::sim
