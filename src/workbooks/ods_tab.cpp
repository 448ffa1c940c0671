#include "workbooks/ods_tab.hpp"

#include "tables/record_scanner.hpp"
#include "workbooks/xlsx_parts.hpp"
#include "workbooks/xml_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace sv::workbooks {

namespace {

const std::string kContent = "content.xml";
const std::string kManifest = "META-INF/manifest.xml";
constexpr std::size_t kMostTabs = 10'000;
constexpr std::size_t kMostSpaces = 10'000;

class TabsHandler final : public XmlHandler {
 public:
  void start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "table" && depth_++ == 0 && tabs.size() < kMostTabs) {
      tabs.push_back({.name = std::string(attributes.text("name")), .part = kContent});
    }
  }
  void end(std::string_view element) override {
    if (element == "table") --depth_;
  }
  void text(std::string_view) override {}

  std::vector<Tab> tabs;

 private:
  int depth_ = 0;  // tables in cells are none of ours
};

class ManifestHandler final : public XmlHandler {
 public:
  void start(std::string_view element, const XmlAttributes&) override {
    is_encrypted = is_encrypted || element == "encryption-data";
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
  bool is_encrypted = false;
};

// "2026-11-25T09:30:00" as people read it; a day alone stays as it is.
std::string day_text(std::string_view value) {
  const std::size_t t = value.find('T');
  if (t == std::string_view::npos) return std::string(value);
  std::string_view time = value.substr(t + 1);
  if (const std::size_t point = time.find('.'); point != std::string_view::npos) time = time.substr(0, point);
  if (time.ends_with(":00") && time.size() > 5) time.remove_suffix(3);
  std::string text(value.substr(0, t));
  if (time != "00:00" && time != "00:00:00" && !time.empty()) text += " " + std::string(time);
  return text;
}

class RowsHandler final : public XmlHandler {
 public:
  RowsHandler(std::size_t wanted, tables::TabWriter& writer) : wanted_(wanted), writer_(writer) {}

  void start(std::string_view element, const XmlAttributes& attributes) override {
    if (element == "table") {
      if (depth_++ == 0) is_wanted_ = next_table_++ == wanted_;
      return;
    }
    if (!is_wanted_ || depth_ != 1) return;
    if (element == "table-row") {
      row_repeats_ = std::max<std::size_t>(attributes.number("number-rows-repeated").value_or(1), 1);
      column_ = 0;
      row_cells_.clear();
    } else if (element == "table-cell" || element == "covered-table-cell") {
      is_cell_ = true;
      begin_cell(attributes);
    } else if (element == "annotation") {
      ++aside_;  // a comment on the cell
    } else if (element == "p" && is_cell_ && aside_ == 0) {
      if (paragraphs_++ > 0) append("\n");
      is_paragraph_ = true;
    } else if (is_paragraph_ && element == "s") {
      append(std::string(std::min(attributes.number("c").value_or(1), kMostSpaces), ' '));
    } else if (is_paragraph_ && element == "tab") {
      append("\t");
    } else if (is_paragraph_ && element == "line-break") {
      append("\n");
    }
  }

  void end(std::string_view element) override {
    if (element == "table") {
      if (--depth_ == 0) is_wanted_ = false;
      return;
    }
    if (!is_wanted_ || depth_ != 1) return;
    if (element == "p" && aside_ == 0) is_paragraph_ = false;
    if (element == "annotation") --aside_;
    if (element == "table-cell" || element == "covered-table-cell") {
      end_cell();
      is_cell_ = false;
    }
    if (element == "table-row") end_row();
  }

  void text(std::string_view text) override {
    if (is_paragraph_ && aside_ == 0) append(text);
  }

  Result<void> result;

 private:
  // What goes beyond makes the cell too long for its reader, which refuses it.
  void append(std::string_view text) {
    if (text_.size() <= tables::kMaxCellBytes) text_ += text;
  }

  void begin_cell(const XmlAttributes& attributes) {
    text_.clear();
    paragraphs_ = 0;
    cell_repeats_ = std::max<std::size_t>(attributes.number("number-columns-repeated").value_or(1), 1);
    if (attributes.find("formula")) writer_.note_formula();
    const std::string_view type = attributes.text("value-type");
    value_.clear();
    // What is shown of a day depends on its format and on the country; its value does not.
    if (type == "date") value_ = day_text(attributes.text("date-value"));
    // For programs that write no text.
    fallback_ = attributes.text(type == "boolean"  ? "boolean-value"
                                : type == "string" ? "string-value"
                                                   : "value");
    const std::size_t rows = attributes.number("number-rows-spanned").value_or(1);
    if (rows > 1 && result) {
      result = writer_.add_merge({.first_row = row_ + 1, .last_row = row_ + rows, .column = column_});
    }
  }

  void end_cell() {
    const std::string& shown = !value_.empty() ? value_ : !text_.empty() ? text_ : fallback_;
    row_cells_.put(column_, shown, cell_repeats_);
    column_ += std::min(cell_repeats_, tables::TabWriter::kMostColumns);
  }

  void end_row() {
    for (std::size_t i = 0; i < row_repeats_ && !row_cells_.is_blank() && result; ++i) {
      std::vector<std::string> cells = row_cells_.cells();
      result = writer_.write_row(row_ + i + 1, cells);
    }
    row_ += row_repeats_;
  }

  std::size_t wanted_;
  tables::TabWriter& writer_;
  std::size_t next_table_ = 0;
  int depth_ = 0;
  int aside_ = 0;
  bool is_wanted_ = false;
  bool is_cell_ = false;
  bool is_paragraph_ = false;
  tables::TabRow row_cells_;
  std::uint64_t row_ = 0;  // rows that are over
  std::size_t column_ = 0;
  std::size_t row_repeats_ = 1;
  std::size_t cell_repeats_ = 1;
  int paragraphs_ = 0;
  std::string text_;
  std::string value_;
  std::string fallback_;
};

}  // namespace

Result<void> check_ods_is_readable(const ZipArchive& archive) {
  if (!archive.has(kManifest)) return {};
  ManifestHandler handler;
  if (const Result<void> parsed = parse_part(archive, kManifest, handler); !parsed) return parsed;
  if (!handler.is_encrypted) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("{}: it has a password: save it without one", archive.name()));
}

Result<std::vector<Tab>> ods_tabs(const ZipArchive& archive) {
  TabsHandler handler;
  if (const Result<void> parsed = parse_part(archive, kContent, handler); !parsed)
    return std::unexpected(parsed.error());
  return std::move(handler.tabs);
}

Result<void> write_ods_tab(const ZipArchive& archive, std::string_view tab, tables::TabWriter& writer) {
  const Result<std::vector<Tab>> tabs = ods_tabs(archive);
  if (!tabs) return std::unexpected(tabs.error());
  const Result<std::size_t> chosen = choose_tab(*tabs, tab, archive.name());
  if (!chosen) return std::unexpected(chosen.error());
  RowsHandler handler(*chosen, writer);
  const Result<void> parsed = parse_part(archive, kContent, handler);
  if (!handler.result) return handler.result;
  if (!parsed) return parsed;
  return writer.finish();
}

}  // namespace sv::workbooks
