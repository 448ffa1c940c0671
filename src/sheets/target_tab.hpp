// The tab that a review is written to, as it is before the run.
#pragma once

#include "base/error.hpp"
#include "domain/row.hpp"
#include "ports/outcome_sink.hpp"
#include "sheets/review_layout.hpp"
#include "sheets/row_finder.hpp"
#include "sheets/sheets_client.hpp"
#include "tables/review_columns.hpp"
#include "tables/row_spool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sheets {

struct TargetRequest {
  std::string spreadsheet_id;
  std::string tab;
  domain::MappedColumns columns = {};
  // With a row's number behind it, the address of the source's row; empty: rows have none.
  std::string row_link = {};
  // `Source URL` of rows without one.
  std::string source_name = {};
  // The tab that is read, when it is one: it must not be written.
  std::string source_spreadsheet_id = {};
  std::optional<std::int64_t> source_tab_id = {};
  std::string scratch_directory = {};
};

struct TargetTab {
  std::string title;
  std::optional<std::int64_t> id;  // nothing: there is no such tab yet
  std::uint64_t grid_rows = 0;
  std::size_t grid_columns = 0;
  std::vector<std::string> header;  // empty: nothing is written there yet
  ReviewLayout layout;
  std::uint64_t used_rows = 0;  // up to the last that is not blank, the header included
  // Below the header; the key and the content of our columns (pack_cells) of each of them.
  std::vector<ports::ExistingRow> rows;
  std::vector<RowKey> keys;
  std::vector<bool> has_formula;  // the anchor is a formula, as the Python original wrote it
  tables::RowSpool contents;
};

// Errors: those of the client; invalid_input for a tab that is no review, or that is the source.
boost::asio::awaitable<Result<TargetTab>> read_target(SheetsClient& client, const TargetRequest& request);

// What names the rows of the tab, at one moment.
struct TabKeys {
  std::vector<std::string> header;  // the first row
  std::vector<RowKey> rows;         // from the first row, the header included
  // When each row was judged, as it stands there; empty when the tab has no such column.
  std::vector<std::string> check_dates;
};
// `layout` must have the key columns.
boost::asio::awaitable<Result<TabKeys>> read_keys(SheetsClient& client, std::string spreadsheet_id,
                                                  std::string title, const ReviewLayout& layout,
                                                  const KeyColumns& keys);

// Cells as one text and back.
std::string pack_cells(std::span<const std::string_view> cells);
std::vector<std::string> unpack_cells(std::string_view packed);

}  // namespace sv::sheets
