#include "cli/open_tables.hpp"

#include "base/fatal.hpp"
#include "cli/exit_codes.hpp"
#include "cli/take_or_throw.hpp"
#include "tables/csv_sink.hpp"
#include "tables/csv_source.hpp"
#include "tables/json_rows_sink.hpp"

#include <filesystem>
#include <utility>

namespace sv::cli {

namespace {

tables::ColumnNames column_names(const config::ColumnSettings& columns) {
  return {.status = columns.status,
          .comment = columns.comment,
          .completion_date = columns.completion_date,
          .identifier = columns.identifier,
          .project_manager = columns.project_manager};
}

OpenedSource open_csv(const AssembleRequest& request) {
  const config::Settings& settings = request.settings;
  tables::CsvSourceOptions options;
  options.path = settings.source;
  options.header_row = settings.header_row;
  options.data_start_row = settings.data_start_row;
  options.columns = column_names(settings.columns);
  options.guess_columns = settings.columns.are_guessed;
  options.limit = request.arguments.limit;
  std::unique_ptr<tables::CsvSource> source =
      take_or_throw(tables::open_csv_source(std::move(options)), source_exit_code);
  OpenedSource opened;
  opened.warnings = [rows = source.get()] { return rows->warnings(); };
  opened.name = std::filesystem::path(settings.source).filename();
  opened.path = settings.source;
  opened.dialect = source->dialect();
  opened.rows = std::move(source);
  return opened;
}

std::unique_ptr<ports::OutcomeSink> open_json_rows(const AssembleRequest& request, const OpenedSource& source,
                                                   std::FILE* nowhere) {
  tables::JsonRowsSinkOptions options;
  // With --json each row has been printed already when it was finished.
  options.output = request.arguments.is_json ? nowhere : stdout;
  options.columns = source.rows->columns();
  options.source_name = source.name;
  options.target_path = request.settings.target;
  return take_or_throw(tables::open_json_rows_sink(options), target_exit_code);
}

std::unique_ptr<ports::OutcomeSink> open_csv_target(const AssembleRequest& request,
                                                    const OpenedSource& source) {
  tables::CsvSinkOptions options;
  options.path = request.settings.target;
  options.dialect = source.dialect;
  options.columns = source.rows->columns();
  options.source_name = source.name;
  options.source_path = source.path;
  return take_or_throw(tables::open_csv_sink(options), target_exit_code);
}

}  // namespace

OpenedSource open_source(const AssembleRequest& request) {
  if (request.settings.source.empty()) {
    throw Fatal(
        ExitCode::usage,
        request.settings.sheets
            ? "no source file: this version reads CSV files; Google Sheets (`sheets:`) is not supported yet. "
              "Export the sheet as CSV and name it: status-validator run statuses.csv --output review.csv"
            : "no source file: name it, as in `status-validator run statuses.csv --output review.csv`, or "
              "set "
              "`source:` in the settings file");
  }
  return open_csv(request);
}

OpenedSink open_sink(const AssembleRequest& request, const OpenedSource& source, std::FILE* nowhere) {
  const config::Settings& settings = request.settings;
  OpenedSink opened;
  if (request.arguments.is_dry_run || (request.arguments.is_json && settings.target.empty())) {
    opened.outcomes = open_json_rows(request, source, nowhere);
    return opened;
  }
  if (settings.target.empty()) {
    throw Fatal(
        ExitCode::usage,
        "no output: give --output FILE (or `target:` in the settings file), or --dry-run to only look");
  }
  opened.outcomes = open_csv_target(request, source);
  return opened;
}

}  // namespace sv::cli
