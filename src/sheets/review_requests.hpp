// The requests of spreadsheets.batchUpdate that a review needs: typed cells at explicit rows of a tab's id,
// so that no text becomes a formula, people's formatting stays, and the same request twice does no harm
// (google-sheets-api.md §1, §3.5).
#pragma once

#include "sheets/review_layout.hpp"

#include <boost/json/array.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sheets {

class ReviewRequests {
 public:
  // `row_link`: with a source row's number behind it, its address; empty: rows have none.
  ReviewRequests(std::vector<tables::ReviewColumn> columns, std::string row_link);

  void set_tab(std::int64_t id) { tab_id_ = id; }
  std::int64_t tab_id() const { return tab_id_; }

  // A new tab with the header, and its look. Room for the header and one row: rows are inserted between them.
  void add_tab(std::string_view title, boost::json::array& to) const;
  // Names at the end of the header; the grid is made wider when it has only `grid_columns`.
  void add_header(const ReviewLayout& from, const ReviewLayout& to_be, std::size_t grid_columns,
                  boost::json::array& to) const;
  // What a target that nobody has worked in looks like: frozen header, widths, wrapped text, YES and NO
  // coloured.
  void add_look(const ReviewLayout& layout, boost::json::array& to) const;

  // `count` blank rows before the row that is at `row` now. `grows`: the grid may end there; it gets another
  // row first, since rows are inserted before one.
  void insert_rows(std::uint64_t row, std::uint64_t count, bool grows, boost::json::array& to) const;
  // What the row says of its source's row: all cells but the anchor's text, which gets its link alone.
  void write_review(const ReviewLayout& layout, std::uint64_t row, std::span<const std::string> cells,
                    std::uint64_t number, boost::json::array& to);
  // The anchor too.
  void write_row(const ReviewLayout& layout, std::uint64_t row, std::span<const std::string> cells,
                 std::uint64_t number, boost::json::array& to);
  void write_number(const ReviewLayout& layout, std::uint64_t row, std::uint64_t number,
                    boost::json::array& to) const;
  // All of ours but the anchor.
  void clear_review(const ReviewLayout& layout, std::uint64_t row, boost::json::array& to) const;

  // Texts that a cell could not hold and that were cut.
  std::uint64_t cut_cells() const { return cut_cells_; }

 private:
  boost::json::value cell(std::size_t column, std::string_view text);

  std::vector<tables::ReviewColumn> columns_;
  KeyColumns keys_;
  std::string row_link_;
  std::int64_t tab_id_ = 0;
  std::uint64_t cut_cells_ = 0;
};

}  // namespace sv::sheets
