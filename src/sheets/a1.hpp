// Ranges as Google Sheets writes them, and their place in an address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sv::sheets {

// "A" for 0, "ZZ" for 701.
std::string column_letters(std::size_t column);

// "'it''s'!A2:C5": the title is always quoted (a tab called `P1` is else taken for a cell). Rows from 1,
// columns from 0, both inclusive.
std::string a1_range(std::string_view title, std::uint64_t first_row, std::uint64_t last_row,
                     std::size_t first_column, std::size_t last_column);

// "'T'!B:B", "'T'!1:2": as far as the grid goes.
std::string a1_column(std::string_view title, std::size_t column);
std::string a1_rows(std::string_view title, std::uint64_t first, std::uint64_t last);

// Everything but RFC 3986's unreserved characters as %XX: what curl_easy_escape() and Google's Node client
// make.
std::string percent_encode(std::string_view text);

}  // namespace sv::sheets
