// A spreadsheet as the API's Spreadsheet resource, and pretty JSON as Google prints it.
#pragma once

#include "sim_sheets/api_error.hpp"
#include "sim_sheets/field_mask.hpp"
#include "sim_sheets/spreadsheet.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sim_sheets {

boost::json::object tab_properties(const Spreadsheet& sheet, const Tab& tab);
boost::json::object grid_range(const Tab& tab, const Box& box);

struct ViewOptions {
  bool include_grid_data = false;  // ignored with a mask, which then says what is wanted
  std::vector<std::string> ranges;
  std::optional<FieldMask> mask;
};

Answer<boost::json::object> view_spreadsheet(const Spreadsheet& sheet, const ViewOptions& options);

// Two spaces, UTF-8 as it is, whole numbers without ".0", a final newline.
std::string pretty_json(const boost::json::value& value);

}  // namespace sv::sim_sheets
