#include "sim_sheets/values_calls.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

using Lines = std::vector<std::vector<json::value>>;

std::string text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string_view kind_of(const json::value& value) {
  if (value.is_array()) return "list_value";
  return "struct_value";
}

// ValueRange.values as rows, whatever its major dimension; checked before anything else is, as Google does.
Answer<Lines> lines_of(const json::object& body, const std::string& where) {
  Lines lines;
  const json::value* values = body.if_contains("values");
  if (values == nullptr || values->is_null()) return lines;
  const auto refuse = [&](const std::string& field, const json::value& value) {
    const std::string message =
        fmt::format("Invalid value at '{}' (type.googleapis.com/google.protobuf.ListValue), {}", field,
                    json::serialize(value));
    std::unexpected<ApiError> error = invalid(message);
    error.error().details.push_back(
        {{"@type", "type.googleapis.com/google.rpc.BadRequest"},
         {"fieldViolations", {json::object{{"field", field}, {"description", message}}}}});
    return error;
  };
  if (!values->is_array()) return refuse(where + "values", *values);
  std::size_t row = 0;
  for (const json::value& line : values->get_array()) {
    if (!line.is_array()) return refuse(fmt::format("{}values[{}]", where, row), line);
    std::size_t column = 0;
    for (const json::value& value : line.get_array()) {
      if (value.is_array() || value.is_object()) {
        return invalid(fmt::format("Invalid {}values[{}][{}]: {} {}", where, row, column, kind_of(value),
                                   json::serialize(value)));
      }
      ++column;
    }
    lines.emplace_back(line.get_array().begin(), line.get_array().end());
    ++row;
  }
  const std::string dimension = text_member(body, "majorDimension");
  if (dimension != "COLUMNS") return lines;
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, line.size());
  Lines turned(width, std::vector<json::value>(lines.size()));  // null: skipped
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t j = 0; j < lines[i].size(); ++j) turned[j][i] = std::move(lines[i][j]);
  }
  return turned;
}

Answer<Cell> cell_of(const json::value& value, bool user_entered, const std::string& locale) {
  if (value.is_bool()) return Cell{.value = value.get_bool(), .extra = nullptr};
  if (value.is_number()) return Cell{.value = value.to_number<double>(), .extra = nullptr};
  const json::string& text = value.get_string();
  const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  if (static_cast<std::size_t>(characters) > kMostCellCharacters) {
    return invalid(fmt::format("Your input contains more than the maximum of {} characters in a single cell.",
                               kMostCellCharacters));
  }
  if (user_entered) return cell_from_typed(text, locale);
  if (text.empty()) return Cell();
  return Cell{.value = std::string(text), .extra = nullptr};
}

// What was written, for the answer.
struct Written {
  Box box;
  std::set<int> rows;
  std::set<int> columns;
  std::int64_t cells = 0;
};

json::object describe(const Spreadsheet& sheet, const Tab& tab, const Written& written) {
  json::object answer{{"spreadsheetId", sheet.id}, {"updatedRange", echo_range(tab.title, written.box)}};
  if (written.cells == 0) return answer;
  answer["updatedRows"] = written.rows.size();
  answer["updatedColumns"] = written.columns.size();
  answer["updatedCells"] = written.cells;
  return answer;
}

void put(Cell& cell, Cell entered) {
  cell.value = std::move(entered.value);
  if (entered.extra) {
    json::object merged = cell.extra ? *cell.extra : json::object();
    merged.erase("textFormatRuns");
    json::value& format = merged["userEnteredFormat"];
    if (!format.is_object()) format = json::object();
    format.get_object()["numberFormat"] = entered.extra->at("userEnteredFormat").at("numberFormat");
    cell.extra = std::make_shared<const json::object>(std::move(merged));
  } else if (cell.extra && cell.extra->contains("textFormatRuns")) {
    json::object rest = *cell.extra;
    rest.erase("textFormatRuns");
    cell.extra = rest.empty() ? nullptr : std::make_shared<const json::object>(std::move(rest));
  }
}

Answer<Written> write_lines(Tab& tab, const std::string& locale, int row, int column, const Lines& lines,
                            bool user_entered) {
  std::size_t width = 1;
  for (const auto& line : lines) width = std::max(width, line.size());
  Written written{.box = {row, row + std::max(1, static_cast<int>(lines.size())), column,
                          column + static_cast<int>(width)},
                  .rows = {},
                  .columns = {}};
  if (!tab.grid().contains(written.box)) return invalid(tab.beyond_grid(echo_range(tab.title, written.box)));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t j = 0; j < lines[i].size(); ++j) {
      if (lines[i][j].is_null()) continue;
      Answer<Cell> entered = cell_of(lines[i][j], user_entered, locale);
      if (!entered) return std::unexpected(std::move(entered.error()));
      const int to_row = row + static_cast<int>(i);
      const int to_column = column + static_cast<int>(j);
      put(tab.change_cell(to_row, to_column), *std::move(entered));
      written.rows.insert(to_row);
      written.columns.insert(to_column);
      ++written.cells;
    }
  }
  return written;
}

// The rectangle that grows from a filled cell until nothing filled touches it, corners included.
Box block_around(const Tab& tab, int row, int column) {
  Box box{row, row + 1, column, column + 1};
  const auto any = [&](int row_begin, int row_end, int column_begin, int column_end) {
    for (int r = std::max(0, row_begin); r < std::min(row_end, tab.touched_rows()); ++r) {
      for (int c = std::max(0, column_begin); c < std::min(column_end, tab.column_count); ++c) {
        if (tab.cell(r, c).has_value()) return true;
      }
    }
    return false;
  };
  for (bool grew = true; grew;) {
    grew = false;
    const auto widen = [&](bool should, int& side, int by) {
      if (should) side += by;
      grew = grew || should;
    };
    widen(
        box.row_begin > 0 && any(box.row_begin - 1, box.row_begin, box.column_begin - 1, box.column_end + 1),
        box.row_begin, -1);
    widen(any(box.row_end, box.row_end + 1, box.column_begin - 1, box.column_end + 1), box.row_end, 1);
    widen(box.column_begin > 0 &&
              any(box.row_begin - 1, box.row_end + 1, box.column_begin - 1, box.column_begin),
          box.column_begin, -1);
    widen(any(box.row_begin - 1, box.row_end + 1, box.column_end, box.column_end + 1), box.column_end, 1);
  }
  return box;
}

std::optional<Box> table_of(const Tab& tab, const Box& box) {
  if (box.is_cell()) {
    if (!tab.cell(box.row_begin, box.column_begin).has_value()) return std::nullopt;
    return block_around(tab, box.row_begin, box.column_begin);
  }
  for (int row = std::min(box.row_end, tab.touched_rows()) - 1; row >= box.row_begin; --row) {
    for (int column = std::min(box.column_end, tab.column_count) - 1; column >= box.column_begin; --column) {
      if (tab.cell(row, column).has_value()) return block_around(tab, row, column);
    }
  }
  return std::nullopt;
}

Answer<Written> update_place(Spreadsheet& sheet, const Spreadsheet::Place& place, const Lines& lines,
                             bool user_entered) {
  Tab& tab = sheet.tabs[place.tab];
  // One cell is only where to begin; anything wider bounds what is written.
  if (!place.box.is_cell()) {
    std::size_t width = 0;
    for (const auto& line : lines) width = std::max(width, line.size());
    const std::string range = echo_range(tab.title, place.box);
    if (static_cast<std::int64_t>(lines.size()) > place.box.row_end - place.box.row_begin) {
      return invalid(fmt::format("Requested writing within range [{}], but tried writing to row [{}]", range,
                                 place.box.row_end + 1));
    }
    if (static_cast<std::int64_t>(width) > place.box.column_end - place.box.column_begin) {
      return invalid(fmt::format("Requested writing within range [{}], but tried writing to column [{}]",
                                 range, column_name(place.box.column_end)));
    }
  }
  return write_lines(tab, sheet.locale, place.box.row_begin, place.box.column_begin, lines, user_entered);
}

ApiError in_data(std::size_t index, ApiError error) {
  error.message = fmt::format("Invalid data[{}]: {}", index, error.message);
  return error;
}

}  // namespace

Answer<bool> parse_input_option(std::string_view text) {
  if (text == "RAW" || text == "USER_ENTERED") return text == "USER_ENTERED";
  if (text.empty() || text == "INPUT_VALUE_OPTION_UNSPECIFIED") {
    return invalid("'valueInputOption' is required but not specified");
  }
  return invalid(
      fmt::format("Invalid value at 'value_input_option' "
                  "(type.googleapis.com/google.apps.sheets.v4.ValueInputOption), \"{}\"",
                  text));
}

Answer<ReadOptions> parse_read_options(std::string_view dimension, std::string_view render,
                                       std::string_view dates) {
  ReadOptions options;
  const auto refuse = [](std::string_view field, std::string_view type, std::string_view text) {
    return invalid(fmt::format("Invalid value at '{}' (type.googleapis.com/google.apps.sheets.v4.{}), \"{}\"",
                               field, type, text));
  };
  if (dimension == "COLUMNS")
    options.by_columns = true;
  else if (!dimension.empty() && dimension != "ROWS")
    return refuse("major_dimension", "Dimension", dimension);
  if (render == "UNFORMATTED_VALUE")
    options.render = ValueRender::unformatted;
  else if (render == "FORMULA")
    options.render = ValueRender::formula;
  else if (!render.empty() && render != "FORMATTED_VALUE")
    return refuse("value_render_option", "ValueRenderOption", render);
  if (dates == "FORMATTED_STRING")
    options.dates = DateRender::formatted;
  else if (!dates.empty() && dates != "SERIAL_NUMBER")
    return refuse("date_time_render_option", "DateTimeRenderOption", dates);
  return options;
}

Answer<json::object> get_values(const Spreadsheet& sheet, std::string_view range,
                                const ReadOptions& options) {
  const Answer<Spreadsheet::Place> place = sheet.locate(range);
  if (!place) return std::unexpected(place.error());
  const Tab& tab = sheet.tabs[place->tab];
  Box box = place->box;
  if (box.row_begin >= tab.row_count || box.column_begin >= tab.column_count) {
    return invalid(tab.beyond_grid(echo_range(tab.title, box)));
  }
  box.row_end = std::min(box.row_end, tab.row_count);
  box.column_end = std::min(box.column_end, tab.column_count);
  json::array lines;
  const int outer_end = options.by_columns ? box.column_end : std::min(box.row_end, tab.touched_rows());
  const int inner_end = options.by_columns ? std::min(box.row_end, tab.touched_rows()) : box.column_end;
  std::size_t filled_lines = 0;
  for (int outer = options.by_columns ? box.column_begin : box.row_begin; outer < outer_end; ++outer) {
    json::array line;
    std::size_t filled = 0;
    for (int inner = options.by_columns ? box.row_begin : box.column_begin; inner < inner_end; ++inner) {
      const Cell& cell = options.by_columns ? tab.cell(inner, outer) : tab.cell(outer, inner);
      line.push_back(render(cell, options.render, options.dates, sheet.locale));
      if (cell.has_value()) filled = line.size();
    }
    line.resize(filled);
    lines.push_back(std::move(line));
    if (filled > 0) filled_lines = lines.size();
  }
  lines.resize(filled_lines);
  json::object answer{{"range", echo_range(tab.title, box)},
                      {"majorDimension", options.by_columns ? "COLUMNS" : "ROWS"}};
  if (!lines.empty()) answer["values"] = std::move(lines);
  return answer;
}

Answer<json::object> update_values(Spreadsheet& sheet, std::string_view range, const json::object& body,
                                   const WriteOptions& options) {
  const Answer<Lines> lines = lines_of(body, "data.");
  if (!lines) return std::unexpected(lines.error());
  const Answer<Spreadsheet::Place> place = sheet.locate(range);
  if (!place) return std::unexpected(place.error());
  const std::string own = text_member(body, "range");
  if (!own.empty()) {
    const Answer<Spreadsheet::Place> same = sheet.locate(own);
    if (!same || same->tab != place->tab || !(same->box == place->box)) {
      return invalid(fmt::format("Requested range [{}] does not match value range [{}]", range, own));
    }
  }
  const Answer<Written> written = update_place(sheet, *place, *lines, options.user_entered);
  if (!written) return std::unexpected(written.error());
  json::object answer = describe(sheet, sheet.tabs[place->tab], *written);
  if (options.include_values) {
    Answer<json::object> data =
        get_values(sheet, echo_range(sheet.tabs[place->tab].title, written->box), options.response);
    if (data) answer["updatedData"] = *std::move(data);
  }
  return answer;
}

Answer<json::object> append_values(Spreadsheet& sheet, std::string_view range, const json::object& body,
                                   const WriteOptions& options) {
  const Answer<Lines> lines = lines_of(body, "data.");
  if (!lines) return std::unexpected(lines.error());
  const Answer<Spreadsheet::Place> place = sheet.locate(range);
  if (!place) return std::unexpected(place.error());
  Tab& tab = sheet.tabs[place->tab];
  const std::optional<Box> table = table_of(tab, place->box);
  const int row = table ? table->row_end : place->box.row_begin;
  const int column = table ? table->column_begin : place->box.column_begin;
  const auto count = static_cast<int>(lines->size());
  int width = 1;
  for (const auto& line : *lines) width = std::max(width, static_cast<int>(line.size()));
  // Counted before the rows exist: inserting what the document cannot hold would cost memory first.
  const std::int64_t rows_after = std::max<std::int64_t>(tab.row_count, std::int64_t{row} + count);
  const std::int64_t columns_after = std::max<std::int64_t>(tab.column_count, std::int64_t{column} + width);
  if (sheet.grid_cells() - tab.grid_cells() + rows_after * columns_after > kMostCells) {
    return invalid(
        fmt::format("This action would increase the number of cells in the workbook above the limit of {} "
                    "cells.",
                    kMostCells));
  }
  if (options.insert_rows && table && count > 0) tab.insert(Dimension::rows, row, count);
  tab.row_count = std::max(tab.row_count, row + count);
  tab.column_count = std::max(tab.column_count, column + width);
  const Answer<Written> written = write_lines(tab, sheet.locale, row, column, *lines, options.user_entered);
  if (!written) return std::unexpected(written.error());
  const Answer<void> fits = sheet.check_size();
  if (!fits) return std::unexpected(fits.error());
  json::object answer{{"spreadsheetId", sheet.id}};
  if (table) answer["tableRange"] = echo_range(tab.title, *table);
  answer["updates"] = describe(sheet, tab, *written);
  if (options.include_values) {
    Answer<json::object> data = get_values(sheet, echo_range(tab.title, written->box), options.response);
    if (data) answer["updates"].get_object()["updatedData"] = *std::move(data);
  }
  return answer;
}

Answer<json::object> clear_values(Spreadsheet& sheet, std::string_view range) {
  const Answer<Spreadsheet::Place> place = sheet.locate(range);
  if (!place) return std::unexpected(place.error());
  Tab& tab = sheet.tabs[place->tab];
  Box box = place->box;
  if (box.row_begin >= tab.row_count || box.column_begin >= tab.column_count) {
    return invalid(tab.beyond_grid(echo_range(tab.title, box)));
  }
  box.row_end = std::min(box.row_end, tab.row_count);
  box.column_end = std::min(box.column_end, tab.column_count);
  for (int row = box.row_begin; row < std::min(box.row_end, tab.touched_rows()); ++row) {
    for (int column = box.column_begin; column < box.column_end; ++column) {
      if (tab.cell(row, column).has_value()) put(tab.change_cell(row, column), Cell());
    }
  }
  return json::object{{"spreadsheetId", sheet.id}, {"clearedRange", echo_range(tab.title, box)}};
}

Answer<json::object> batch_get_values(const Spreadsheet& sheet, const std::vector<std::string>& ranges,
                                      const ReadOptions& options) {
  json::array found;
  for (const std::string& range : ranges) {
    Answer<json::object> one = get_values(sheet, range, options);
    if (!one) return std::unexpected(std::move(one.error()));
    found.push_back(*std::move(one));
  }
  json::object answer{{"spreadsheetId", sheet.id}};
  if (!found.empty()) answer["valueRanges"] = std::move(found);
  return answer;
}

Answer<json::object> batch_update_values(Spreadsheet& sheet, const json::object& body) {
  const Answer<bool> user_entered = parse_input_option(text_member(body, "valueInputOption"));
  if (!user_entered) return std::unexpected(user_entered.error());
  const json::value* data = body.if_contains("data");
  const json::array none;
  const json::array& parts = data != nullptr && data->is_array() ? data->get_array() : none;
  const json::value* include = body.if_contains("includeValuesInResponse");
  const bool include_values = include != nullptr && include->is_bool() && include->get_bool();
  const Answer<ReadOptions> response = parse_read_options("", text_member(body, "responseValueRenderOption"),
                                                          text_member(body, "responseDateTimeRenderOption"));
  if (!response) return std::unexpected(response.error());
  std::set<std::pair<std::size_t, int>> rows;
  std::set<std::pair<std::size_t, int>> columns;
  std::set<std::size_t> tabs;
  std::int64_t cells = 0;
  json::array responses;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_object()) return invalid(fmt::format("Invalid value at 'data[{}]'", i));
    const json::object& part = parts[i].get_object();
    const Answer<Lines> lines = lines_of(part, fmt::format("data[{}].", i));
    if (!lines) return std::unexpected(lines.error());
    const Answer<Spreadsheet::Place> place = sheet.locate(text_member(part, "range"));
    if (!place) return std::unexpected(in_data(i, place.error()));
    const Answer<Written> written = update_place(sheet, *place, *lines, *user_entered);
    if (!written) return std::unexpected(in_data(i, written.error()));
    const Tab& tab = sheet.tabs[place->tab];
    json::object& answer = responses.emplace_back(describe(sheet, tab, *written)).get_object();
    if (include_values) {
      Answer<json::object> values = get_values(sheet, echo_range(tab.title, written->box), *response);
      if (values) answer["updatedData"] = *std::move(values);
    }
    for (const int row : written->rows) rows.emplace(place->tab, row);
    for (const int column : written->columns) columns.emplace(place->tab, column);
    if (written->cells > 0) tabs.insert(place->tab);
    cells += written->cells;
  }
  json::object answer{{"spreadsheetId", sheet.id}};
  if (cells > 0) {
    answer["totalUpdatedRows"] = rows.size();
    answer["totalUpdatedColumns"] = columns.size();
    answer["totalUpdatedCells"] = cells;
    answer["totalUpdatedSheets"] = tabs.size();
  }
  if (!responses.empty()) answer["responses"] = std::move(responses);
  return answer;
}

Answer<json::object> batch_clear_values(Spreadsheet& sheet, const json::object& body) {
  json::array cleared;
  const json::value* ranges = body.if_contains("ranges");
  if (ranges != nullptr && ranges->is_array()) {
    for (const json::value& range : ranges->get_array()) {
      if (!range.is_string()) return invalid("Invalid value at 'ranges'");
      const Answer<json::object> one = clear_values(sheet, range.get_string());
      if (!one) return std::unexpected(one.error());
      cleared.push_back(one->at("clearedRange"));
    }
  }
  json::object answer{{"spreadsheetId", sheet.id}};
  if (!cleared.empty()) answer["clearedRanges"] = std::move(cleared);
  return answer;
}

}  // namespace sv::sim_sheets
