#include "cli/open_tables.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "cli/exit_codes.hpp"
#include "cli/take_or_throw.hpp"
#include "tables/csv_sink.hpp"
#include "tables/csv_source.hpp"
#include "tables/json_rows_sink.hpp"
#include "workbooks/workbook.hpp"
#include "workbooks/xlsx_sink.hpp"

#include <fmt/format.h>

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

OpenedSource open_csv(const AssembleRequest& request, std::string path, std::string shown_name) {
  const config::Settings& settings = request.settings;
  tables::CsvSourceOptions options;
  options.path = std::move(path);
  options.shown_name = std::move(shown_name);
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

// Neither is a tab of a Google spreadsheet.
OpenedSource open_sheet(const AssembleRequest& request, sheets::CallQuota& quota) {
  const config::SheetsSettings& sheet = *request.settings.sheets;
  sheets::FetchedTab tab = fetch_source_tab(request.settings, quota, request.clock);
  OpenedSource opened = open_csv(request, fmt::format("/proc/self/fd/{}", tab.file.number()), tab.title);
  opened.warnings = [of_rows = std::move(opened.warnings), of_tab = std::move(tab.warnings)] {
    std::vector<std::string> all = of_tab;
    const std::vector<std::string> more = of_rows();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  opened.name = tab.title;
  opened.path.clear();
  opened.row_link = sheets::row_link(sheet.source_spreadsheet_id, tab.id);
  opened.sheets_tab_id = tab.id;
  opened.dialect.reset();
  return opened;
}

// A tab of a workbook is read as the CSV file that it is made into.
OpenedSource open_workbook(const AssembleRequest& request) {
  const config::Settings& settings = request.settings;
  const std::string directory = std::filesystem::temp_directory_path();
  workbooks::ConvertedTab tab = take_or_throw(
      workbooks::convert_tab(settings.source, settings.source_tab, directory), source_exit_code);
  OpenedSource opened = open_csv(request, workbooks::path_of(tab.file), settings.source);
  opened.tab = std::move(tab.name);
  opened.dialect.reset();
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

OpenedSink open_xlsx_target(const AssembleRequest& request, const OpenedSource& source) {
  workbooks::XlsxSinkOptions options;
  options.path = request.settings.target;
  options.columns = source.rows->columns();
  options.source_name = source.name;
  options.source_path = source.path;
  options.source_tab = source.tab;
  options.row_link = source.row_link;
  std::unique_ptr<workbooks::XlsxSink> sink =
      take_or_throw(workbooks::XlsxSink::open(std::move(options)), target_exit_code);
  OpenedSink opened;
  opened.warnings = [workbook = sink.get()] { return workbook->warnings(); };
  opened.file = std::move(sink);
  return opened;
}

std::unique_ptr<ports::OutcomeSink> open_csv_target(const AssembleRequest& request,
                                                    const OpenedSource& source) {
  tables::CsvSinkOptions options;
  options.path = request.settings.target;
  options.dialect = source.dialect;
  options.columns = source.rows->columns();
  options.source_name = source.name;
  options.source_path = source.path;
  options.row_link = source.row_link;
  return take_or_throw(tables::open_csv_sink(options), target_exit_code);
}

OpenedSink open_sheet_target(const AssembleRequest& request, const OpenedSource& source,
                             sheets::CallQuota& quota) {
  OpenedSink opened;
  opened.sheet = open_sheets_target({.executor = request.executor,
                                     .settings = request.settings,
                                     .quota = quota,
                                     .clock = request.clock,
                                     .columns = source.rows->columns(),
                                     .source_name = source.name,
                                     .row_link = source.row_link,
                                     .source_tab_id = source.sheets_tab_id});
  opened.warnings = [target = opened.sheet.get()] { return target->warnings(); };
  return opened;
}

}  // namespace

bool is_sheets_target(const config::Settings& settings) {
  return settings.target.empty() && settings.sheets && !settings.sheets->target_spreadsheet_id.empty();
}

std::string shown_target(const config::Settings& settings) {
  if (!is_sheets_target(settings)) return settings.target;
  return fmt::format("the tab \"{}\"", sanitize_for_terminal(settings.sheets->target_sheet_name));
}

OpenedSource open_source(const AssembleRequest& request, sheets::CallQuota& quota) {
  if (request.settings.source.empty()) {
    if (request.settings.sheets && !request.settings.sheets->source_spreadsheet_id.empty()) {
      return open_sheet(request, quota);
    }
    throw Fatal(ExitCode::usage,
                "no source: name a file, as in `status-validator run statuses.csv --output review.csv`, or "
                "set `source:` or "
                "`sheets:` in the settings file");
  }
  if (workbooks::is_workbook_name(request.settings.source)) return open_workbook(request);
  if (!request.settings.source_tab.empty()) {
    throw Fatal(
        ExitCode::usage,
        fmt::format("a tab (--tab, source_tab) is named, and {} has none: only .xlsx and .ods files do",
                    sanitize_for_terminal(request.settings.source)));
  }
  return open_csv(request, request.settings.source, {});
}

OpenedSink open_sink(const AssembleRequest& request, const OpenedSource& source, sheets::CallQuota& quota,
                     std::FILE* nowhere) {
  const config::Settings& settings = request.settings;
  OpenedSink opened;
  const bool has_target = !settings.target.empty() || is_sheets_target(settings);
  if (request.arguments.is_dry_run || (request.arguments.is_json && !has_target)) {
    opened.file = open_json_rows(request, source, nowhere);
    return opened;
  }
  if (settings.target.empty()) {
    if (is_sheets_target(settings)) return open_sheet_target(request, source, quota);
    throw Fatal(ExitCode::usage,
                "no output: give --output FILE (or `target:` or `sheets.target_spreadsheet_id` in the "
                "settings file), "
                "or --dry-run to only look");
  }
  if (workbooks::is_workbook_name(settings.target)) {
    if (!fold_case(settings.target).ends_with(".xlsx")) {
      throw Fatal(ExitCode::cannot_create,
                  fmt::format("output {}: of workbooks only .xlsx can be written; name a file that ends "
                              "in .xlsx or .csv",
                              sanitize_for_terminal(settings.target)));
    }
    return open_xlsx_target(request, source);
  }
  opened.file = open_csv_target(request, source);
  return opened;
}

}  // namespace sv::cli
