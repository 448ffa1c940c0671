#include "sheets/review_requests.hpp"

#include "sheets/cell_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sv::sheets {

namespace json = boost::json;
using tables::ReviewColumn;

namespace {

// A new spreadsheet has as many.
constexpr std::size_t kUsualColumns = 26;
// With the numbers of 10,000 rows beside it, in a browser; long texts wrap.
constexpr int kNarrow = 90;
constexpr int kMiddle = 160;
constexpr int kWide = 320;

struct Colour {
  double red;
  double green;
  double blue;
};
// Google's own "light green 3" and "light red 3": black text stays readable on both.
constexpr Colour kGreen{0.851, 0.918, 0.827};
constexpr Colour kRed{0.957, 0.8, 0.8};
constexpr Colour kYellow{1, 0.949, 0.8};

int width_of(ReviewColumn column) {
  switch (column) {
    case ReviewColumn::row_number:
    case ReviewColumn::is_valid:
      return kNarrow;
    case ReviewColumn::comment:
    case ReviewColumn::issues:
    case ReviewColumn::rewrite_suggestion:
      return kWide;
    default:
      return kMiddle;
  }
}

json::object colour_object(Colour colour) {
  return {{"red", colour.red}, {"green", colour.green}, {"blue", colour.blue}};
}

json::value string_cell(std::string_view text) {
  if (text.empty()) return json::object();
  return {{"userEnteredValue", {{"stringValue", text}}}};
}

json::value number_cell(std::uint64_t number) { return {{"userEnteredValue", {{"numberValue", number}}}}; }

json::value update_cells(std::int64_t tab, std::uint64_t row, std::size_t column, json::array values,
                         std::string_view fields) {
  return {{"updateCells",
           {{"start", {{"sheetId", tab}, {"rowIndex", row}, {"columnIndex", column}}},
            {"rows", json::array{json::object{{"values", std::move(values)}}}},
            {"fields", fields}}}};
}

}  // namespace

ReviewRequests::ReviewRequests(std::vector<ReviewColumn> columns, std::string row_link)
    : columns_(std::move(columns)), keys_(key_columns(columns_)), row_link_(std::move(row_link)) {}

void ReviewRequests::add_tab(std::string_view title, json::array& to) const {
  to.push_back({{"addSheet",
                 {{"properties",
                   {{"sheetId", tab_id_},
                    {"title", title},
                    {"gridProperties",
                     {{"rowCount", 2}, {"columnCount", std::max(kUsualColumns, columns_.size())}}}}}}}});
}

void ReviewRequests::add_header(const ReviewLayout& from, const ReviewLayout& to_be, std::size_t grid_columns,
                                json::array& to) const {
  if (to_be.width > grid_columns) {
    to.push_back(
        {{"appendDimension",
          {{"sheetId", tab_id_}, {"dimension", "COLUMNS"}, {"length", to_be.width - grid_columns}}}});
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (from.positions[i]) continue;
    to.push_back(update_cells(tab_id_, 0, *to_be.positions[i], {string_cell(tables::header_of(columns_[i]))},
                              "userEnteredValue"));
  }
}

void ReviewRequests::add_look(const ReviewLayout& layout, json::array& to) const {
  to.push_back({{"updateSheetProperties",
                 {{"properties", {{"sheetId", tab_id_}, {"gridProperties", {{"frozenRowCount", 1}}}}},
                  {"fields", "gridProperties.frozenRowCount"}}}});
  to.push_back({{"repeatCell",
                 {{"range", {{"sheetId", tab_id_}, {"startRowIndex", 0}, {"endRowIndex", 1}}},
                  {"cell", {{"userEnteredFormat", {{"textFormat", {{"bold", true}}}}}}},
                  {"fields", "userEnteredFormat.textFormat.bold"}}}});
  to.push_back({{"repeatCell",
                 {{"range", {{"sheetId", tab_id_}, {"startRowIndex", 0}}},
                  {"cell", {{"userEnteredFormat", {{"wrapStrategy", "WRAP"}, {"verticalAlignment", "TOP"}}}}},
                  {"fields", "userEnteredFormat(wrapStrategy,verticalAlignment)"}}}});
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t column = *layout.positions[i];
    to.push_back({{"updateDimensionProperties",
                   {{"range",
                     {{"sheetId", tab_id_},
                      {"dimension", "COLUMNS"},
                      {"startIndex", column},
                      {"endIndex", column + 1}}},
                    {"properties", {{"pixelSize", width_of(columns_[i])}}},
                    {"fields", "pixelSize"}}}});
    if (columns_[i] != ReviewColumn::is_valid) continue;
    for (const auto& [text, colour] :
         {std::pair("YES", kGreen), std::pair("NO", kRed), std::pair("NEEDS_REVIEW", kYellow)}) {
      to.push_back(
          {{"addConditionalFormatRule",
            {{"index", 0},
             {"rule",
              {{"ranges", json::array{json::object{{"sheetId", tab_id_},
                                                   {"startRowIndex", 1},
                                                   {"startColumnIndex", column},
                                                   {"endColumnIndex", column + 1}}}},
               {"booleanRule",
                {{"condition",
                  {{"type", "TEXT_EQ"}, {"values", json::array{json::object{{"userEnteredValue", text}}}}}},
                 {"format", {{"backgroundColor", colour_object(colour)}}}}}}}}}});
    }
  }
}

void ReviewRequests::insert_rows(std::uint64_t row, std::uint64_t count, bool grows, json::array& to) const {
  if (grows) {
    to.push_back({{"appendDimension", {{"sheetId", tab_id_}, {"dimension", "ROWS"}, {"length", 1}}}});
  }
  to.push_back(
      {{"insertDimension",
        {{"range",
          {{"sheetId", tab_id_}, {"dimension", "ROWS"}, {"startIndex", row}, {"endIndex", row + count}}},
         // A row of a review looks like the one above it, the first not like the header.
         {"inheritFromBefore", row > 1}}}});
}

void ReviewRequests::write_review(const ReviewLayout& layout, std::uint64_t row,
                                  std::span<const std::string> cells, std::uint64_t number, json::array& to) {
  for (const ColumnRun& run : column_runs(layout, keys_.anchor)) {
    json::array values;
    for (const std::size_t column : run.contents) values.push_back(cell(column, cells[column]));
    to.push_back(update_cells(tab_id_, row, run.first_column, std::move(values), "userEnteredValue"));
  }
  const std::optional<std::size_t> anchor = layout.positions[keys_.anchor];
  if (row_link_.empty() || cells[keys_.anchor].empty() || !anchor) return;
  const std::string link = fmt::format("{}{}", row_link_, number);
  to.push_back(
      update_cells(tab_id_, row, *anchor,
                   {{{"textFormatRuns", json::array{json::object{{"format", {{"link", {{"uri", link}}}}}}}}}},
                   "textFormatRuns"));
}

void ReviewRequests::write_row(const ReviewLayout& layout, std::uint64_t row,
                               std::span<const std::string> cells, std::uint64_t number, json::array& to) {
  if (const std::optional<std::size_t> anchor = layout.positions[keys_.anchor]) {
    to.push_back(
        update_cells(tab_id_, row, *anchor, {cell(keys_.anchor, cells[keys_.anchor])}, "userEnteredValue"));
  }
  write_review(layout, row, cells, number, to);
}

void ReviewRequests::write_number(const ReviewLayout& layout, std::uint64_t row, std::uint64_t number,
                                  json::array& to) const {
  const std::optional<std::size_t> column = layout.positions[keys_.number];
  if (column) to.push_back(update_cells(tab_id_, row, *column, {number_cell(number)}, "userEnteredValue"));
}

void ReviewRequests::clear_review(const ReviewLayout& layout, std::uint64_t row, json::array& to) const {
  for (const ColumnRun& run : column_runs(layout, keys_.anchor)) {
    json::array values(run.contents.size(), json::object());
    to.push_back(update_cells(tab_id_, row, run.first_column, std::move(values), "userEnteredValue"));
  }
}

json::value ReviewRequests::cell(std::size_t column, std::string_view text) {
  if (columns_[column] == ReviewColumn::row_number) {
    const std::uint64_t number = row_number_of(text);
    return number > 0 ? number_cell(number) : string_cell(text);
  }
  const std::string fitting = fit_cell(text);
  if (fitting.size() != text.size()) ++cut_cells_;
  return string_cell(fitting);
}

}  // namespace sv::sheets
