// Several tabs of texts, numbers and links as an XLSX file, without any look: what a spreadsheet of another
// kind is saved as.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sv::workbooks {

class PlainWorkbook {
 public:
  // `path` is overwritten; `directory` is for the library's scratch files. Error: io.
  static Result<PlainWorkbook> create(const std::string& path, const std::string& directory);
  PlainWorkbook(PlainWorkbook&&) noexcept;
  PlainWorkbook& operator=(PlainWorkbook&&) = delete;
  ~PlainWorkbook();

  // Cells go to the tab that was begun last, in the order of rows. What Excel does not take in a tab's name
  // becomes
  // `_`, and a name that is there already gets a number.
  Result<void> begin_tab(std::string_view name);
  // A text too long for a cell is cut. Links beyond the 65,000th of a tab are left out.
  void write_text(std::uint64_t row, std::size_t column, std::string_view text, const std::string& link);
  void write_number(std::uint64_t row, std::size_t column, double number);
  Result<void> close();

 private:
  struct Book;
  explicit PlainWorkbook(std::unique_ptr<Book> book);
  std::unique_ptr<Book> book_;
};

}  // namespace sv::workbooks
