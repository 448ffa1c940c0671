#include "sim_sheets/spreadsheet_view.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

constexpr int kDefaultRowPixels = 21;
constexpr int kDefaultColumnPixels = 100;

json::object view_cell(const Spreadsheet& sheet, const Cell& cell) {
  json::object view;
  if (cell.has_value()) {
    view["userEnteredValue"] = to_extended_value(cell.value);
    view["effectiveValue"] = to_extended_value(effective_value(cell.value));
    view["formattedValue"] = render(cell, ValueRender::formatted, DateRender::serial, sheet.locale);
  }
  if (cell.extra) {
    for (const auto& [name, value] : *cell.extra) view[name] = value;
    if (const json::value* format = cell.extra->if_contains("userEnteredFormat"))
      view["effectiveFormat"] = *format;
  }
  std::string link = link_of(cell);
  if (!link.empty()) view["hyperlink"] = std::move(link);
  return view;
}

json::object view_row_metadata(const RowData& row) {
  json::object metadata{{"pixelSize", row.pixel_size > 0 ? row.pixel_size : kDefaultRowPixels}};
  if (row.is_hidden_by_filter) metadata["hiddenByFilter"] = true;
  if (row.is_hidden_by_user) metadata["hiddenByUser"] = true;
  return metadata;
}

json::object view_grid(const Spreadsheet& sheet, const Tab& tab, const Box& box, const FieldMask* wanted) {
  const auto wants = [&](std::string_view part) {
    return wanted == nullptr || wanted->touches({"sheets", "data", part});
  };
  json::object grid;
  if (box.row_begin > 0) grid["startRow"] = box.row_begin;
  if (box.column_begin > 0) grid["startColumn"] = box.column_begin;
  if (wants("rowData")) {
    json::array rows;
    std::size_t filled_rows = 0;
    for (int row = box.row_begin; row < std::min(box.row_end, tab.touched_rows()); ++row) {
      json::array cells;
      std::size_t filled = 0;
      for (int column = box.column_begin; column < box.column_end; ++column) {
        const Cell& cell = tab.cell(row, column);
        cells.push_back(view_cell(sheet, cell));
        if (!cell.is_empty()) filled = cells.size();
      }
      cells.resize(filled);
      json::object data;
      if (filled > 0) data["values"] = std::move(cells);
      rows.push_back(std::move(data));
      if (filled > 0) filled_rows = rows.size();
    }
    rows.resize(filled_rows);
    if (!rows.empty()) grid["rowData"] = std::move(rows);
  }
  if (wants("rowMetadata")) {
    json::array rows;
    for (int row = box.row_begin; row < box.row_end; ++row) rows.push_back(view_row_metadata(tab.row(row)));
    grid["rowMetadata"] = std::move(rows);
  }
  if (wants("columnMetadata")) {
    json::array columns;
    for (int column = box.column_begin; column < box.column_end; ++column) {
      const auto found = tab.columns.find(column);
      const ColumnData data = found == tab.columns.end() ? ColumnData() : found->second;
      json::object metadata{{"pixelSize", data.pixel_size > 0 ? data.pixel_size : kDefaultColumnPixels}};
      if (data.is_hidden_by_user) metadata["hiddenByUser"] = true;
      columns.push_back(std::move(metadata));
    }
    grid["columnMetadata"] = std::move(columns);
  }
  return grid;
}

json::array metadata_of(const Spreadsheet& sheet, std::optional<std::int64_t> sheet_id) {
  json::array found;
  for (const json::value& entry : sheet.metadata) {
    const json::value* location = entry.get_object().if_contains("location");
    const json::value* id = location != nullptr ? location->get_object().if_contains("sheetId") : nullptr;
    const bool is_here = id != nullptr && id->is_number()
                             ? sheet_id && id->to_number<std::int64_t>() == *sheet_id
                             : id == nullptr && !sheet_id;
    if (is_here) found.push_back(entry);
  }
  return found;
}

void print(std::string& out, const json::value& value, std::size_t depth) {
  const auto line = [&](std::size_t level) {
    out += '\n';
    out.append(level * 2, ' ');
  };
  if (value.is_array() && !value.get_array().empty()) {
    out += '[';
    bool is_first = true;
    for (const json::value& item : value.get_array()) {
      if (!std::exchange(is_first, false)) out += ',';
      line(depth + 1);
      print(out, item, depth + 1);
    }
    line(depth);
    out += ']';
  } else if (value.is_object() && !value.get_object().empty()) {
    out += '{';
    bool is_first = true;
    for (const auto& [name, member] : value.get_object()) {
      if (!std::exchange(is_first, false)) out += ',';
      line(depth + 1);
      out += json::serialize(json::string(name));
      out += ": ";
      print(out, member, depth + 1);
    }
    line(depth);
    out += '}';
  } else if (value.is_double()) {
    out += fmt::format("{}", value.get_double());
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

json::object grid_range(const Tab& tab, const Box& box) {
  json::object range;
  if (tab.sheet_id != 0) range["sheetId"] = tab.sheet_id;
  range["startRowIndex"] = box.row_begin;
  range["endRowIndex"] = box.row_end;
  range["startColumnIndex"] = box.column_begin;
  range["endColumnIndex"] = box.column_end;
  return range;
}

json::object tab_properties(const Spreadsheet& sheet, const Tab& tab) {
  json::object grid{{"rowCount", tab.row_count}, {"columnCount", tab.column_count}};
  if (tab.frozen_rows > 0) grid["frozenRowCount"] = tab.frozen_rows;
  if (tab.frozen_columns > 0) grid["frozenColumnCount"] = tab.frozen_columns;
  std::size_t index = 0;
  while (index < sheet.tabs.size() && sheet.tabs[index].sheet_id != tab.sheet_id) ++index;
  json::object properties{{"sheetId", tab.sheet_id},
                          {"title", tab.title},
                          {"index", index},
                          {"sheetType", "GRID"},
                          {"gridProperties", std::move(grid)}};
  if (tab.is_hidden) properties["hidden"] = true;
  for (const auto& [name, value] : tab.more) properties[name] = value;
  return properties;
}

Answer<json::object> view_spreadsheet(const Spreadsheet& sheet, const ViewOptions& options) {
  const FieldMask* mask = options.mask ? &*options.mask : nullptr;
  const bool with_grid = mask != nullptr ? mask->touches({"sheets", "data"}) : options.include_grid_data;
  std::vector<Spreadsheet::Place> places;
  for (const std::string& range : options.ranges) {
    Answer<Spreadsheet::Place> place = sheet.locate(range);
    if (!place) return std::unexpected(std::move(place.error()));
    const Tab& tab = sheet.tabs[place->tab];
    if (place->box.row_begin >= tab.row_count || place->box.column_begin >= tab.column_count) {
      return invalid(tab.beyond_grid(echo_range(tab.title, place->box)));
    }
    place->box.row_end = std::min(place->box.row_end, tab.row_count);
    place->box.column_end = std::min(place->box.column_end, tab.column_count);
    places.push_back(*std::move(place));
  }
  json::array tabs;
  for (std::size_t i = 0; i < sheet.tabs.size(); ++i) {
    const Tab& tab = sheet.tabs[i];
    json::array data;
    if (places.empty() && with_grid) data.push_back(view_grid(sheet, tab, tab.grid(), mask));
    bool is_wanted = places.empty();
    for (const Spreadsheet::Place& place : places) {
      if (place.tab != i) continue;
      is_wanted = true;
      if (with_grid) data.push_back(view_grid(sheet, tab, place.box, mask));
    }
    if (!is_wanted) continue;
    json::object view{{"properties", tab_properties(sheet, tab)}};
    if (!data.empty()) view["data"] = std::move(data);
    json::array merges;
    for (const Box& merge : tab.merges) merges.push_back(grid_range(tab, merge));
    if (!merges.empty()) view["merges"] = std::move(merges);
    if (!tab.conditional_formats.empty()) view["conditionalFormats"] = tab.conditional_formats;
    if (tab.basic_filter) view["basicFilter"] = *tab.basic_filter;
    json::array metadata = metadata_of(sheet, tab.sheet_id);
    if (!metadata.empty()) view["developerMetadata"] = std::move(metadata);
    tabs.push_back(std::move(view));
  }
  json::object view{
      {"spreadsheetId", sheet.id},
      {"properties",
       {{"title", sheet.title},
        {"locale", sheet.locale},
        {"autoRecalc", "ON_CHANGE"},
        {"timeZone", sheet.time_zone}}},
      {"sheets", std::move(tabs)},
      {"spreadsheetUrl", fmt::format("https://docs.google.com/spreadsheets/d/{}/edit", sheet.id)}};
  json::array metadata = metadata_of(sheet, std::nullopt);
  if (!metadata.empty()) view["developerMetadata"] = std::move(metadata);
  // The mask itself is applied to the reply as a whole, as for every call (SheetsModel).
  return view;
}

std::string pretty_json(const json::value& value) {
  std::string out;
  print(out, value, 0);
  out += '\n';
  return out;
}

}  // namespace sv::sim_sheets
