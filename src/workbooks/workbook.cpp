#include "workbooks/workbook.hpp"

#include "base/text.hpp"
#include "tables/tab_writer.hpp"
#include "workbooks/ods_tab.hpp"
#include "workbooks/xlsx_tab.hpp"
#include "workbooks/zip_archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>
#include <utility>

namespace sv::workbooks {

bool is_workbook_name(std::string_view path) {
  constexpr std::array<std::string_view, 4> kEndings = {".xlsx", ".xlsm", ".ods", ".xls"};
  const std::string folded = fold_case(path);
  return std::ranges::any_of(kEndings,
                             [&folded](std::string_view ending) { return folded.ends_with(ending); });
}

Result<ConvertedTab> convert_tab(const std::string& path, std::string_view tab, const std::string& directory,
                                 bool is_review) {
  const Result<ZipArchive> archive = ZipArchive::open(path);
  if (!archive) return std::unexpected(archive.error());
  const bool is_ods = archive->has("content.xml") && !archive->has("[Content_Types].xml");
  if (is_ods) {
    if (const Result<void> readable = check_ods_is_readable(*archive); !readable)
      return std::unexpected(readable.error());
  }
  const Result<std::vector<Tab>> tabs = is_ods ? ods_tabs(*archive) : xlsx_tabs(*archive);
  if (!tabs) return std::unexpected(tabs.error());
  Result<FileDescriptor> file = tables::open_scratch_file(directory);
  if (!file) return std::unexpected(std::move(file.error()));
  tables::TabWriter writer(file->number(), archive->name(), is_review, archive->most_text_bytes());
  const Result<void> written =
      is_ods ? write_ods_tab(*archive, tab, writer) : write_xlsx_tab(*archive, tab, writer);
  if (!written) return std::unexpected(written.error());
  if (::lseek(file->number(), 0, SEEK_SET) != 0) {
    return std::unexpected(tables::file_error("read a scratch file for", path, errno));
  }
  ConvertedTab converted{.file = std::move(*file),
                         .rows = writer.rows(),
                         .has_formulas = writer.has_formulas(),
                         .name = {},
                         .tabs = {}};
  const Result<std::size_t> chosen = choose_tab(*tabs, tab, archive->name());
  if (chosen) converted.name = (*tabs)[*chosen].name;
  for (const Tab& each : *tabs) converted.tabs.push_back(each.name);
  return converted;
}

std::string path_of(const FileDescriptor& file) { return fmt::format("/proc/self/fd/{}", file.number()); }

}  // namespace sv::workbooks
