// The parts of an XLSX file that stand beside its tabs: which tabs there are, the texts that cells share, how
// numbers are shown (ECMA-376 part 1, 12 and 18).
#pragma once

#include "base/error.hpp"
#include "workbooks/number_text.hpp"
#include "workbooks/tab_choice.hpp"
#include "workbooks/zip_archive.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::workbooks {

struct XlsxWorkbook {
  std::vector<Tab> tabs;
  bool is_1904 = false;             // days are counted from 1904-01-01
  std::string shared_strings_part;  // empty: there is none
  std::string styles_part;          // likewise
};

Result<XlsxWorkbook> read_xlsx_workbook(const ZipArchive& archive);

// Texts of <si> elements, one behind the other in memory.
class SharedStrings {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 30U;
  static Result<SharedStrings> read(const ZipArchive& archive, const std::string& part);
  // Empty for an index that there is not.
  std::string_view at(std::size_t index) const;
  void add(std::string_view text);
  // What they take in memory.
  std::size_t bytes() const { return texts_.size() + ends_.size() * sizeof(std::size_t); }

 private:
  std::string texts_;
  std::vector<std::size_t> ends_;
};

// By the index of a cell's style (`s`).
Result<std::vector<NumberFormat>> read_xlsx_formats(const ZipArchive& archive, const std::string& part);

// `_x000D_` is how XLSX writes what XML cannot hold: a carriage return here.
std::string unescape_xlsx(std::string_view text);
// A text that looks like such a code and is none, so that it is read as it is: `_x005F_x000D_`. The library
// writes the codes of characters, but does not do this.
std::string escape_xlsx(std::string_view text);

// Feeds a part to a handler; messages name workbook and part.
Result<void> parse_part(const ZipArchive& archive, const std::string& part, class XmlHandler& handler);

}  // namespace sv::workbooks
