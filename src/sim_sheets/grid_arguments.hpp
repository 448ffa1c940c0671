// Reading the arguments of batchUpdate requests: integers, tabs, GridRange, DimensionRange, CellData.
#pragma once

#include "sim_sheets/api_error.hpp"
#include "sim_sheets/field_mask.hpp"
#include "sim_sheets/spreadsheet.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim_sheets {

// Members of proto3 JSON: what is missing is empty, 0, false.
const boost::json::object& object_in(const boost::json::object& parent, std::string_view name);
const boost::json::array& array_in(const boost::json::object& parent, std::string_view name);
std::string text_in(const boost::json::object& parent, std::string_view name);
bool flag_in(const boost::json::object& parent, std::string_view name);
// Numbers may be written as text, as in proto3 JSON; nothing when missing or not a whole number of 31 bits.
std::optional<std::int64_t> number_in(const boost::json::object& parent, std::string_view name);
int index_in(const boost::json::object& parent, std::string_view name);

// Error: "No grid with id: 7".
Answer<Tab*> tab_by_id(Spreadsheet& sheet, std::int64_t sheet_id);

struct TabBox {
  Tab* tab = nullptr;
  Box box;
};
// A GridRange. Error: starts at or past the grid ("exceeds grid limits"); what ends past it is cut.
Answer<TabBox> read_grid_range(Spreadsheet& sheet, const boost::json::object& range);

struct TabSpan {
  Tab* tab = nullptr;
  Dimension dimension = Dimension::rows;
  int begin = 0;
  int end = 0;
};
// A DimensionRange. Error: not within the grid, empty.
Answer<TabSpan> read_dimension_range(Spreadsheet& sheet, const boost::json::object& range);

// Error: missing or unreadable `fields`.
Answer<FieldMask> read_fields(const boost::json::object& request);
// Writes what `fields` names of a CellData. A new value erases the text runs that are not given with it.
Answer<void> write_cell_data(Cell& cell, const boost::json::object& data, const FieldMask& fields);

}  // namespace sv::sim_sheets
