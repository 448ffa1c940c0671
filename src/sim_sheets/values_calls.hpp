// The `values` calls of the API on one spreadsheet: bodies in and out as JSON.
//
// Calls that change something work on `sheet` directly; on an error it may be half changed: the caller works
// on a copy (SheetsModel does).
#pragma once

#include "sim_sheets/api_error.hpp"
#include "sim_sheets/spreadsheet.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sv::sim_sheets {

struct ReadOptions {
  bool by_columns = false;
  ValueRender render = ValueRender::formatted;
  DateRender dates = DateRender::serial;
};

struct WriteOptions {
  bool user_entered = false;
  bool insert_rows = false;  // append only
  bool include_values = false;
  ReadOptions response;
};

// {range, majorDimension, values?}
Answer<boost::json::object> get_values(const Spreadsheet& sheet, std::string_view range,
                                       const ReadOptions& options);
// {spreadsheetId, updatedRange, updatedRows, updatedColumns, updatedCells}
Answer<boost::json::object> update_values(Spreadsheet& sheet, std::string_view range,
                                          const boost::json::object& body, const WriteOptions& options);
// {spreadsheetId, tableRange?, updates}. Which table is found is the rule behind 26 recorded appends:
//   one cell        the block of touching filled cells around it; a blank cell: no table, written there
//   anything wider  the block around its last filled cell (so a blank first column shifts what is appended)
Answer<boost::json::object> append_values(Spreadsheet& sheet, std::string_view range,
                                          const boost::json::object& body, const WriteOptions& options);
// {spreadsheetId, clearedRange}; formats stay.
Answer<boost::json::object> clear_values(Spreadsheet& sheet, std::string_view range);

Answer<boost::json::object> batch_get_values(const Spreadsheet& sheet, const std::vector<std::string>& ranges,
                                             const ReadOptions& options);
Answer<boost::json::object> batch_update_values(Spreadsheet& sheet, const boost::json::object& body);
Answer<boost::json::object> batch_clear_values(Spreadsheet& sheet, const boost::json::object& body);

// Error: what is not an option of the API ("RAW", "FORMULA", …).
Answer<bool> parse_input_option(std::string_view text);
Answer<ReadOptions> parse_read_options(std::string_view dimension, std::string_view render,
                                       std::string_view dates);

}  // namespace sv::sim_sheets
