#include "sim_sheets/grid_arguments.hpp"
#include "sim_sheets/request_kinds.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

const json::object kNothing;

// The CellData at [row][column] of RowData[]; nothing when the lists are shorter.
const json::object* cell_data_at(const json::array& rows, int row, int column) {
  if (static_cast<std::size_t>(row) >= rows.size() || !rows[static_cast<std::size_t>(row)].is_object())
    return nullptr;
  const json::array& values = array_in(rows[static_cast<std::size_t>(row)].get_object(), "values");
  if (static_cast<std::size_t>(column) >= values.size()) return nullptr;
  const json::value& value = values[static_cast<std::size_t>(column)];
  return value.is_object() ? &value.get_object() : &kNothing;
}

int width_of(const json::array& rows) {
  std::size_t width = 0;
  for (const json::value& row : rows) {
    if (row.is_object()) width = std::max(width, array_in(row.get_object(), "values").size());
  }
  return static_cast<int>(width);
}

Answer<void> write_rows(Tab& tab, int row, int column, const json::array& rows, const FieldMask& fields) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (int j = 0;; ++j) {
      const json::object* data = cell_data_at(rows, static_cast<int>(i), j);
      if (data == nullptr) break;
      const Answer<void> written =
          write_cell_data(tab.change_cell(row + static_cast<int>(i), column + j), *data, fields);
      if (!written) return written;
    }
  }
  return {};
}

// For sorting, as Sheets: numbers, texts, booleans, blanks last.
int sort_class(const Value& value) {
  if (std::holds_alternative<double>(value)) return 0;
  if (std::holds_alternative<std::string>(value)) return 1;
  if (std::holds_alternative<bool>(value)) return 2;
  return 3;
}

int compare(const Value& a, const Value& b) {
  if (sort_class(a) != sort_class(b)) return sort_class(a) < sort_class(b) ? -1 : 1;
  if (a == b) return 0;
  return a < b ? -1 : 1;
}

}  // namespace

Reply update_cells(Spreadsheet& sheet, const json::object& request) {
  const Answer<FieldMask> fields = read_fields(request);
  if (!fields) return std::unexpected(fields.error());
  const json::array& rows = array_in(request, "rows");
  const auto height = static_cast<int>(rows.size());
  const int width = width_of(rows);
  if (request.contains("range")) {
    const Answer<TabBox> place = read_grid_range(sheet, object_in(request, "range"));
    if (!place) return std::unexpected(place.error());
    const Box& box = place->box;
    if (height > box.row_end - box.row_begin || width > box.column_end - box.column_begin) {
      return invalid("Attempting to write more rows or columns than the range holds.");
    }
    // What the rows do not cover is cleared of the fields.
    for (int row = box.row_begin; row < box.row_end; ++row) {
      for (int column = box.column_begin; column < box.column_end; ++column) {
        const json::object* data = cell_data_at(rows, row - box.row_begin, column - box.column_begin);
        if (data == nullptr && place->tab->cell(row, column).is_empty()) continue;
        const Answer<void> written = write_cell_data(place->tab->change_cell(row, column),
                                                     data != nullptr ? *data : kNothing, *fields);
        if (!written) return std::unexpected(written.error());
      }
    }
    return json::object();
  }
  const json::object& start = object_in(request, "start");
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(start, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  const int row = index_in(start, "rowIndex");
  const int column = index_in(start, "columnIndex");
  const std::int64_t row_end = std::int64_t{row} + std::max(1, height);
  const std::int64_t column_end = std::int64_t{column} + std::max(1, width);
  if (row_end > (*tab)->row_count) {
    return invalid(fmt::format("Attempting to write row: {}, beyond the last requested row of: {}",
                               row_end - 1, (*tab)->row_count - 1));
  }
  if (column_end > (*tab)->column_count) {
    return invalid(fmt::format("Attempting to write column: {}, beyond the last requested column of: {}",
                               column_end - 1, (*tab)->column_count - 1));
  }
  const Answer<void> written = write_rows(**tab, row, column, rows, *fields);
  if (!written) return std::unexpected(written.error());
  return json::object();
}

Reply append_cells(Spreadsheet& sheet, const json::object& request) {
  const Answer<FieldMask> fields = read_fields(request);
  if (!fields) return std::unexpected(fields.error());
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(request, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  const json::array& rows = array_in(request, "rows");
  const int row = (*tab)->rows_in_use();
  (*tab)->row_count = std::max((*tab)->row_count, row + static_cast<int>(rows.size()));
  (*tab)->column_count = std::max((*tab)->column_count, width_of(rows));
  const Answer<void> fits = sheet.check_size();
  if (!fits) return std::unexpected(fits.error());
  const Answer<void> written = write_rows(**tab, row, 0, rows, *fields);
  if (!written) return std::unexpected(written.error());
  return json::object();
}

Reply repeat_cell(Spreadsheet& sheet, const json::object& request) {
  const Answer<FieldMask> fields = read_fields(request);
  if (!fields) return std::unexpected(fields.error());
  const Answer<TabBox> place = read_grid_range(sheet, object_in(request, "range"));
  if (!place) return std::unexpected(place.error());
  for (int row = place->box.row_begin; row < place->box.row_end; ++row) {
    for (int column = place->box.column_begin; column < place->box.column_end; ++column) {
      const Answer<void> written =
          write_cell_data(place->tab->change_cell(row, column), object_in(request, "cell"), *fields);
      if (!written) return std::unexpected(written.error());
    }
  }
  return json::object();
}

Reply set_data_validation(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabBox> place = read_grid_range(sheet, object_in(request, "range"));
  if (!place) return std::unexpected(place.error());
  json::object data;
  if (request.contains("rule")) data["dataValidation"] = request.at("rule");
  const Answer<FieldMask> fields = FieldMask::parse("dataValidation");
  for (int row = place->box.row_begin; row < place->box.row_end; ++row) {
    for (int column = place->box.column_begin; column < place->box.column_end; ++column) {
      const Answer<void> written = write_cell_data(place->tab->change_cell(row, column), data, *fields);
      if (!written) return std::unexpected(written.error());
    }
  }
  return json::object();
}

Reply sort_range(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabBox> place = read_grid_range(sheet, object_in(request, "range"));
  if (!place) return std::unexpected(place.error());
  const json::array& specs = array_in(request, "sortSpecs");
  std::vector<int> order(static_cast<std::size_t>(place->box.row_end - place->box.row_begin));
  std::iota(order.begin(), order.end(), place->box.row_begin);
  std::ranges::sort(order, [&](int a, int b) {
    for (const json::value& spec : specs) {
      if (!spec.is_object()) continue;
      const int column = index_in(spec.get_object(), "dimensionIndex");
      const Value left = effective_value(place->tab->cell(a, column).value);
      const Value right = effective_value(place->tab->cell(b, column).value);
      const int by = compare(left, right);
      if (by == 0) continue;
      const bool has_blank = sort_class(left) == 3 || sort_class(right) == 3;
      return text_in(spec.get_object(), "sortOrder") == "DESCENDING" && !has_blank ? by > 0 : by < 0;
    }
    return a < b;  // equal rows stay as they are
  });
  place->tab->reorder(place->box, order);
  return json::object();
}

// What lies below (or to the right) moves into the gap; the grid keeps its size.
Reply delete_range(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabBox> place = read_grid_range(sheet, object_in(request, "range"));
  if (!place) return std::unexpected(place.error());
  Tab& tab = *place->tab;
  const Box& box = place->box;
  const std::string dimension = text_in(request, "shiftDimension");
  if (dimension != "ROWS" && dimension != "COLUMNS") return invalid("No shiftDimension specified.");
  const bool is_up = dimension == "ROWS";
  const int down = is_up ? box.row_end - box.row_begin : 0;
  const int right = is_up ? 0 : box.column_end - box.column_begin;
  const int row_end = is_up ? tab.touched_rows() : std::min(box.row_end, tab.touched_rows());
  const int column_end = is_up ? box.column_end : tab.column_count;
  for (int row = box.row_begin; row < row_end; ++row) {
    for (int column = box.column_begin; column < column_end; ++column) {
      const Cell moved = tab.cell(row + down, column + right);
      if (!moved.is_empty() || !tab.cell(row, column).is_empty()) tab.change_cell(row, column) = moved;
    }
  }
  return json::object();
}

Reply merge_cells(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabBox> place = read_grid_range(sheet, object_in(request, "range"));
  if (!place) return std::unexpected(place.error());
  Tab& tab = *place->tab;
  const std::string type = text_in(request, "mergeType");
  std::vector<Box> parts;
  if (type == "MERGE_ROWS") {
    for (int row = place->box.row_begin; row < place->box.row_end; ++row) {
      parts.push_back({row, row + 1, place->box.column_begin, place->box.column_end});
    }
  } else if (type == "MERGE_COLUMNS") {
    for (int column = place->box.column_begin; column < place->box.column_end; ++column) {
      parts.push_back({place->box.row_begin, place->box.row_end, column, column + 1});
    }
  } else {
    parts.push_back(place->box);
  }
  for (const Box& part : parts) {
    // A merge swallows those that it contains and may not cut others.
    std::erase_if(tab.merges, [&](const Box& merge) { return part.contains(merge); });
    if (std::ranges::any_of(tab.merges, [&](const Box& merge) { return part.intersects(merge); })) {
      return invalid("You must select all cells in a merged range to merge or unmerge them.");
    }
    if (part.is_cell()) continue;
    for (int row = part.row_begin; row < part.row_end; ++row) {
      for (int column = part.column_begin; column < part.column_end; ++column) {
        const bool is_corner = row == part.row_begin && column == part.column_begin;
        if (!is_corner && tab.cell(row, column).has_value())
          tab.change_cell(row, column).value = std::monostate();
      }
    }
    tab.merges.push_back(part);
  }
  return json::object();
}

Reply unmerge_cells(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabBox> place = read_grid_range(sheet, object_in(request, "range"));
  if (!place) return std::unexpected(place.error());
  std::erase_if(place->tab->merges, [&](const Box& merge) { return place->box.contains(merge); });
  if (std::ranges::any_of(place->tab->merges,
                          [&](const Box& merge) { return place->box.intersects(merge); })) {
    return invalid("You must select all cells in a merged range to merge or unmerge them.");
  }
  return json::object();
}

}  // namespace sv::sim_sheets
