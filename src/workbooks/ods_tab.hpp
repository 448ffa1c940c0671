// The cells of one tab of an ODS file (OpenDocument 1.3 part 3, 9).
#pragma once

#include "base/error.hpp"
#include "tables/tab_writer.hpp"
#include "workbooks/tab_choice.hpp"
#include "workbooks/zip_archive.hpp"

#include <string_view>
#include <vector>

namespace sv::workbooks {

// As write_xlsx_tab(). Numbers come as they are shown; days as "2026-11-25", with the time behind it if there
// is one.
Result<void> write_ods_tab(const ZipArchive& archive, std::string_view tab, tables::TabWriter& writer);

Result<std::vector<Tab>> ods_tabs(const ZipArchive& archive);

// invalid_input when the file has a password.
Result<void> check_ods_is_readable(const ZipArchive& archive);

}  // namespace sv::workbooks
