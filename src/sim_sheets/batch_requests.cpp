#include "sim_sheets/batch_requests.hpp"

#include "sim_sheets/grid_arguments.hpp"
#include "sim_sheets/request_kinds.hpp"
#include "sim_sheets/spreadsheet_view.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

struct Kind {
  std::string_view name;
  Reply (*run)(Spreadsheet&, const json::object&);
};

constexpr std::array kKinds = {
    Kind{"updateCells", update_cells},
    Kind{"appendCells", append_cells},
    Kind{"repeatCell", repeat_cell},
    Kind{"setDataValidation", set_data_validation},
    Kind{"sortRange", sort_range},
    Kind{"deleteRange", delete_range},
    Kind{"mergeCells", merge_cells},
    Kind{"unmergeCells", unmerge_cells},
    Kind{"insertDimension", insert_dimension},
    Kind{"deleteDimension", delete_dimension},
    Kind{"appendDimension", append_dimension},
    Kind{"moveDimension", move_dimension},
    Kind{"autoResizeDimensions", auto_resize_dimensions},
    Kind{"updateDimensionProperties", update_dimension_properties},
    Kind{"addSheet", add_sheet},
    Kind{"deleteSheet", delete_sheet},
    Kind{"updateSheetProperties", update_sheet_properties},
    Kind{"updateSpreadsheetProperties", update_spreadsheet_properties},
    Kind{"addConditionalFormatRule", add_conditional_format_rule},
    Kind{"setBasicFilter", set_basic_filter},
    Kind{"clearBasicFilter", clear_basic_filter},
    Kind{"createDeveloperMetadata", create_developer_metadata},
    Kind{"deleteDeveloperMetadata", delete_developer_metadata},
};

// Sheets API: requests in one batch.
constexpr std::size_t kMostRequests = 100'000;

}  // namespace

Answer<json::object> batch_update(Spreadsheet& sheet, const json::object& body) {
  const json::array& requests = array_in(body, "requests");
  if (requests.empty()) return invalid("Must specify at least one request.");
  if (requests.size() > kMostRequests) return invalid("Too many requests in one batch.");
  json::array replies;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].is_object() || requests[i].get_object().size() != 1) {
      return invalid(fmt::format("Invalid requests[{}]: exactly one kind of request must be set", i));
    }
    const std::string_view name = requests[i].get_object().begin()->key();
    const auto kind = std::ranges::find(kKinds, name, &Kind::name);
    if (kind == kKinds.end()) {
      return std::unexpected(
          ApiError{.code = 501,
                   .status = "UNIMPLEMENTED",
                   .message = fmt::format(
                       "Invalid requests[{}].{}: the simulator does not know this kind of request", i, name),
                   .details = {}});
    }
    Reply reply = kind->run(sheet, object_in(requests[i].get_object(), name));
    if (!reply) {
      ApiError error = std::move(reply.error());
      error.message = fmt::format("Invalid requests[{}].{}: {}", i, name, error.message);
      return std::unexpected(std::move(error));
    }
    replies.push_back(*std::move(reply));
  }
  json::object answer{{"spreadsheetId", sheet.id}, {"replies", std::move(replies)}};
  if (flag_in(body, "includeSpreadsheetInResponse")) {
    ViewOptions options{
        .include_grid_data = flag_in(body, "responseIncludeGridData"), .ranges = {}, .mask = std::nullopt};
    for (const json::value& range : array_in(body, "responseRanges")) {
      if (range.is_string()) options.ranges.emplace_back(range.get_string());
    }
    Answer<json::object> view = view_spreadsheet(sheet, options);
    if (!view) return std::unexpected(std::move(view.error()));
    answer["updatedSpreadsheet"] = *std::move(view);
  }
  answer["commentUpdateState"] = "NO_UPDATES_REQUESTED";
  return answer;
}

}  // namespace sv::sim_sheets
