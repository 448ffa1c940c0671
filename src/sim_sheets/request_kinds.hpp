// The kinds of batchUpdate requests. Each takes its own object and gives its reply. Private to batch_*.cpp.
#pragma once

#include "sim_sheets/api_error.hpp"
#include "sim_sheets/spreadsheet.hpp"

#include <boost/json/object.hpp>

namespace sv::sim_sheets {

using Reply = Answer<boost::json::object>;

// Cells: batch_cells.cpp
Reply update_cells(Spreadsheet& sheet, const boost::json::object& request);
Reply append_cells(Spreadsheet& sheet, const boost::json::object& request);
Reply repeat_cell(Spreadsheet& sheet, const boost::json::object& request);
Reply set_data_validation(Spreadsheet& sheet, const boost::json::object& request);
Reply sort_range(Spreadsheet& sheet, const boost::json::object& request);
Reply delete_range(Spreadsheet& sheet, const boost::json::object& request);
Reply merge_cells(Spreadsheet& sheet, const boost::json::object& request);
Reply unmerge_cells(Spreadsheet& sheet, const boost::json::object& request);

// Rows, columns and tabs: batch_structure.cpp
Reply insert_dimension(Spreadsheet& sheet, const boost::json::object& request);
Reply delete_dimension(Spreadsheet& sheet, const boost::json::object& request);
Reply append_dimension(Spreadsheet& sheet, const boost::json::object& request);
Reply move_dimension(Spreadsheet& sheet, const boost::json::object& request);
Reply auto_resize_dimensions(Spreadsheet& sheet, const boost::json::object& request);
Reply update_dimension_properties(Spreadsheet& sheet, const boost::json::object& request);
Reply add_sheet(Spreadsheet& sheet, const boost::json::object& request);
Reply delete_sheet(Spreadsheet& sheet, const boost::json::object& request);
Reply update_sheet_properties(Spreadsheet& sheet, const boost::json::object& request);
Reply update_spreadsheet_properties(Spreadsheet& sheet, const boost::json::object& request);
Reply add_conditional_format_rule(Spreadsheet& sheet, const boost::json::object& request);
Reply set_basic_filter(Spreadsheet& sheet, const boost::json::object& request);
Reply clear_basic_filter(Spreadsheet& sheet, const boost::json::object& request);

// Developer metadata: batch_metadata.cpp
Reply create_developer_metadata(Spreadsheet& sheet, const boost::json::object& request);
Reply delete_developer_metadata(Spreadsheet& sheet, const boost::json::object& request);

// Fills a new tab from SheetProperties (also for create). Error: taken id or title.
Answer<Tab> make_tab(const Spreadsheet& sheet, const boost::json::object& properties);

}  // namespace sv::sim_sheets
