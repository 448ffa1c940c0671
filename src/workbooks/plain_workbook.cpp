#include "workbooks/plain_workbook.hpp"

#include "base/text.hpp"
#include "workbooks/cell_bounds.hpp"
#include "workbooks/xlsx_parts.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <xlsxwriter.h>

namespace sv::workbooks {

struct PlainWorkbook::Book {
  std::string directory;
  std::string path;
  lxw_workbook* workbook = nullptr;
  lxw_worksheet* sheet = nullptr;
  std::set<std::string> names;  // folded
  std::uint64_t links = 0;

  ~Book() {
    if (workbook != nullptr) static_cast<void>(workbook_close(workbook));
  }
};

PlainWorkbook::PlainWorkbook(std::unique_ptr<Book> book) : book_(std::move(book)) {}
PlainWorkbook::PlainWorkbook(PlainWorkbook&&) noexcept = default;
PlainWorkbook::~PlainWorkbook() = default;

Result<PlainWorkbook> PlainWorkbook::create(const std::string& path, const std::string& directory) {
  auto book = std::make_unique<Book>();
  book->directory = directory;
  book->path = path;
  lxw_workbook_options settings{};
  settings.constant_memory = LXW_TRUE;
  settings.tmpdir = book->directory.data();
  settings.use_zip64 = LXW_FALSE;
  book->workbook = workbook_new_opt(book->path.c_str(), &settings);
  if (book->workbook == nullptr) {
    return fail(ErrorKind::io,
                fmt::format("the workbook {} cannot be begun: out of memory or of disk", path));
  }
  lxw_doc_properties properties{};
  properties.created = kCreated;
  workbook_set_properties(book->workbook, &properties);
  return PlainWorkbook(std::move(book));
}

Result<void> PlainWorkbook::begin_tab(std::string_view name) {
  const std::string wanted = to_tab_name(name);
  std::string unique = wanted;
  for (int number = 2; !book_->names.insert(fold_case(unique)).second; ++number) {
    const std::string suffix = fmt::format(" {}", number);
    unique = cut_tab_name(wanted, suffix.size()) + suffix;
  }
  book_->sheet = workbook_add_worksheet(book_->workbook, unique.c_str());
  book_->links = 0;
  if (book_->sheet == nullptr)
    return fail(ErrorKind::io, fmt::format("the tab \"{}\" cannot be written", unique));
  return {};
}

void PlainWorkbook::write_text(std::uint64_t row, std::size_t column, std::string_view text,
                               const std::string& link) {
  if (row >= kMostWorkbookRows) return;
  const auto r = static_cast<lxw_row_t>(row);
  const auto c = static_cast<lxw_col_t>(column);
  std::string fitting = escape_xlsx(text);
  cut_to_cell(fitting);
  if (!link.empty() && book_->links++ < kMostLinks)
    worksheet_write_url(book_->sheet, r, c, link.c_str(), nullptr);
  worksheet_write_string(book_->sheet, r, c, fitting.c_str(), nullptr);
}

void PlainWorkbook::write_number(std::uint64_t row, std::size_t column, double number) {
  if (row >= kMostWorkbookRows) return;
  worksheet_write_number(book_->sheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column), number,
                         nullptr);
}

Result<void> PlainWorkbook::close() {
  lxw_workbook* const workbook = std::exchange(book_->workbook, nullptr);
  if (const lxw_error error = workbook_close(workbook); error != LXW_NO_ERROR) {
    return fail(ErrorKind::io,
                fmt::format("cannot write the workbook {}: {}", book_->path, lxw_strerror(error)));
  }
  return {};
}

}  // namespace sv::workbooks
