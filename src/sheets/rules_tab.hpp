// The rulebook in a tab of a spreadsheet, one line per row, for those who are judged by it.
#pragma once

#include "base/error.hpp"
#include "sheets/sheets_client.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace sv::sheets {

// Replaces the first column of the tab, which is made when there is none; other columns stay. Errors: those
// of the client; invalid_input when the tab is a chart.
boost::asio::awaitable<Result<void>> write_rules(SheetsClient& client, Random& random,
                                                 std::string spreadsheet_id, std::string title,
                                                 std::vector<std::string> lines);

}  // namespace sv::sheets
