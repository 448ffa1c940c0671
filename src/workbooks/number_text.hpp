// Numbers of a workbook as people see them: a format says whether 45292 is a number, a day or a share.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sv::workbooks {

struct NumberFormat {
  enum class Kind { general, number, percent, date, date_time, time };
  Kind kind = Kind::general;
  std::size_t decimals = 0;  // of number and percent
  bool operator==(const NumberFormat&) const = default;
};

// Of a format code ("dd.mm.yyyy", "#,##0.00", "0%"): its first section counts.
NumberFormat parse_number_format(std::string_view code);

// Of the formats that have a number and no code (ECMA-376 part 1, 18.8.30); general for an unknown one.
NumberFormat builtin_number_format(std::size_t id);

// A day as "2026-11-25", with "09:30" or "09:30:15" behind it when the format shows a time and there is one;
// a number in its decimals, without grouping; general numbers with 15 digits at most, as spreadsheets do.
// `is_1904`: the workbook counts days from 1904-01-01. Days out of the calendar's range are shown as numbers.
std::string number_text(double value, NumberFormat format, bool is_1904);

}  // namespace sv::workbooks
