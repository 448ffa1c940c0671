// Opens the table that rows come from and the one that outcomes go to, of whatever kind each is: the rest of
// the program sees the ports alone, so the kinds mix freely.
#pragma once

#include "cli/assemble.hpp"
#include "cli/assemble_sheets.hpp"
#include "ports/outcome_sink.hpp"
#include "ports/row_source.hpp"
#include "tables/csv_dialect.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::cli {

struct OpenedSource {
  std::unique_ptr<ports::RowSource> rows;
  // For people. More may come while rows are read: ask again at the end. Empty function: none ever.
  std::function<std::vector<std::string>()> warnings;
  // What stands in `Source URL` before the row: the file's name.
  std::string name;
  // As the user gave it; empty when it is no file.
  std::string path;
  // The tab of a workbook that was read; empty when it is no workbook.
  std::string tab;
  // With a row's number behind it, the address of that row on the net; empty: it has none.
  std::string row_link;
  // The gid of the tab of a Google spreadsheet that was read.
  std::optional<std::int64_t> sheets_tab_id;
  // How the source is written when it is a CSV file: a new CSV target is written the same way.
  std::optional<tables::CsvDialect> dialect;
};

struct OpenedSink {
  std::unique_ptr<ports::OutcomeSink> file;
  std::unique_ptr<SheetsTarget> sheet;  // one of the two is there
  ports::OutcomeSink& outcomes() { return sheet ? sheet->outcomes() : *file; }
  // As OpenedSource's.
  std::function<std::vector<std::string>()> warnings;
};

// Both throw Fatal with the exit code that fits.
// `quota`: of the service account, for both; outlives them.
OpenedSource open_source(const AssembleRequest& request, sheets::CallQuota& quota);
// `source` need not outlive the sink. `nowhere`: where lines go that nobody is to see (/dev/null); outlives
// the sink.
OpenedSink open_sink(const AssembleRequest& request, const OpenedSource& source, sheets::CallQuota& quota,
                     std::FILE* nowhere);

// The review goes to a Google spreadsheet: no file is named.
bool is_sheets_target(const config::Settings& settings);

// What people call the target: the file's path, or `the tab "Review"`; empty when there is none.
std::string shown_target(const config::Settings& settings);

}  // namespace sv::cli
