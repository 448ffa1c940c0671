// Values of the API as texts.
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sheets {

// Sheets API: characters of a cell.
inline constexpr std::size_t kMostCellCharacters = 50'000;

// A string as it is, TRUE and FALSE, a number as JSON writes it.
std::string cell_text(const boost::json::value& value);
// Of a row of `values`: blank cells at its end are left out by Google.
std::vector<std::string> row_text(const boost::json::value& row);

// A row's number in a cell: digits, whatever stands between them ("1 204"); 0 for what is none.
std::uint64_t row_number_of(std::string_view text);

// `text`, or its beginning and "…" when a cell cannot hold it. Characters are counted as UTF-16 units.
std::string fit_cell(std::string_view text);

}  // namespace sv::sheets
