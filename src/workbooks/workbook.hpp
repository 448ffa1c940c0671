// Workbooks (XLSX, ODS) as what the rest of the program can read already: a tab becomes a CSV file that only
// this process sees.
//
// Rejected: liborcus, which the architecture names. On Debian 12 the headers of its document model need
// libixion-dev, which cannot be installed beside Boost 1.81; its archives need Boost 1.74; the shared library
// brings libstdc++ and eight others to every start (3 ms of the 30 that a start may take); and it unpacks
// whole parts into memory (ADR 19).
#pragma once

#include "base/error.hpp"
#include "tables/files.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::workbooks {

// By its name: ".xlsx", ".xlsm", ".ods" in any case.
bool is_workbook_name(std::string_view path);

struct ConvertedTab {
  FileDescriptor file;     // CSV with commas, nameless; at its beginning
  std::uint64_t rows = 0;  // the last row that is not blank
  bool has_formulas = false;
  std::string name;  // of the tab
  std::vector<std::string> tabs;
};

// `tab`: by name; empty: the first that is not hidden. `directory`: where the scratch file lies, as large as
// the tab's text. Blocks while it reads (some 20 MB of XML a tenth of a second). Errors: those of ZipArchive,
// choose_tab() and the disk.
// `is_review`: the tab is a review of ours, of which cells must be read back as they were written.
Result<ConvertedTab> convert_tab(const std::string& path, std::string_view tab, const std::string& directory,
                                 bool is_review = false);

// A path under which this process can open such a file again.
std::string path_of(const FileDescriptor& file);

}  // namespace sv::workbooks
