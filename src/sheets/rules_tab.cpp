#include "sheets/rules_tab.hpp"

#include "base/text.hpp"
#include "sheets/cell_text.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace sv::sheets {

namespace {

namespace json = boost::json;

// The same requests twice do no harm, so they are also what repairs a lost reply.
json::array requests_for(const Spreadsheet& spreadsheet, const std::string& title,
                         const std::vector<std::string>& lines, std::int64_t new_id) {
  json::array requests;
  const auto tab = std::ranges::find_if(spreadsheet.tabs, [&](const SheetTab& candidate) {
    return fold_case(candidate.title) == fold_case(title);
  });
  const std::uint64_t rows = std::max<std::uint64_t>(lines.size(), 1);
  std::int64_t id = new_id;
  std::uint64_t grid_rows = rows;
  if (tab == spreadsheet.tabs.end()) {
    requests.push_back({{"addSheet",
                         {{"properties",
                           {{"sheetId", id},
                            {"title", title},
                            {"gridProperties", {{"rowCount", rows}, {"columnCount", 26}}}}}}}});
  } else {
    id = tab->id;
    grid_rows = std::max(tab->rows, rows);
    if (tab->rows < rows) {
      requests.push_back(
          {{"appendDimension", {{"sheetId", id}, {"dimension", "ROWS"}, {"length", rows - tab->rows}}}});
    }
  }
  json::array cells;
  for (const std::string& line : lines) {
    json::object cell;
    if (!line.empty()) cell["userEnteredValue"] = {{"stringValue", fit_cell(line)}};
    cells.push_back(json::object{{"values", json::array{std::move(cell)}}});
  }
  // What the rows do not cover is cleared.
  requests.push_back({{"updateCells",
                       {{"range",
                         {{"sheetId", id},
                          {"startRowIndex", 0},
                          {"endRowIndex", grid_rows},
                          {"startColumnIndex", 0},
                          {"endColumnIndex", 1}}},
                        {"rows", std::move(cells)},
                        {"fields", "userEnteredValue"}}}});
  return requests;
}

boost::asio::awaitable<Result<json::array>> look(SheetsClient* client, std::string spreadsheet_id,
                                                 std::string title, std::vector<std::string> lines,
                                                 std::int64_t new_id) {
  const Result<Spreadsheet> spreadsheet = co_await client->spreadsheet(std::move(spreadsheet_id));
  if (!spreadsheet) co_return std::unexpected(spreadsheet.error());
  const auto chart = std::ranges::find_if(spreadsheet->tabs, [&](const SheetTab& tab) {
    return !tab.is_grid && fold_case(tab.title) == fold_case(title);
  });
  if (chart != spreadsheet->tabs.end()) {
    co_return fail(
        ErrorKind::invalid_input,
        fmt::format("the tab \"{}\" is a chart: name another in sheets.rules_sheet_name", shown_name(title)));
  }
  co_return requests_for(*spreadsheet, title, lines, new_id);
}

}  // namespace

boost::asio::awaitable<Result<void>> write_rules(SheetsClient& client, Random& random,
                                                 std::string spreadsheet_id, std::string title,
                                                 std::vector<std::string> lines) {
  const auto new_id = static_cast<std::int64_t>(1 + random.below(kMostTabId));
  co_return co_await client.write_by_looking(spreadsheet_id, [&](const std::optional<Error>&) {
    return look(&client, spreadsheet_id, title, lines, new_id);
  });
}

}  // namespace sv::sheets
