// A terminal that understands what the progress view writes: \r, \n (as a terminal in its usual mode does
// it),
// \x1b[K, \x1b[J, \x1b[nA, \x1b[?7h and l, and colours, which it drops. It wraps, scrolls and, like tmux and
// the VTE terminals, breaks its lines anew when its width changes; one that is asked not to cuts them, like
// xterm. Anything else fails the test.
#pragma once

#include "base/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sv::report {

class TerminalModel {
 public:
  TerminalModel(std::size_t columns, std::size_t rows, bool reflows = true)
      : columns_(columns), rows_(rows), reflows_(reflows) {}

  void write(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      if (bytes[at] == '\x1b') {
        at = escape(bytes, at);
      } else if (bytes[at] == '\r') {
        column_ = 0;
        ++at;
      } else if (bytes[at] == '\n') {
        new_line(false);
        column_ = 0;
        ++at;
      } else {
        std::size_t length = 1;
        while (at + length < bytes.size() &&
               (static_cast<unsigned char>(bytes[at + length]) & 0xC0U) == 0x80U)
          ++length;
        put(std::string(bytes.substr(at, length)));
        at += length;
      }
    }
  }

  void resize(std::size_t columns, std::size_t rows) {
    if (!reflows_) {
      for (Row& row : grid_) row.cells.resize(std::min(row.cells.size(), columns));
    } else if (columns != columns_) {
      reflow(columns);
    }
    columns_ = columns;
    rows_ = rows;
    column_ = std::min(column_, columns_ - 1);
  }

  // Everything that was ever written, with what has scrolled away, without blanks at the ends.
  std::string text() const {
    std::string all;
    for (const Row& row : grid_) {
      std::string line;
      for (const std::string& cell : row.cells) line += cell.empty() ? " " : cell;
      while (line.ends_with(' ')) line.pop_back();
      all += line;
      if (!row.is_continued) all += '\n';
    }
    while (all.ends_with("\n\n") || all == "\n") all.pop_back();
    return all;
  }
  bool has_wrapped() const {
    return std::ranges::any_of(grid_, [](const Row& row) { return row.is_continued; });
  }

 private:
  struct Row {
    std::vector<std::string> cells;
    bool is_continued = false;  // by wrapping
  };

  void put(const std::string& character) {
    const std::size_t width = display_width(character);
    if (width == 0) return;
    if (column_ + width > columns_) {
      if (wraps_) {
        new_line(true);
        column_ = 0;
      } else {
        column_ = columns_ - width;
      }
    }
    std::vector<std::string>& cells = grid_[row_].cells;
    if (cells.size() < column_ + width) cells.resize(column_ + width, " ");
    cells[column_] = character;
    column_ += width;
  }
  void new_line(bool is_continued) {
    grid_[row_].is_continued = is_continued;
    if (++row_ == grid_.size()) grid_.emplace_back();
  }
  std::size_t escape(std::string_view bytes, std::size_t at) {
    const std::size_t end = bytes.find_first_of("ABCDHJKhlm", at + 2);
    if (end == std::string_view::npos || bytes[at + 1] != '[') {
      ADD_FAILURE() << "an escape sequence is not whole";
      return bytes.size();
    }
    const std::string_view arguments = bytes.substr(at + 2, end - at - 2);
    const std::size_t top = grid_.size() > rows_ ? grid_.size() - rows_ : 0;
    if (bytes[end] == 'K') {
      if (grid_[row_].cells.size() > column_) grid_[row_].cells.resize(column_);
    } else if (bytes[end] == 'J') {
      if (grid_[row_].cells.size() > column_) grid_[row_].cells.resize(column_);
      grid_[row_].is_continued = false;
      grid_.resize(row_ + 1);
    } else if (bytes[end] == 'A') {
      row_ =
          std::max(top, row_ - std::min(row_, static_cast<std::size_t>(std::stoul(std::string(arguments)))));
    } else if (arguments == "?7") {
      wraps_ = bytes[end] == 'h';
    } else if (bytes[end] != 'm') {
      ADD_FAILURE() << "unexpected escape sequence " << bytes.substr(at + 1, end - at);
    }
    return end + 1;
  }
  void reflow(std::size_t columns) {
    std::vector<Row> broken;
    std::size_t cursor_row = 0;
    std::size_t cursor_column = 0;
    std::vector<std::string> line;
    for (std::size_t i = 0; i < grid_.size(); ++i) {
      const std::size_t cursor = i == row_ ? line.size() + column_ : std::string::npos;
      line.insert(line.end(), grid_[i].cells.begin(), grid_[i].cells.end());
      if (cursor != std::string::npos) {
        cursor_row = broken.size() + cursor / columns;
        cursor_column = cursor % columns;
      }
      if (grid_[i].is_continued) continue;
      for (std::size_t start = 0; start == 0 || start < line.size(); start += columns) {
        const std::size_t end = std::min(line.size(), start + columns);
        broken.push_back({{line.begin() + static_cast<std::ptrdiff_t>(start),
                           line.begin() + static_cast<std::ptrdiff_t>(end)},
                          end < line.size()});
      }
      line.clear();
    }
    grid_ = std::move(broken);
    row_ = std::min(cursor_row, grid_.size() - 1);
    column_ = cursor_column;
  }

  std::size_t columns_;
  std::size_t rows_;
  bool reflows_;
  bool wraps_ = true;
  std::vector<Row> grid_ = std::vector<Row>(1);
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

}  // namespace sv::report
