// A1 notation: `Sheet1!A1:B2`, `'It''s'!A:C`, `A2:2`, `Sheet1`.
//
// As in Google's API a bare text that looks like a cell (`P1`: up to three letters and a number) is a cell of
// the first tab, never a tab of that name; quoted, it is the tab.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sv::sim_sheets {

// Half-open, from 0.
struct Box {
  int row_begin = 0;
  int row_end = 0;
  int column_begin = 0;
  int column_end = 0;

  bool is_cell() const { return row_end - row_begin == 1 && column_end - column_begin == 1; }
  bool contains(const Box& other) const;
  bool intersects(const Box& other) const;
  bool operator==(const Box&) const = default;
};

// As written: what is missing is open.
struct A1Range {
  std::optional<std::string> title;
  std::optional<int> row_begin;  // 0-based
  std::optional<int> row_end;    // exclusive
  std::optional<int> column_begin;
  std::optional<int> column_end;

  // Without corners: a whole tab.
  bool is_whole_tab() const { return !row_begin && !row_end && !column_begin && !column_end; }
  // On a grid of that size; open ends reach to its border, closed ones are not cut.
  Box on_grid(int rows, int columns) const;
};

std::optional<A1Range> parse_a1(std::string_view text);

// 0 -> "A", 26 -> "AA".
std::string column_name(int column);
// Bare when Google echoes it bare, else quoted with quotes doubled.
std::string echo_title(std::string_view title);
// "Sheet1!A1:Z1000", one cell as "Sheet1!A1".
std::string echo_range(std::string_view title, const Box& box);

}  // namespace sv::sim_sheets
