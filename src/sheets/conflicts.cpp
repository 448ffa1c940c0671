#include "sheets/conflicts.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace sv::sheets {

namespace {

constexpr std::size_t kShown = 10;

std::string lost_rows(const Conflicts& conflicts, const std::string& tab) {
  const std::vector<LostRow>& lost = conflicts.lost;
  std::string rows;
  for (std::size_t i = 0; i < std::min(lost.size(), kShown); ++i) {
    rows += fmt::format("{}{} (row {} of the source)", i == 0 ? "" : ", ", shown_name(lost[i].name),
                        lost[i].number);
  }
  const bool is_one = lost.size() == 1;
  return fmt::format(
      "{} {} deleted or renamed in the tab \"{}\" during the run, so {} not written: {}{}; run again to add "
      "{}: "
      "answers are kept",
      lost.size(), is_one ? "row was" : "rows were", tab, is_one ? "its review is" : "their reviews are",
      rows, lost.size() > kShown ? ", …" : "", is_one ? "it" : "them");
}

std::string hit_rows(const Conflicts& conflicts, const std::string& tab) {
  std::string rows;
  std::size_t count = 0;
  for (const std::uint64_t row : conflicts.hit_rows) {
    if (count++ == kShown) break;
    rows += fmt::format("{}{}", rows.empty() ? "" : ", ", row + 1);
  }
  return fmt::format(
      "rows were moved in the tab \"{}\" in the moment of writing, and cells of rows that are not ours were "
      "emptied "
      "in the review's columns: look at {} {}{} (the spreadsheet's version history has what stood there)",
      tab, conflicts.hit_rows.size() == 1 ? "row" : "rows", rows,
      conflicts.hit_rows.size() > kShown ? ", …" : "");
}

}  // namespace

std::vector<std::string> describe(const Conflicts& conflicts, const std::string& tab) {
  std::vector<std::string> all;
  if (!conflicts.lost.empty()) all.push_back(lost_rows(conflicts, tab));
  if (conflicts.uncertain > 0) {
    all.push_back(fmt::format(
        "the tab \"{}\" was changed all the time, so it is not certain that {} {} right: run again "
        "when it is at rest",
        tab, conflicts.uncertain, conflicts.uncertain == 1 ? "review stands" : "reviews stand"));
  }
  if (!conflicts.hit_rows.empty()) all.push_back(hit_rows(conflicts, tab));
  if (conflicts.has_lost_header) {
    all.push_back(fmt::format(
        "the header of the tab \"{}\" was not in its first row for some time: columns were taken to be "
        "where they had been",
        tab));
  }
  if (conflicts.has_lost_columns) {
    all.push_back(fmt::format(
        "columns of the review were deleted or renamed in the tab \"{}\" during the run; the next run "
        "adds them again",
        tab));
  }
  if (conflicts.cut_cells > 0) {
    const bool is_one = conflicts.cut_cells == 1;
    all.push_back(
        fmt::format("{} {} longer than the 50,000 characters that a cell of Google Sheets takes, and {} cut",
                    conflicts.cut_cells, is_one ? "text was" : "texts were", is_one ? "is" : "are"));
  }
  return all;
}

}  // namespace sv::sheets
