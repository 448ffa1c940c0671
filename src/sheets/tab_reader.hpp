// A tab of a Google spreadsheet as a CSV file that nobody sees: as workbooks are read (ADR 19).
#pragma once

#include "base/error.hpp"
#include "sheets/sheets_client.hpp"
#include "tables/files.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::sheets {

struct TabRequest {
  std::string spreadsheet_id;
  std::string tab;                     // its title
  std::optional<std::int64_t> tab_id;  // its gid, which wins: people rename tabs
  std::uint64_t header_row = 1;
  // Header of a column of days, read as days and not as the spreadsheet's country writes them; empty: guessed
  // from the usual names when `guesses_days`.
  std::string day_column;
  bool guesses_days = false;
  std::string directory;  // for the scratch file
};

struct FetchedTab {
  FileDescriptor file;  // CSV with commas, nameless
  std::string title;    // of the tab
  std::int64_t id = 0;  // its gid
  std::uint64_t rows = 0;
  std::vector<std::string> warnings;
};

// Hidden and filtered rows too, merged blocks filled down. Errors: those of the client; invalid_input when
// there is no such tab, with those that there are.
boost::asio::awaitable<Result<FetchedTab>> fetch_tab(SheetsClient& client, const TabRequest& request);

// "https://docs.google.com/spreadsheets/d/ID/edit#gid=G&range=A": with a row's number behind it, the address
// of that row.
std::string row_link(std::string_view spreadsheet_id, std::int64_t tab_id);

}  // namespace sv::sheets
