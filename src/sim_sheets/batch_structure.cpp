#include "sim_sheets/grid_arguments.hpp"
#include "sim_sheets/request_kinds.hpp"
#include "sim_sheets/spreadsheet_view.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

int extent(const Tab& tab, Dimension dimension) {
  return dimension == Dimension::rows ? tab.row_count : tab.column_count;
}

// Checked before anything is put in, so that an absurd count costs no memory.
Answer<void> grow(Spreadsheet& sheet, Tab& tab, Dimension dimension, int position, int count) {
  const std::int64_t other = dimension == Dimension::rows ? tab.column_count : tab.row_count;
  if (sheet.grid_cells() + other * count > kMostCells) {
    return invalid(fmt::format(
        "This action would increase the number of cells in the workbook above the limit of {} cells.",
        kMostCells));
  }
  tab.insert(dimension, position, count);
  return {};
}

// Google gives new tabs a random id of 31 bits; here it follows from the ids that are there, so that runs
// repeat.
std::int64_t free_sheet_id(const Spreadsheet& sheet) {
  std::int64_t id = 0;
  while (std::ranges::find(sheet.tabs, id, &Tab::sheet_id) != sheet.tabs.end())
    id = id * 48'271 % 2'147'483'647 + 1'000'003;
  return id % 2'147'483'647;
}

Answer<void> apply_properties(Spreadsheet& sheet, Tab& tab, const json::object& properties,
                              const FieldMask& fields) {
  if (fields.touches({"title"}) && properties.contains("title")) {
    std::string title = text_in(properties, "title");
    const Tab* taken = std::as_const(sheet).find_tab(std::string_view(title));
    if (taken != nullptr && taken != &tab) {
      return invalid(
          fmt::format("A sheet with the name \"{}\" already exists. Please enter another name.", title));
    }
    tab.title = std::move(title);
  }
  const json::object& grid = object_in(properties, "gridProperties");
  const auto wants = [&](std::string_view name) { return fields.touches({"gridProperties", name}); };
  if (wants("frozenRowCount")) tab.frozen_rows = index_in(grid, "frozenRowCount");
  if (wants("frozenColumnCount")) tab.frozen_columns = index_in(grid, "frozenColumnCount");
  const auto resize = [&](std::string_view name, Dimension dimension) -> Answer<void> {
    const std::optional<std::int64_t> wanted = number_in(grid, name);
    if (!wants(name) || !wanted) return {};
    const int have = extent(tab, dimension);
    if (*wanted < 1) return invalid("You can't delete all the rows or columns on the sheet.");
    if (*wanted > have) return grow(sheet, tab, dimension, have, static_cast<int>(*wanted) - have);
    if (*wanted < have) tab.remove(dimension, static_cast<int>(*wanted), have);
    return {};
  };
  Answer<void> resized = resize("rowCount", Dimension::rows);
  if (resized) resized = resize("columnCount", Dimension::columns);
  if (!resized) return resized;
  if (fields.touches({"hidden"})) tab.is_hidden = flag_in(properties, "hidden");
  for (const char* kept : {"tabColor", "tabColorStyle", "rightToLeft"}) {
    if (!fields.touches({kept})) continue;
    if (properties.contains(kept))
      tab.more[kept] = properties.at(kept);
    else
      tab.more.erase(kept);
  }
  return {};
}

}  // namespace

Answer<Tab> make_tab(const Spreadsheet& sheet, const json::object& properties) {
  Tab tab;
  tab.title = text_in(properties, "title");
  if (tab.title.empty()) {
    int number = static_cast<int>(sheet.tabs.size()) + 1;
    while (sheet.find_tab(std::string_view(fmt::format("Sheet{}", number))) != nullptr) ++number;
    tab.title = fmt::format("Sheet{}", number);
  }
  if (sheet.find_tab(std::string_view(tab.title)) != nullptr) {
    return invalid(
        fmt::format("A sheet with the name \"{}\" already exists. Please enter another name.", tab.title));
  }
  const json::object& grid = object_in(properties, "gridProperties");
  tab.sheet_id = number_in(properties, "sheetId").value_or(free_sheet_id(sheet));
  if (std::ranges::find(sheet.tabs, tab.sheet_id, &Tab::sheet_id) != sheet.tabs.end()) {
    return invalid(fmt::format("Sheet with id {} already exists.", tab.sheet_id));
  }
  tab.row_count = std::max(1, static_cast<int>(number_in(grid, "rowCount").value_or(kNewRows)));
  tab.column_count = std::max(1, static_cast<int>(number_in(grid, "columnCount").value_or(kNewColumns)));
  tab.frozen_rows = index_in(grid, "frozenRowCount");
  tab.frozen_columns = index_in(grid, "frozenColumnCount");
  tab.is_hidden = flag_in(properties, "hidden");
  for (const char* kept : {"tabColor", "tabColorStyle", "rightToLeft"}) {
    if (properties.contains(kept)) tab.more[kept] = properties.at(kept);
  }
  return tab;
}

Reply insert_dimension(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabSpan> span = read_dimension_range(sheet, object_in(request, "range"));
  if (!span) return std::unexpected(span.error());
  const int last = extent(*span->tab, span->dimension);
  if (span->begin > last) {
    return invalid(fmt::format("range.startIndex[{}] is too large. There are only {} {} in the sheet.",
                               span->begin, last, span->dimension == Dimension::rows ? "rows" : "columns"));
  }
  const Answer<void> grown = grow(sheet, *span->tab, span->dimension, span->begin, span->end - span->begin);
  if (!grown) return std::unexpected(grown.error());
  return json::object();
}

Reply delete_dimension(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabSpan> span = read_dimension_range(sheet, object_in(request, "range"));
  if (!span) return std::unexpected(span.error());
  const int last = extent(*span->tab, span->dimension);
  if (span->begin >= last) return invalid("Cannot delete a row that doesn't exist.");
  const int end = std::min(span->end, last);
  if (span->begin == 0 && end == last)
    return invalid("You can't delete all the rows or columns on the sheet.");
  span->tab->remove(span->dimension, span->begin, end);
  return json::object();
}

Reply append_dimension(Spreadsheet& sheet, const json::object& request) {
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(request, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  const std::string text = text_in(request, "dimension");
  if (text != "ROWS" && text != "COLUMNS") return invalid("No dimension specified.");
  const Dimension dimension = text == "ROWS" ? Dimension::rows : Dimension::columns;
  const int length = index_in(request, "length");
  if (length < 1) return invalid("length must be greater than 0.");
  const Answer<void> grown = grow(sheet, **tab, dimension, extent(**tab, dimension), length);
  if (!grown) return std::unexpected(grown.error());
  return json::object();
}

Reply move_dimension(Spreadsheet& sheet, const json::object& request) {
  const Answer<TabSpan> span = read_dimension_range(sheet, object_in(request, "source"));
  if (!span) return std::unexpected(span.error());
  const int destination = index_in(request, "destinationIndex");
  if (span->dimension != Dimension::rows) {
    return std::unexpected(ApiError{
        .code = 501, .status = "UNIMPLEMENTED", .message = "the simulator moves rows only", .details = {}});
  }
  if (span->end > span->tab->row_count || destination > span->tab->row_count) {
    return invalid("source or destination lies outside of the sheet.");
  }
  span->tab->move_rows(span->begin, span->end, destination);
  return json::object();
}

Reply auto_resize_dimensions(Spreadsheet& sheet, const json::object& request) {
  // Nothing is drawn here, so nothing has a width to fit; the range is checked as by Google.
  const Answer<TabSpan> span = read_dimension_range(sheet, object_in(request, "dimensions"));
  if (!span) return std::unexpected(span.error());
  return json::object();
}

Reply update_dimension_properties(Spreadsheet& sheet, const json::object& request) {
  const Answer<FieldMask> fields = read_fields(request);
  if (!fields) return std::unexpected(fields.error());
  const Answer<TabSpan> span = read_dimension_range(sheet, object_in(request, "range"));
  if (!span) return std::unexpected(span.error());
  const json::object& properties = object_in(request, "properties");
  const int end = std::min(span->end, extent(*span->tab, span->dimension));
  for (int at = span->begin; at < end; ++at) {
    const auto change = [&](auto& data) {
      if (fields->touches({"pixelSize"})) data.pixel_size = index_in(properties, "pixelSize");
      if (fields->touches({"hiddenByUser"})) data.is_hidden_by_user = flag_in(properties, "hiddenByUser");
    };
    if (span->dimension == Dimension::rows)
      change(span->tab->change_row(at));
    else
      change(span->tab->columns[at]);
  }
  return json::object();
}

Reply add_sheet(Spreadsheet& sheet, const json::object& request) {
  const json::object& properties = object_in(request, "properties");
  Answer<Tab> tab = make_tab(sheet, properties);
  if (!tab) return std::unexpected(std::move(tab.error()));
  const std::size_t index = std::min<std::size_t>(
      static_cast<std::size_t>(
          number_in(properties, "index").value_or(static_cast<std::int64_t>(sheet.tabs.size()))),
      sheet.tabs.size());
  const auto added =
      sheet.tabs.insert(std::next(sheet.tabs.begin(), static_cast<std::ptrdiff_t>(index)), *std::move(tab));
  const Answer<void> fits = sheet.check_size();
  if (!fits) return std::unexpected(fits.error());
  return json::object{{"addSheet", {{"properties", tab_properties(sheet, *added)}}}};
}

Reply delete_sheet(Spreadsheet& sheet, const json::object& request) {
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(request, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  if (sheet.tabs.size() == 1) return invalid("You can't remove all the sheets in a document.");
  std::erase_if(sheet.tabs, [&, id = (*tab)->sheet_id](const Tab& one) { return one.sheet_id == id; });
  return json::object();
}

Reply update_sheet_properties(Spreadsheet& sheet, const json::object& request) {
  const Answer<FieldMask> fields = read_fields(request);
  if (!fields) return std::unexpected(fields.error());
  const json::object& properties = object_in(request, "properties");
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(properties, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  const Answer<void> applied = apply_properties(sheet, **tab, properties, *fields);
  if (!applied) return std::unexpected(applied.error());
  return json::object();
}

Reply update_spreadsheet_properties(Spreadsheet& sheet, const json::object& request) {
  const Answer<FieldMask> fields = read_fields(request);
  if (!fields) return std::unexpected(fields.error());
  const json::object& properties = object_in(request, "properties");
  const auto take = [&](std::string_view name, std::string& into) {
    if (fields->touches({name}) && properties.contains(name)) into = text_in(properties, name);
  };
  take("title", sheet.title);
  take("locale", sheet.locale);
  take("timeZone", sheet.time_zone);
  return json::object();
}

Reply add_conditional_format_rule(Spreadsheet& sheet, const json::object& request) {
  const json::object& rule = object_in(request, "rule");
  const json::array& ranges = array_in(rule, "ranges");
  if (ranges.empty() || !ranges.front().is_object()) return invalid("No ranges specified.");
  const Answer<TabBox> place = read_grid_range(sheet, ranges.front().get_object());
  if (!place) return std::unexpected(place.error());
  json::array& rules = place->tab->conditional_formats;
  const std::size_t index = std::min(static_cast<std::size_t>(index_in(request, "index")), rules.size());
  rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(index), json::value(rule));
  return json::object();
}

Reply set_basic_filter(Spreadsheet& sheet, const json::object& request) {
  const json::object& filter = object_in(request, "filter");
  const Answer<TabBox> place = read_grid_range(sheet, object_in(filter, "range"));
  if (!place) return std::unexpected(place.error());
  place->tab->basic_filter = filter;
  return json::object();
}

Reply clear_basic_filter(Spreadsheet& sheet, const json::object& request) {
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(request, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  (*tab)->basic_filter.reset();
  for (int row = 0; row < (*tab)->touched_rows(); ++row) {
    if ((*tab)->row(row).is_hidden_by_filter) (*tab)->change_row(row).is_hidden_by_filter = false;
  }
  return json::object();
}

}  // namespace sv::sim_sheets
