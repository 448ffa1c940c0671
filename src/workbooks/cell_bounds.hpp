// What an XLSX file can hold (Excel's specification of 2023).
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace sv::workbooks {

inline constexpr std::size_t kLongestCell = 32'767;  // UTF-16 units
inline constexpr std::uint64_t kMostWorkbookRows = 1'048'576;
inline constexpr std::uint64_t kMostLinks = 65'000;  // of a tab; Excel: 65,530
// Stands in every file as its day: the day that this program was begun. The real time would make every file
// another one.
inline constexpr std::time_t kCreated = 1'764'028'800;

// Makes the text fit a cell; whether it had to be cut: then it ends with "…".
bool cut_to_cell(std::string& text);

// Whether Excel takes the name for a tab: not empty, at most 31 characters, none of []:*?/\ in it, no quote
// at its ends.
bool is_tab_name(std::string_view name);
// Such a name that is as much like `name` as can be.
std::string to_tab_name(std::string_view name);
// Its beginning that leaves room for `bytes` characters more.
std::string cut_tab_name(std::string_view name, std::size_t bytes);

}  // namespace sv::workbooks
