#include "sheets/target_tab.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sheets/a1.hpp"
#include "sheets/cell_text.hpp"
#include "tables/review_header.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace sv::sheets {

namespace {

namespace json = boost::json;
using tables::ReviewColumn;

constexpr std::uint64_t kRowsAtOnce = 5000;
// People rarely change a sheet four times in the seconds that reading it takes.
constexpr int kReadings = 4;

bool is_blank_row(const std::vector<std::string>& cells) {
  return std::ranges::all_of(cells, [](const std::string& cell) { return is_blank(cell); });
}

std::string cell_at(const std::vector<std::string>& cells, std::optional<std::size_t> column) {
  return column && *column < cells.size() ? cells[*column] : std::string();
}

// Reads a tab that is there into `tab`.
class TargetReader {
 public:
  TargetReader(SheetsClient& client, const TargetRequest& request, TargetTab& tab)
      : client_(client),
        request_(request),
        tab_(tab),
        columns_(tables::review_columns(request.columns)),
        keys_(key_columns(columns_)) {}

  boost::asio::awaitable<Result<void>> read() {
    for (int reading = 1; reading <= kReadings; ++reading) {
      Result<bool> is_whole = co_await read_once();
      if (!is_whole) co_return std::unexpected(is_whole.error());
      if (*is_whole) co_return Result<void>();
    }
    co_return fail(
        ErrorKind::server_error,
        fmt::format("the tab \"{}\" was changed while it was read: run again", shown_name(tab_.title)));
  }

 private:
  // False: it was changed meanwhile.
  boost::asio::awaitable<Result<bool>> read_once() {
    // What an earlier reading has put at a place that is blank by now must not come back.
    Result<tables::RowSpool> contents = tables::RowSpool::open(request_.scratch_directory);
    if (!contents) co_return std::unexpected(std::move(contents.error()));
    tab_.contents = std::move(*contents);
    tab_.header.clear();
    tab_.rows.clear();
    tab_.keys.clear();
    tab_.has_formula.clear();
    tab_.used_rows = 0;
    for (std::uint64_t first = 1; first <= tab_.grid_rows; first += kRowsAtOnce) {
      const std::uint64_t last = std::min(tab_.grid_rows, first + kRowsAtOnce - 1);
      const Result<json::array> rows = co_await client_.values(
          request_.spreadsheet_id,
          a1_range(tab_.title, first, last, 0, std::max<std::size_t>(tab_.grid_columns, 1) - 1),
          Rendering::formatted);
      if (!rows) co_return std::unexpected(rows.error());
      for (std::size_t i = 0; i < rows->size(); ++i) {
        const Result<void> taken = take_row(first + i, row_text((*rows)[i]));
        if (!taken) co_return std::unexpected(taken.error());
      }
    }
    if (tab_.header.empty()) co_return true;
    co_return co_await check_keys();
  }

  Result<void> take_row(std::uint64_t number, const std::vector<std::string>& cells) {
    if (is_blank_row(cells)) return {};
    if (tab_.header.empty()) {
      const std::string complaint =
          number == 1 ? tables::ReviewHeader(cells).complaint() : "its first row is blank";
      if (!complaint.empty()) {
        return fail(
            ErrorKind::invalid_input,
            fmt::format("the tab \"{}\" is not a review of ours ({}), so it is left as it is; name another "
                        "tab in sheets.target_sheet_name: it is made when there is none",
                        shown_name(tab_.title), complaint));
      }
      tab_.header = cells;
      tab_.layout = find_layout(tab_.header, columns_);
      tab_.used_rows = 1;
      return {};
    }
    while (tab_.used_rows < number)
      add_row(tab_.used_rows + 1 == number ? cells : std::vector<std::string>());
    return keep_content(cells);
  }

  void add_row(const std::vector<std::string>& cells) {
    ++tab_.used_rows;
    const std::string identifier = request_.columns.identifier ? at(cells, ReviewColumn::project_name) : "";
    tab_.rows.push_back({.place = tab_.used_rows - 2,
                         .identifier = identifier,
                         .check_date = at(cells, ReviewColumn::check_date)});
    tab_.keys.push_back(
        {.anchor = domain::folded_identifier(cell_at(cells, tab_.layout.positions[keys_.anchor])),
         .number = row_number_of(cell_at(cells, tab_.layout.positions[keys_.number]))});
    tab_.has_formula.push_back(false);
  }

  Result<void> keep_content(const std::vector<std::string>& cells) {
    std::vector<std::string_view> ours;
    ours.reserve(tab_.layout.positions.size());
    for (const std::optional<std::size_t>& position : tab_.layout.positions) {
      ours.push_back(position && *position < cells.size() ? std::string_view(cells[*position])
                                                          : std::string_view());
    }
    return tab_.contents.put(tab_.used_rows - 2, pack_cells(ours));
  }

  std::string at(const std::vector<std::string>& cells, ReviewColumn column) const {
    const auto found = std::ranges::find(columns_, column);
    if (found == columns_.end()) return {};
    return cell_at(cells, tab_.layout.positions[static_cast<std::size_t>(found - columns_.begin())]);
  }

  // Pieces are of different moments: all keys at once tell whether they fit together. And what the anchors
  // really are.
  boost::asio::awaitable<Result<bool>> check_keys() {
    if (!tab_.layout.positions[keys_.anchor] || tab_.rows.empty()) co_return true;
    const Result<TabKeys> keys =
        co_await read_keys(client_, request_.spreadsheet_id, tab_.title, tab_.layout, keys_);
    if (!keys) co_return std::unexpected(keys.error());
    for (std::size_t i = 0; i < std::max(tab_.keys.size() + 1, keys->rows.size()); ++i) {
      if (i == 0) continue;
      const RowKey now = i < keys->rows.size() ? keys->rows[i] : RowKey{};
      const RowKey then = i - 1 < tab_.keys.size() ? tab_.keys[i - 1] : RowKey{};
      if (now != then) co_return false;
    }
    if (request_.row_link.empty()) co_return true;
    const std::size_t column = *tab_.layout.positions[keys_.anchor];
    const Result<json::array> typed = co_await client_.values(
        request_.spreadsheet_id, a1_range(tab_.title, 2, tab_.used_rows, column, column), Rendering::formula);
    if (!typed) co_return std::unexpected(typed.error());
    for (std::size_t i = 0; i < std::min(typed->size(), tab_.has_formula.size()); ++i) {
      const std::vector<std::string> cell = row_text((*typed)[i]);
      // A text that looks like a formula is shown with its "=" too.
      tab_.has_formula[i] = !cell.empty() && cell.front().starts_with('=') &&
                            domain::folded_identifier(cell.front()) != tab_.keys[i].anchor;
    }
    co_return true;
  }

  SheetsClient& client_;
  const TargetRequest& request_;
  TargetTab& tab_;
  std::vector<ReviewColumn> columns_;
  KeyColumns keys_;
};

}  // namespace

boost::asio::awaitable<Result<TargetTab>> read_target(SheetsClient& client, const TargetRequest& request) {
  const Result<Spreadsheet> spreadsheet = co_await client.spreadsheet(request.spreadsheet_id);
  if (!spreadsheet) co_return std::unexpected(spreadsheet.error());
  Result<tables::RowSpool> contents = tables::RowSpool::open(request.scratch_directory);
  if (!contents) co_return std::unexpected(std::move(contents.error()));
  TargetTab target{.title = request.tab,
                   .id = {},
                   .grid_rows = 0,
                   .grid_columns = 0,
                   .header = {},
                   .layout = {},
                   .used_rows = 0,
                   .rows = {},
                   .keys = {},
                   .has_formula = {},
                   .contents = std::move(*contents)};
  const auto tab = std::ranges::find_if(spreadsheet->tabs, [&](const SheetTab& candidate) {
    return fold_case(candidate.title) == fold_case(request.tab);
  });
  if (tab != spreadsheet->tabs.end()) {
    if (!tab->is_grid) {
      co_return fail(ErrorKind::invalid_input,
                     fmt::format("the tab \"{}\" is a chart: name another in sheets.target_sheet_name",
                                 shown_name(tab->title)));
    }
    if (request.source_tab_id == tab->id && request.source_spreadsheet_id == request.spreadsheet_id) {
      co_return fail(ErrorKind::invalid_input,
                     fmt::format("the tab \"{}\" is the source itself: name another in "
                                 "sheets.target_sheet_name",
                                 shown_name(tab->title)));
    }
    target.title = tab->title;
    target.id = tab->id;
    target.grid_rows = tab->rows;
    target.grid_columns = tab->columns;
    TargetReader reader(client, request, target);
    const Result<void> read = co_await reader.read();
    if (!read) co_return std::unexpected(read.error());
  }
  if (target.header.empty()) {
    target.layout = find_layout({}, tables::review_columns(request.columns));
  }
  co_return target;
}

boost::asio::awaitable<Result<TabKeys>> read_keys(SheetsClient& client, std::string spreadsheet_id,
                                                  std::string title, const ReviewLayout& layout,
                                                  const KeyColumns& keys) {
  const std::optional<std::size_t> anchor = layout.positions[keys.anchor];
  const std::optional<std::size_t> number = layout.positions[keys.number];
  SV_ASSERT(anchor && number, "rows are named by two columns");
  const std::optional<std::size_t> check_date = layout.positions[keys.check_date];
  std::vector<std::string> wanted = {a1_rows(title, 1, 1), a1_column(title, *anchor),
                                     a1_column(title, *number)};
  if (check_date) wanted.push_back(a1_column(title, *check_date));
  const Result<std::vector<json::array>> ranges =
      co_await client.values_of(std::move(spreadsheet_id), std::move(wanted));
  if (!ranges) co_return std::unexpected(ranges.error());
  TabKeys tab;
  if (!(*ranges)[0].empty()) tab.header = row_text((*ranges)[0].front());
  const json::array& anchors = (*ranges)[1];
  const json::array& numbers = (*ranges)[2];
  tab.rows.resize(std::max(anchors.size(), numbers.size()));
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    tab.rows[i].anchor = domain::folded_identifier(cell_at(row_text(anchors[i]), 0));
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    tab.rows[i].number = row_number_of(cell_at(row_text(numbers[i]), 0));
  }
  if (check_date) {
    for (const json::value& cell : (*ranges)[3]) tab.check_dates.push_back(cell_at(row_text(cell), 0));
    tab.check_dates.resize(std::max(tab.check_dates.size(), tab.rows.size()));
  }
  co_return tab;
}

std::string pack_cells(std::span<const std::string_view> cells) {
  std::string packed;
  for (const std::string_view cell : cells) {
    const auto length = static_cast<std::uint32_t>(cell.size());
    packed.append(reinterpret_cast<const char*>(&length), sizeof length);
    packed.append(cell);
  }
  return packed;
}

std::vector<std::string> unpack_cells(std::string_view packed) {
  std::vector<std::string> cells;
  while (!packed.empty()) {
    std::uint32_t length = 0;
    SV_ASSERT(packed.size() >= sizeof length, "our own packing");
    std::memcpy(&length, packed.data(), sizeof length);
    packed.remove_prefix(sizeof length);
    SV_ASSERT(packed.size() >= length, "our own packing");
    cells.emplace_back(packed.substr(0, length));
    packed.remove_prefix(length);
  }
  return cells;
}

}  // namespace sv::sheets
