// Workbooks made for the tests, and what is read back of them.
#pragma once

#include "tables/csv_reader.hpp"
#include "workbooks/workbook.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <minizip/zip.h>
#include <stdlib.h>
#include <string>
#include <utility>
#include <vector>

namespace sv::workbooks {

using Cells = std::vector<std::vector<std::string>>;

class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sv-workbooks-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A zip file with these parts.
inline std::string make_zip(const std::string& path,
                            const std::vector<std::pair<std::string, std::string>>& parts) {
  zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  for (const auto& [name, content] : parts) {
    zipOpenNewFileInZip(zip, name.c_str(), nullptr, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
                        Z_BEST_COMPRESSION);
    zipWriteInFileInZip(zip, content.data(), static_cast<unsigned>(content.size()));
    zipCloseFileInZip(zip);
  }
  zipClose(zip, nullptr);
  return path;
}

// An XLSX file with one tab of this XML; `more` are further parts (xl/styles.xml, xl/sharedStrings.xml).
inline std::string make_xlsx(const std::string& path, const std::string& sheet,
                             const std::vector<std::pair<std::string, std::string>>& more = {},
                             const std::string& workbook_attributes = {}) {
  const std::string kTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  std::vector<std::pair<std::string, std::string>> parts = {
      {"[Content_Types].xml", "<Types/>"},
      {"_rels/.rels", "<Relationships><Relationship Id=\"r1\" Type=\"" + kTypes +
                          "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
      {"xl/workbook.xml",
       "<workbook xmlns:r=\"" + kTypes + "\"><workbookPr " + workbook_attributes +
           "/><sheets><sheet name=\"Tab\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Type=\"" + kTypes +
                                         "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                                         "<Relationship Id=\"r2\" Type=\"" +
                                         kTypes +
                                         "styles\" Target=\"/xl/styles.xml\"/>"
                                         "<Relationship Id=\"r3\" Type=\"" +
                                         kTypes +
                                         "sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"},
      {"xl/worksheets/sheet1.xml", "<worksheet>" + sheet + "</worksheet>"}};
  parts.insert(parts.end(), more.begin(), more.end());
  return make_zip(path, parts);
}

inline std::string make_ods(const std::string& path, const std::string& tables,
                            const std::vector<std::pair<std::string, std::string>>& more = {}) {
  std::vector<std::pair<std::string, std::string>> parts = {
      {"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
      {"content.xml",
       "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" "
       "xmlns:calcext=\"c\"><office:body><office:spreadsheet>" +
           tables + "</office:spreadsheet></office:body></office:document-content>"}};
  parts.insert(parts.end(), more.begin(), more.end());
  return make_zip(path, parts);
}

// Rows of the tab as they are read, blank ones too.
inline Result<Cells> read_tab(const std::string& path, const std::string& tab = {}) {
  const Result<ConvertedTab> converted = convert_tab(path, tab, std::filesystem::temp_directory_path());
  if (!converted) return std::unexpected(converted.error());
  Result<tables::CsvReader> reader = tables::CsvReader::open(path_of(converted->file));
  if (!reader) return std::unexpected(reader.error());
  Cells cells;
  for (;;) {
    const Result<bool> read = reader->next();
    if (!read) return std::unexpected(read.error());
    if (!*read) return cells;
    cells.emplace_back(reader->cells().begin(), reader->cells().end());
  }
}

inline Cells must_read(const std::string& path, const std::string& tab = {}) {
  Result<Cells> cells = read_tab(path, tab);
  if (!cells) ADD_FAILURE() << cells.error().message;
  return cells ? std::move(*cells) : Cells();
}

inline std::string refusal_of(const std::string& path, const std::string& tab = {}) {
  const Result<Cells> cells = read_tab(path, tab);
  return cells ? "it was read" : cells.error().message;
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace sv::workbooks
