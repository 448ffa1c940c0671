#include "workbooks/xlsx_tab.hpp"

#include "tables/record_scanner.hpp"
#include "workbooks/number_text.hpp"
#include "workbooks/xlsx_parts.hpp"
#include "workbooks/xml_parser.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace sv::workbooks {

namespace {

constexpr std::size_t kLettersInColumn = 3;  // XFD is the last

// Merged blocks stand behind the rows that they are about, so they are read in a pass of their own.
class MergesHandler final : public XmlHandler {
 public:
  explicit MergesHandler(tables::TabWriter& writer) : writer_(writer) {}
  void start(std::string_view element, const XmlAttributes& attributes) override {
    if (element != "mergeCell" || !result) return;
    const std::string_view range = attributes.text("ref");
    const std::size_t colon = range.find(':');
    if (colon == std::string_view::npos) return;
    tables::MergedRows merge;
    std::size_t last_column = 0;
    if (!parse_address(range.substr(0, colon), merge.first_row, merge.column) ||
        !parse_address(range.substr(colon + 1), merge.last_row, last_column)) {
      return;
    }
    result = writer_.add_merge(merge);
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}

  Result<void> result;

 private:
  tables::TabWriter& writer_;
};

class RowsHandler final : public XmlHandler {
 public:
  RowsHandler(const SharedStrings& strings, const std::vector<NumberFormat>& formats, bool is_1904,
              tables::TabWriter& writer)
      : strings_(strings), formats_(formats), is_1904_(is_1904), writer_(writer) {}

  void start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "row") {
      row_ = attributes.number("r").value_or(row_ + 1);
      column_ = 0;
      row_cells_.clear();
    } else if (element == "c") {
      std::uint64_t row = 0;
      std::size_t column = column_;
      if (parse_address(attributes.text("r"), row, column)) column_ = column;
      type_ = attributes.text("t");
      format_ = attributes.number("s").value_or(0);
      text_.clear();
    }
    if (element == "f") writer_.note_formula();
    is_text_ = element == "v" || (element == "t" && !is_phonetic_);
    if (element == "rPh") is_phonetic_ = true;
  }

  void end(std::string_view element) override {
    is_text_ = false;
    if (element == "rPh") is_phonetic_ = false;
    if (element == "c") {
      row_cells_.put(column_, value());
      ++column_;
    }
    if (element == "row" && result) {
      std::vector<std::string> cells = row_cells_.cells();
      result = writer_.write_row(row_, cells);
    }
  }

  void text(std::string_view text) override {
    // What goes beyond makes the cell too long for its reader, which refuses it. Excel: 32,767 characters.
    if (is_text_ && text_.size() <= tables::kMaxCellBytes) text_ += text;
  }

  Result<void> result;

 private:
  std::string value() const {
    if (type_ == "s") {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), index);
      return error == std::errc() ? std::string(strings_.at(index)) : std::string();
    }
    if (type_ == "b") return text_ == "1" ? "TRUE" : "FALSE";
    if (type_ == "str" || type_ == "inlineStr") return unescape_xlsx(text_);
    if (type_ == "e" || type_ == "d") return text_;
    double number = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (text_.empty() || error != std::errc() || end != text_.data() + text_.size()) return text_;
    return number_text(number, format_ < formats_.size() ? formats_[format_] : NumberFormat{}, is_1904_);
  }

  const SharedStrings& strings_;
  const std::vector<NumberFormat>& formats_;
  bool is_1904_;
  tables::TabWriter& writer_;
  tables::TabRow row_cells_;
  std::uint64_t row_ = 0;
  std::size_t column_ = 0;
  std::string type_;
  std::size_t format_ = 0;
  std::string text_;
  bool is_text_ = false;
  bool is_phonetic_ = false;
};

// A handler cannot stop the parser, so what went wrong in it is looked at here.
template <typename Handler>
Result<void> parse_with(const ZipArchive& archive, const std::string& part, Handler& handler) {
  const Result<void> parsed = parse_part(archive, part, handler);
  if (!handler.result) return handler.result;
  return parsed;
}

}  // namespace

bool parse_address(std::string_view address, std::uint64_t& row, std::size_t& column) {
  std::size_t letters = 0;
  std::size_t number = 0;
  while (letters < address.size() && address[letters] >= 'A' && address[letters] <= 'Z') {
    number = number * 26 + static_cast<std::size_t>(address[letters] - 'A' + 1);
    if (++letters > kLettersInColumn) return false;
  }
  const std::string_view digits = address.substr(letters);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (letters == 0 || error != std::errc() || end != digits.data() + digits.size() || value == 0)
    return false;
  row = value;
  column = number - 1;
  return true;
}

Result<std::vector<Tab>> xlsx_tabs(const ZipArchive& archive) {
  Result<XlsxWorkbook> workbook = read_xlsx_workbook(archive);
  if (!workbook) return std::unexpected(workbook.error());
  return std::move(workbook->tabs);
}

Result<void> write_xlsx_tab(const ZipArchive& archive, std::string_view tab, tables::TabWriter& writer) {
  const Result<XlsxWorkbook> workbook = read_xlsx_workbook(archive);
  if (!workbook) return std::unexpected(workbook.error());
  const Result<std::size_t> chosen = choose_tab(workbook->tabs, tab, archive.name());
  if (!chosen) return std::unexpected(chosen.error());
  const Result<SharedStrings> strings = SharedStrings::read(archive, workbook->shared_strings_part);
  if (!strings) return std::unexpected(strings.error());
  const Result<std::vector<NumberFormat>> formats = read_xlsx_formats(archive, workbook->styles_part);
  if (!formats) return std::unexpected(formats.error());
  const std::string& part = workbook->tabs[*chosen].part;
  MergesHandler merges(writer);
  if (const Result<void> parsed = parse_with(archive, part, merges); !parsed) return parsed;
  RowsHandler rows(*strings, *formats, workbook->is_1904, writer);
  if (const Result<void> parsed = parse_with(archive, part, rows); !parsed) return parsed;
  return writer.finish();
}

}  // namespace sv::workbooks
