#include "sheets/tab_reader.hpp"

#include "base/text.hpp"
#include "sheets/a1.hpp"
#include "sheets/cell_text.hpp"
#include "tables/column_map.hpp"
#include "tables/tab_writer.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <unistd.h>
#include <utility>

namespace sv::sheets {

namespace {

namespace json = boost::json;

// Some megabytes of JSON for sheets with long comments; a hundred requests for half a million rows.
constexpr std::uint64_t kRowsAtOnce = 5000;
constexpr std::chrono::sys_days kEpoch{std::chrono::year(1899) / 12 / 30};
constexpr double kLastDay = 2'958'465;  // 9999-12-31

// A serial number as "2026-11-25"; nothing when it is none.
std::optional<std::string> day_of(const json::value& value) {
  if (!value.is_number()) return std::nullopt;
  const double serial = value.to_number<double>();
  if (!(serial >= 1) || serial > kLastDay) return std::nullopt;
  const std::chrono::year_month_day day(kEpoch + std::chrono::days(static_cast<int>(std::floor(serial))));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

std::unexpected<Error> no_such_tab(const Spreadsheet& spreadsheet, const TabRequest& request) {
  std::string known;
  for (const SheetTab& tab : spreadsheet.tabs) {
    known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", shown_name(tab.title));
  }
  return fail(ErrorKind::invalid_input, fmt::format("the spreadsheet \"{}\" has no tab \"{}\"; it has {}",
                                                    shown_name(spreadsheet.title), shown_name(request.tab),
                                                    known.empty() ? "none" : known));
}

const SheetTab* find_tab(const Spreadsheet& spreadsheet, const TabRequest& request,
                         std::vector<std::string>& warnings) {
  const auto by_title = std::ranges::find_if(
      spreadsheet.tabs, [&](const SheetTab& tab) { return fold_case(tab.title) == fold_case(request.tab); });
  if (request.tab_id) {
    const auto by_id = std::ranges::find(spreadsheet.tabs, *request.tab_id, &SheetTab::id);
    if (by_id != spreadsheet.tabs.end()) {
      if (by_id != by_title && !request.tab.empty()) {
        warnings.push_back(
            fmt::format("the tab with the gid {} is called \"{}\" now, not \"{}\": it is read all the same",
                        *request.tab_id, shown_name(by_id->title), shown_name(request.tab)));
      }
      return &*by_id;
    }
  }
  return by_title == spreadsheet.tabs.end() ? nullptr : &*by_title;
}

// Where the column of days is; nothing: there is none.
std::optional<std::size_t> day_column(const std::vector<std::string>& header, const TabRequest& request) {
  if (request.day_column.empty() && !request.guesses_days) return std::nullopt;
  const std::vector<std::string_view> names(header.begin(), header.end());
  tables::ColumnNames wanted;
  wanted.completion_date = request.day_column;
  const Result<tables::ColumnMap> columns = tables::map_columns(names, wanted, true, "header");
  return columns ? columns->completion_date : std::nullopt;
}

// Whether two readings of the same range, as people see it and as it is, are of the same moment: texts are
// alike in both.
bool are_of_one_moment(const json::array& shown, const json::array& exact) {
  if (shown.size() != exact.size()) return false;
  for (std::size_t row = 0; row < shown.size(); ++row) {
    if (!shown[row].is_array() || !exact[row].is_array()) return false;
    const json::array& left = shown[row].get_array();
    const json::array& right = exact[row].get_array();
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (right[i].is_string() && left[i] != right[i]) return false;
    }
  }
  return true;
}

// Reads a tab piece by piece. People may insert, delete and sort rows meanwhile, and Google has no
// transaction for reading: a piece is read until its two readings agree, and its first row must be the one
// that the piece before ended with.
class PieceReader {
 public:
  PieceReader(SheetsClient& client, const TabRequest& request, const SheetTab& tab)
      : client_(client), request_(request), tab_(tab) {}

  // The rows from `first` on.
  boost::asio::awaitable<Result<std::vector<std::vector<std::string>>>> read(std::uint64_t first) {
    const std::uint64_t last = std::min(tab_.rows, first + kRowsAtOnce - 1);
    const std::uint64_t from = first == 1 ? 1 : first - 1;  // the seam is read twice
    const std::size_t columns =
        std::min(std::max<std::size_t>(tab_.columns, 1), tables::TabWriter::kMostColumns);
    const std::string range = a1_range(tab_.title, from, last, 0, columns - 1);
    for (int attempt = 1; attempt <= kReadings; ++attempt) {
      const Result<json::array> shown =
          co_await client_.values(request_.spreadsheet_id, range, Rendering::formatted);
      if (!shown) co_return std::unexpected(shown.error());
      if (request_.header_row >= from && request_.header_row - from < shown->size()) {
        days_ = day_column(row_text((*shown)[request_.header_row - from]), request_);
      }
      json::array exact;
      if (days_) {
        Result<json::array> reading =
            co_await client_.values(request_.spreadsheet_id, range, Rendering::unformatted);
        if (!reading) co_return std::unexpected(reading.error());
        exact = std::move(*reading);
        if (!are_of_one_moment(*shown, exact)) continue;
      }
      std::vector<std::vector<std::string>> rows = texts_of(*shown, exact, from);
      if (from == first) {
        remember_seam(rows, last);
        co_return rows;
      }
      if ((rows.empty() ? std::vector<std::string>() : rows.front()) != seam_) break;
      if (!rows.empty()) rows.erase(rows.begin());
      remember_seam(rows, last - first + 1);
      co_return rows;
    }
    co_return fail(ErrorKind::server_error,
                   fmt::format("the tab \"{}\" was changed while it was read: run again",
                               sanitize_for_terminal(tab_.title)));
  }

 private:
  static constexpr int kReadings = 4;

  std::vector<std::vector<std::string>> texts_of(const json::array& shown, const json::array& exact,
                                                 std::uint64_t from) const {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      std::vector<std::string> cells = row_text(shown[i]);
      if (days_ && from + i > request_.header_row && *days_ < cells.size()) {
        const json::value& cell = exact[i].get_array()[*days_];
        const std::optional<std::string> day = day_of(cell);
        // A plain number that is shown as one is no day.
        if (day && cells[*days_] != cell_text(cell)) cells[*days_] = *day;
      }
      rows.push_back(std::move(cells));
    }
    return rows;
  }

  // Blank rows at a piece's end are left out by Google.
  void remember_seam(const std::vector<std::vector<std::string>>& rows, std::uint64_t wanted) {
    seam_ = rows.size() == wanted && !rows.empty() ? rows.back() : std::vector<std::string>();
  }

  SheetsClient& client_;
  const TabRequest& request_;
  const SheetTab& tab_;
  std::optional<std::size_t> days_;
  std::vector<std::string> seam_;
};

}  // namespace

std::string row_link(std::string_view spreadsheet_id, std::int64_t tab_id) {
  return fmt::format("https://docs.google.com/spreadsheets/d/{}/edit#gid={}&range=A",
                     percent_encode(spreadsheet_id), tab_id);
}

boost::asio::awaitable<Result<FetchedTab>> fetch_tab(SheetsClient& client, const TabRequest& request) {
  const Result<Spreadsheet> spreadsheet = co_await client.spreadsheet(request.spreadsheet_id);
  if (!spreadsheet) co_return std::unexpected(spreadsheet.error());
  std::vector<std::string> warnings;
  const SheetTab* tab = find_tab(*spreadsheet, request, warnings);
  if (tab == nullptr || !tab->is_grid) co_return no_such_tab(*spreadsheet, request);
  Result<FileDescriptor> file = tables::open_scratch_file(request.directory);
  if (!file) co_return std::unexpected(std::move(file.error()));
  tables::TabWriter writer(file->number(), "the tab \"" + sanitize_for_terminal(tab->title) + "\"", false);
  for (const MergedBlock& merge : tab->merges) {
    const Result<void> added = writer.add_merge(
        {.first_row = merge.first_row + 1, .last_row = merge.end_row, .column = merge.column});
    if (!added) co_return std::unexpected(added.error());
  }
  PieceReader pieces(client, request, *tab);
  for (std::uint64_t first = 1; first <= tab->rows; first += kRowsAtOnce) {
    const Result<std::vector<std::vector<std::string>>> rows = co_await pieces.read(first);
    if (!rows) co_return std::unexpected(rows.error());
    for (std::size_t i = 0; i < rows->size(); ++i) {
      std::vector<std::string> cells = (*rows)[i];
      const Result<void> written = writer.write_row(first + i, cells);
      if (!written) co_return std::unexpected(written.error());
    }
  }
  const Result<void> finished = writer.finish();
  if (!finished) co_return std::unexpected(finished.error());
  if (::lseek(file->number(), 0, SEEK_SET) != 0) {
    co_return std::unexpected(tables::file_error("read a scratch file for", tab->title, errno));
  }
  co_return FetchedTab{.file = std::move(*file),
                       .title = tab->title,
                       .id = tab->id,
                       .rows = writer.rows(),
                       .warnings = std::move(warnings)};
}

}  // namespace sv::sheets
