#include "sim_sheets/grid_arguments.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

const json::object kNoObject;
const json::array kNoArray;

}  // namespace

const json::object& object_in(const json::object& parent, std::string_view name) {
  const json::value* value = parent.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : kNoObject;
}

const json::array& array_in(const json::object& parent, std::string_view name) {
  const json::value* value = parent.if_contains(name);
  return value != nullptr && value->is_array() ? value->get_array() : kNoArray;
}

std::string text_in(const json::object& parent, std::string_view name) {
  const json::value* value = parent.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool flag_in(const json::object& parent, std::string_view name) {
  const json::value* value = parent.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> number_in(const json::object& parent, std::string_view name) {
  const json::value* value = parent.if_contains(name);
  if (value == nullptr) return std::nullopt;
  std::int64_t number = -1;
  if (value->is_string()) {
    const json::string& text = value->get_string();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  } else {
    boost::system::error_code error;
    number = value->to_number<std::int64_t>(error);
    if (error) return std::nullopt;
  }
  if (number < 0 || number > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  return number;
}

int index_in(const json::object& parent, std::string_view name) {
  return static_cast<int>(number_in(parent, name).value_or(0));
}

Answer<Tab*> tab_by_id(Spreadsheet& sheet, std::int64_t sheet_id) {
  Tab* tab = sheet.find_tab(sheet_id);
  if (tab == nullptr) return invalid(fmt::format("No grid with id: {}", sheet_id));
  return tab;
}

Answer<TabBox> read_grid_range(Spreadsheet& sheet, const json::object& range) {
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(range, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  const auto end_in = [&](std::string_view name, int last) {
    return static_cast<int>(number_in(range, name).value_or(last));
  };
  Box box{.row_begin = index_in(range, "startRowIndex"),
          .row_end = end_in("endRowIndex", (*tab)->row_count),
          .column_begin = index_in(range, "startColumnIndex"),
          .column_end = end_in("endColumnIndex", (*tab)->column_count)};
  if (box.row_begin >= (*tab)->row_count || box.column_begin >= (*tab)->column_count) {
    // As Google writes it, open ends stay open: "T!A1001:B".
    std::string text =
        fmt::format("{}!{}{}", echo_title((*tab)->title), column_name(box.column_begin), box.row_begin + 1);
    text += ":" + column_name(std::max(box.column_end, 1) - 1);
    if (range.contains("endRowIndex")) text += fmt::format("{}", box.row_end);
    return invalid((*tab)->beyond_grid(text));
  }
  if (box.row_end <= box.row_begin || box.column_end <= box.column_begin) {
    return invalid(fmt::format("GridRange is empty: rows {} to {}, columns {} to {}", box.row_begin,
                               box.row_end, box.column_begin, box.column_end));
  }
  box.row_end = std::min(box.row_end, (*tab)->row_count);
  box.column_end = std::min(box.column_end, (*tab)->column_count);
  return TabBox{*tab, box};
}

Answer<TabSpan> read_dimension_range(Spreadsheet& sheet, const json::object& range) {
  const Answer<Tab*> tab = tab_by_id(sheet, number_in(range, "sheetId").value_or(0));
  if (!tab) return std::unexpected(tab.error());
  TabSpan span{.tab = *tab};
  const std::string dimension = text_in(range, "dimension");
  if (dimension == "COLUMNS") {
    span.dimension = Dimension::columns;
  } else if (dimension != "ROWS") {
    return invalid("No dimension specified.");
  }
  const int last = span.dimension == Dimension::rows ? (*tab)->row_count : (*tab)->column_count;
  span.begin = index_in(range, "startIndex");
  span.end = static_cast<int>(number_in(range, "endIndex").value_or(last));
  if (span.begin >= span.end) {
    return invalid(
        fmt::format("range.startIndex[{}] must be less than range.endIndex[{}]", span.begin, span.end));
  }
  return span;
}

Answer<FieldMask> read_fields(const json::object& request) {
  const std::string fields = text_in(request, "fields");
  if (fields.empty())
    return invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)");
  return FieldMask::parse(fields);
}

Answer<void> write_cell_data(Cell& cell, const json::object& data, const FieldMask& fields) {
  json::object extra = cell.extra ? *cell.extra : json::object();
  const bool has_new_value = fields.touches({"userEnteredValue"});
  if (has_new_value) {
    const json::object& value = object_in(data, "userEnteredValue");
    extra.erase("textFormatRuns");
    cell.value = std::monostate();
    if (value.contains("stringValue")) {
      std::string text = text_in(value, "stringValue");
      const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
      if (static_cast<std::size_t>(characters) > kMostCellCharacters) {
        return invalid(
            fmt::format("Your input contains more than the maximum of {} characters in a single cell.",
                        kMostCellCharacters));
      }
      if (!text.empty()) cell.value = std::move(text);
    } else if (const json::value* number = value.if_contains("numberValue")) {
      if (!number->is_number()) return invalid("Invalid value at 'numberValue' (TYPE_DOUBLE)");
      cell.value = number->to_number<double>();
    } else if (value.contains("boolValue")) {
      cell.value = flag_in(value, "boolValue");
    } else if (value.contains("formulaValue")) {
      std::string formula = text_in(value, "formulaValue");
      if (!formula.starts_with('=')) return invalid("Formula must start with \"=\".");
      cell.value = Formula{std::move(formula)};
    }
  }
  json::object kept = data;
  for (const char* read_only :
       {"userEnteredValue", "effectiveValue", "formattedValue", "effectiveFormat", "hyperlink"}) {
    kept.erase(read_only);
  }
  apply_masked(extra, kept, fields);
  extra.erase("userEnteredValue");
  if (!std::holds_alternative<std::string>(cell.value)) extra.erase("textFormatRuns");
  cell.extra = extra.empty() ? nullptr : std::make_shared<const json::object>(std::move(extra));
  return {};
}

}  // namespace sv::sim_sheets
