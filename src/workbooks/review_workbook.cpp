#include "workbooks/review_workbook.hpp"

#include "base/text.hpp"
#include "tables/csv_reader.hpp"
#include "tables/review_columns.hpp"
#include "tables/safe_cell.hpp"
#include "workbooks/cell_bounds.hpp"
#include "workbooks/number_text.hpp"
#include "workbooks/xlsx_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>
#include <xlsxwriter.h>

namespace sv::workbooks {

namespace {

using tables::ReviewColumn;

constexpr double kOwnWidth = 18;  // of people's columns

double width_of(ReviewColumn column) {
  switch (column) {
    case ReviewColumn::row_number:
    case ReviewColumn::is_valid:
      return 9;
    case ReviewColumn::comment:
    case ReviewColumn::issues:
    case ReviewColumn::rewrite_suggestion:
      return 60;
    case ReviewColumn::raw_llm_json:
      return 20;
    case ReviewColumn::project_name:
    case ReviewColumn::source_url:
      return 28;
    case ReviewColumn::project_manager:
    case ReviewColumn::status_value:
    case ReviewColumn::completion_date:
    case ReviewColumn::check_date:
    case ReviewColumn::model:
      return 17;
  }
  return kOwnWidth;
}

constexpr std::array kColumns = {ReviewColumn::row_number,   ReviewColumn::project_name,
                                 ReviewColumn::source_url,   ReviewColumn::project_manager,
                                 ReviewColumn::status_value, ReviewColumn::completion_date,
                                 ReviewColumn::comment,      ReviewColumn::is_valid,
                                 ReviewColumn::issues,       ReviewColumn::rewrite_suggestion,
                                 ReviewColumn::raw_llm_json, ReviewColumn::check_date,
                                 ReviewColumn::model};

// Which of ours a header is; nothing: people's own.
std::optional<ReviewColumn> column_named(std::string_view header) {
  const std::string folded = fold_case(header);
  const auto found = std::ranges::find_if(
      kColumns, [&folded](ReviewColumn column) { return fold_case(tables::header_of(column)) == folded; });
  if (found == kColumns.end()) return std::nullopt;
  return *found;
}

// What Excel shows as a number again: `007` and `1e5` are none.
std::optional<double> plain_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number_text(value, {}, false) != text) return std::nullopt;
  return value;
}

class Writer {
 public:
  explicit Writer(const ReviewWorkbookOptions& options) : options_(options), scratch_(options.directory) {
    lxw_workbook_options settings{};
    settings.constant_memory = LXW_TRUE;
    settings.tmpdir = scratch_.data();
    settings.use_zip64 = LXW_FALSE;
    workbook_ = workbook_new_opt(options.xlsx_path.c_str(), &settings);
    if (workbook_ == nullptr) return;
    lxw_doc_properties properties{};
    properties.created = kCreated;
    workbook_set_properties(workbook_, &properties);
    sheet_ = workbook_add_worksheet(workbook_, options.tab.c_str());
    header_format_ = workbook_add_format(workbook_);
    format_set_bold(header_format_);
    format_set_bg_color(header_format_, 0xDDE6F0);
    format_set_text_wrap(header_format_);
    format_set_align(header_format_, LXW_ALIGN_VERTICAL_TOP);
    text_format_ = workbook_add_format(workbook_);
    format_set_text_wrap(text_format_);
    format_set_align(text_format_, LXW_ALIGN_VERTICAL_TOP);
    // Of no use when it is wrapped: it would make every row as high as the screen.
    raw_format_ = workbook_add_format(workbook_);
    format_set_align(raw_format_, LXW_ALIGN_VERTICAL_TOP);
    link_format_ = workbook_get_default_url_format(workbook_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (workbook_ != nullptr) static_cast<void>(workbook_close(workbook_));
  }

  bool is_open() const { return workbook_ != nullptr && sheet_ != nullptr; }

  void write_header(std::span<const std::string_view> cells) {
    worksheet_freeze_panes(sheet_, 1, 0);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string_view name = tables::without_safety_prefix(cells[i]);
      columns_.push_back(column_named(name));
      const auto at = static_cast<lxw_col_t>(i);
      worksheet_set_column(sheet_, at, at, columns_.back() ? width_of(*columns_.back()) : kOwnWidth, nullptr);
      write_text(0, at, name, header_format_);
    }
  }

  void write_row(std::span<const std::string_view> cells) {
    const auto row = static_cast<lxw_row_t>(++written_.rows);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto at = static_cast<lxw_col_t>(i);
      const std::optional<ReviewColumn> column = i < columns_.size() ? columns_[i] : std::nullopt;
      const std::string_view text = tables::without_safety_prefix(cells[i]);
      if (text.empty()) continue;
      const bool may_be_number = !column || column == ReviewColumn::row_number;
      const std::optional<double> number = may_be_number ? plain_number(text) : std::nullopt;
      const bool is_linked = column == ReviewColumn::row_number && number && !options_.link.empty() &&
                             written_.rows <= kMostLinks;
      if (is_linked) {
        worksheet_write_url(sheet_, row, at, (options_.link + std::string(text)).c_str(), link_format_);
      }
      if (number) {
        worksheet_write_number(sheet_, row, at, *number, is_linked ? link_format_ : text_format_);
      } else {
        write_text(row, at, text, column == ReviewColumn::raw_llm_json ? raw_format_ : text_format_);
      }
    }
  }

  // Gives the library's error.
  lxw_error close() {
    if (!columns_.empty()) {
      worksheet_autofilter(sheet_, 0, 0, static_cast<lxw_row_t>(written_.rows),
                           static_cast<lxw_col_t>(columns_.size() - 1));
    }
    const auto verdicts = std::ranges::find(columns_, std::optional(ReviewColumn::is_valid));
    if (verdicts != columns_.end() && written_.rows > 0) {
      const auto at = static_cast<lxw_col_t>(verdicts - columns_.begin());
      colour(at, "\"YES\"", 0xC6EFCE, 0x006100);
      colour(at, "\"NO\"", 0xFFC7CE, 0x9C0006);
      colour(at, "\"NEEDS_REVIEW\"", 0xFFEB9C, 0x7F6000);
    }
    lxw_workbook* const workbook = std::exchange(workbook_, nullptr);
    return workbook_close(workbook);
  }

  const WrittenWorkbook& written() const { return written_; }

 private:
  void write_text(lxw_row_t row, lxw_col_t column, std::string_view text, lxw_format* format) {
    std::string copy = escape_xlsx(text);
    if (cut_to_cell(copy)) ++written_.cut_cells;
    worksheet_write_string(sheet_, row, column, copy.c_str(), format);
  }

  void colour(lxw_col_t column, const char* value, lxw_color_t background, lxw_color_t font) {
    lxw_format* const format = workbook_add_format(workbook_);
    format_set_bg_color(format, background);
    format_set_font_color(format, font);
    std::string text = value;
    lxw_conditional_format condition{};
    condition.type = LXW_CONDITIONAL_TYPE_CELL;
    condition.criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO;
    condition.value_string = text.data();
    condition.format = format;
    worksheet_conditional_format_range(sheet_, 1, column, static_cast<lxw_row_t>(written_.rows), column,
                                       &condition);
  }

  const ReviewWorkbookOptions& options_;
  std::string scratch_;
  lxw_workbook* workbook_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* header_format_ = nullptr;
  lxw_format* text_format_ = nullptr;
  lxw_format* raw_format_ = nullptr;
  lxw_format* link_format_ = nullptr;
  std::vector<std::optional<ReviewColumn>> columns_;
  WrittenWorkbook written_;
};

}  // namespace

Result<WrittenWorkbook> write_review_workbook(const ReviewWorkbookOptions& options) {
  Result<tables::CsvReader> reader = tables::CsvReader::open(options.csv_path, "review");
  if (!reader) return std::unexpected(reader.error());
  Writer writer(options);
  if (!writer.is_open())
    return fail(ErrorKind::io, "the review's workbook cannot be begun: out of memory or of disk");
  bool is_header = true;
  for (;;) {
    const Result<bool> read = reader->next();
    if (!read) return std::unexpected(read.error());
    if (!*read) break;
    if (is_header) {
      writer.write_header(reader->cells());
    } else if (writer.written().rows + 1 >= kMostWorkbookRows) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("a workbook takes {} rows at most: write the review to a .csv file",
                              kMostWorkbookRows));
    } else {
      writer.write_row(reader->cells());
    }
    is_header = false;
  }
  if (const lxw_error error = writer.close(); error != LXW_NO_ERROR) {
    return fail(ErrorKind::io, fmt::format("cannot write the review's workbook: {}", lxw_strerror(error)));
  }
  return writer.written();
}

}  // namespace sv::workbooks
