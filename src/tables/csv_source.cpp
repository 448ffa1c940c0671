#include "tables/csv_source.hpp"

#include "base/text.hpp"

#include <boost/asio/awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sv::tables {

namespace {

bool is_blank_record(std::span<const std::string_view> cells) {
  return std::all_of(cells.begin(), cells.end(), [](std::string_view cell) { return is_blank(cell); });
}

std::string_view cell_or_empty(std::span<const std::string_view> cells, std::size_t column) {
  return column < cells.size() ? cells[column] : std::string_view();
}

// Of the current record: "statuses.csv:12", "statuses.xlsx, row 12".
std::string place_in(const CsvReader& reader, const CsvSourceOptions& options) {
  if (options.shown_name.empty()) return fmt::format("{}:{}", reader.name(), reader.line());
  return fmt::format("{}, row {}", reader.name(), reader.record_number());
}

}  // namespace

CsvSource::CsvSource(CsvReader reader, ColumnMap columns, std::size_t header_width, CsvSourceOptions options)
    : reader_(std::move(reader)),
      columns_(std::move(columns)),
      header_width_(header_width),
      options_(std::move(options)) {}

boost::asio::awaitable<Result<std::vector<domain::Row>>> CsvSource::read(std::size_t max) {
  std::vector<domain::Row> rows;
  while (rows.size() < max) {
    domain::Row row;
    const Result<bool> read = read_row(row);
    if (!read) co_return std::unexpected(read.error());
    if (!*read) break;
    rows.push_back(std::move(row));
  }
  co_return rows;
}

boost::asio::awaitable<Result<void>> CsvSource::rewind() {
  next_index_ = 0;
  co_return reader_.rewind();
}

Result<bool> CsvSource::read_row(domain::Row& row) {
  if (options_.limit && next_index_ >= *options_.limit) return false;
  for (;;) {
    Result<bool> read = reader_.next();
    if (!read || !*read) return read;
    if (reader_.record_number() < options_.data_start_row) continue;
    if (!is_blank_record(reader_.cells())) break;
  }
  const std::span<const std::string_view> cells = reader_.cells();
  if (cells.size() > header_width_) warn_of_extra_cells();
  row.index = next_index_++;
  row.number = reader_.record_number();
  row.status = cell_or_empty(cells, columns_.status);
  row.comment = cell_or_empty(cells, columns_.comment);
  if (columns_.completion_date) row.completion_date = cell_or_empty(cells, *columns_.completion_date);
  if (columns_.identifier) row.identifier = cell_or_empty(cells, *columns_.identifier);
  if (columns_.project_manager) row.project_manager = cell_or_empty(cells, *columns_.project_manager);
  return true;
}

void CsvSource::warn_of_extra_cells() {
  if (has_warned_of_extra_cells_) return;
  const std::span<const std::string_view> cells = reader_.cells();
  // Empty cells beyond the header are noise, not a shifted row.
  if (is_blank_record(cells.subspan(header_width_))) return;
  has_warned_of_extra_cells_ = true;
  columns_.warnings.push_back(fmt::format(
      "{}: the row has {} cells, the header {}; cells beyond the header are ignored, here and in other "
      "rows (is a quote missing around a comma?)",
      place_in(reader_, options_), cells.size(), header_width_));
}

Result<std::unique_ptr<CsvSource>> open_csv_source(CsvSourceOptions options) {
  if (options.header_row == 0 || options.data_start_row <= options.header_row) {
    return fail(ErrorKind::invalid_input,
                fmt::format("data_start_row ({}) must be greater than header_row ({}), and that at least 1",
                            options.data_start_row, options.header_row));
  }
  Result<CsvReader> reader = CsvReader::open(options.path, options.shown_name);
  if (!reader) return std::unexpected(std::move(reader.error()));
  while (reader->record_number() < options.header_row) {
    const Result<bool> read = reader->next();
    if (!read) return std::unexpected(read.error());
    if (*read) continue;
    if (reader->record_number() == 0) {
      return fail(ErrorKind::invalid_input,
                  reader->name() + " is empty; its first row must name the columns");
    }
    return fail(ErrorKind::invalid_input,
                fmt::format("{} has {} rows, but the header should be row {}", reader->name(),
                            reader->record_number(), options.header_row));
  }
  const std::string where = place_in(*reader, options);
  Result<ColumnMap> columns = map_columns(reader->cells(), options.columns, options.guess_columns, where);
  if (!columns) return std::unexpected(std::move(columns.error()));
  const std::size_t header_width = reader->cells().size();
  return std::make_unique<CsvSource>(std::move(*reader), std::move(*columns), header_width,
                                     std::move(options));
}

}  // namespace sv::tables
