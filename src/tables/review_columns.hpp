// The columns of a review and what stands in them: the same names, order and forms as the Python original's,
// so that a target of either program can be continued by the other and read by the same scripts.
//
// Differences, and why: issues begin with `• ` instead of `- ` (a cell that begins with `-` would need the
// safety prefix in every review); the project name is plain text instead of a HYPERLINK formula (security.md
// §5); `Raw LLM JSON` is the reply verbatim instead of parsed and printed again; a row that could not be
// judged has its row too.
#pragma once

#include "domain/outcome.hpp"
#include "domain/row.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

enum class ReviewColumn : std::uint8_t {
  row_number,       // of the source, its header included
  project_name,     // the identifier; only when that column is mapped
  source_url,       // instead of it otherwise: "statuses.csv#row=12"
  project_manager,  // only when mapped
  status_value,
  completion_date,  // always there, empty when not mapped
  comment,
  is_valid,  // "YES", "NO", "NEEDS_REVIEW" (the text speaks to the checker), empty for an unjudged row
  issues,    // one per line: "• message [rule]"; for an unjudged row the reason
  rewrite_suggestion,
  raw_llm_json,
  check_date,  // when the model answered, local time: "25.11.2026 09:30"
  model,
};
inline constexpr std::size_t kReviewColumns = 13;

// "Row Number", "Project name", …
std::string_view header_of(ReviewColumn column);

// The columns of a review in order.
std::vector<ReviewColumn> review_columns(domain::MappedColumns mapped);

// Makes the cells of one outcome after another. Cells are UTF-8 without NUL and of at most kMaxCellBytes; the
// safety prefix of spreadsheets is not put on here.
class ReviewCells {
 public:
  // `source_name` stands in source URLs: the file's name.
  // `row_link`: a row's address without its number, which then stands there instead; empty: there is none.
  ReviewCells(domain::MappedColumns mapped, std::string source_name, std::string row_link = {});

  const std::vector<ReviewColumn>& columns() const { return columns_; }

  // One cell per column. Valid until the next call, and as long as `outcome` lives unchanged.
  std::span<const std::string_view> fill(const domain::Outcome& outcome);

 private:
  std::string_view cell(ReviewColumn column, const domain::Outcome& outcome);
  std::string_view check_date_of(WallTime when);

  std::vector<ReviewColumn> columns_;
  std::string source_name_;
  std::string row_link_;
  std::vector<std::string_view> cells_;
  std::array<std::string, kReviewColumns> scratch_;  // what cells point to that is not in the outcome
  // Rows of a run are mostly answered in the same minutes, and asking for local time takes a lock.
  std::int64_t known_minute_ = 0;
  std::string known_check_date_;
};

// The content of the `Issues` cell: one issue per line, line breaks inside an issue as spaces, empty ones
// left out.
void append_issues(std::span<const domain::Issue> issues, std::string& to);

}  // namespace sv::tables
