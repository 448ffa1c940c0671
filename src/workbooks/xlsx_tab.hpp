// The cells of one tab of an XLSX file.
#pragma once

#include "base/error.hpp"
#include "tables/tab_writer.hpp"
#include "workbooks/tab_choice.hpp"
#include "workbooks/zip_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sv::workbooks {

// Writes the tab with that name (choose_tab()) row by row: shown values, formulas by what they last gave,
// hidden rows too, merged blocks filled down.
Result<void> write_xlsx_tab(const ZipArchive& archive, std::string_view tab, tables::TabWriter& writer);

// The tabs with cells, in their order.
Result<std::vector<Tab>> xlsx_tabs(const ZipArchive& archive);

// Row and column (from 1 and from 0) of "BC12"; false when it is no such address.
bool parse_address(std::string_view address, std::uint64_t& row, std::size_t& column);

}  // namespace sv::workbooks
