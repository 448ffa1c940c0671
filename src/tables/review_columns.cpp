#include "tables/review_columns.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "tables/storable_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace sv::tables {

namespace {

void append_on_one_line(std::string_view text, std::string& to) {
  for (std::size_t line_break = text.find_first_of("\r\n"); line_break != std::string_view::npos;
       line_break = text.find_first_of("\r\n")) {
    to.append(text.substr(0, line_break)).push_back(' ');
    text.remove_prefix(std::min(text.find_first_not_of("\r\n", line_break), text.size()));
  }
  to.append(text);
}

std::string_view verdict_word(const domain::Outcome& outcome) {
  if (!outcome.has_verdict()) return "";
  if (outcome.verdict.needs_review) return "NEEDS_REVIEW";
  return outcome.verdict.is_valid ? "YES" : "NO";
}

}  // namespace

std::string_view header_of(ReviewColumn column) {
  switch (column) {
    case ReviewColumn::row_number:
      return "Row Number";
    case ReviewColumn::project_name:
      return "Project name";
    case ReviewColumn::source_url:
      return "Source URL";
    case ReviewColumn::project_manager:
      return "Project manager";
    case ReviewColumn::status_value:
      return "Status Value";
    case ReviewColumn::completion_date:
      return "Completion Date";
    case ReviewColumn::comment:
      return "Comment";
    case ReviewColumn::is_valid:
      return "Is Valid";
    case ReviewColumn::issues:
      return "Issues";
    case ReviewColumn::rewrite_suggestion:
      return "Rewrite Suggestion";
    case ReviewColumn::raw_llm_json:
      return "Raw LLM JSON";
    case ReviewColumn::check_date:
      return "Check date";
    case ReviewColumn::model:
      return "Model";
  }
  return {};
}

std::vector<ReviewColumn> review_columns(domain::MappedColumns mapped) {
  std::vector<ReviewColumn> columns{ReviewColumn::row_number};
  columns.push_back(mapped.identifier ? ReviewColumn::project_name : ReviewColumn::source_url);
  if (mapped.project_manager) columns.push_back(ReviewColumn::project_manager);
  for (const ReviewColumn column :
       {ReviewColumn::status_value, ReviewColumn::completion_date, ReviewColumn::comment,
        ReviewColumn::is_valid, ReviewColumn::issues, ReviewColumn::rewrite_suggestion,
        ReviewColumn::raw_llm_json, ReviewColumn::check_date, ReviewColumn::model}) {
    columns.push_back(column);
  }
  return columns;
}

void append_issues(std::span<const domain::Issue> issues, std::string& to) {
  for (const domain::Issue& issue : issues) {
    const std::string_view message = trim(issue.message);
    if (message.empty()) continue;
    if (!to.empty()) to.push_back('\n');
    to += "• ";
    append_on_one_line(message, to);
    if (!issue.rule || is_blank(*issue.rule)) continue;
    to += " [";
    append_on_one_line(trim(*issue.rule), to);
    to.push_back(']');
  }
}

ReviewCells::ReviewCells(domain::MappedColumns mapped, std::string source_name, std::string row_link)
    : columns_(review_columns(mapped)),
      source_name_(std::move(source_name)),
      row_link_(std::move(row_link)),
      cells_(columns_.size()) {}

std::span<const std::string_view> ReviewCells::fill(const domain::Outcome& outcome) {
  for (std::size_t i = 0; i < columns_.size(); ++i) cells_[i] = cell(columns_[i], outcome);
  return cells_;
}

std::string_view ReviewCells::cell(ReviewColumn column, const domain::Outcome& outcome) {
  const domain::Row& row = outcome.row;
  const domain::Answer* const answer = outcome.has_verdict() ? outcome.answer.get() : nullptr;
  std::string& scratch = scratch_[static_cast<std::size_t>(column)];
  switch (column) {
    case ReviewColumn::row_number:
      scratch.clear();
      fmt::format_to(std::back_inserter(scratch), "{}", row.number);
      return scratch;
    case ReviewColumn::project_name:
      return storable_length(row.identifier, scratch);
    case ReviewColumn::source_url:
      scratch.clear();
      if (row_link_.empty()) {
        fmt::format_to(std::back_inserter(scratch), "{}#row={}", source_name_, row.number);
      } else {
        fmt::format_to(std::back_inserter(scratch), "{}{}", row_link_, row.number);
      }
      return storable(scratch, scratch);
    case ReviewColumn::project_manager:
      return storable_length(row.project_manager, scratch);
    case ReviewColumn::status_value:
      return storable_length(row.status, scratch);
    case ReviewColumn::completion_date:
      return storable_length(row.completion_date, scratch);
    case ReviewColumn::comment:
      return storable_length(row.comment, scratch);
    case ReviewColumn::is_valid:
      return verdict_word(outcome);
    case ReviewColumn::issues:
      if (!outcome.has_verdict()) return storable(outcome.reason, scratch);
      scratch.clear();
      append_issues(outcome.verdict.issues, scratch);
      return storable(scratch, scratch);
    case ReviewColumn::rewrite_suggestion:
      return outcome.has_verdict() ? storable(outcome.verdict.rewrite_suggestion, scratch)
                                   : std::string_view();
    case ReviewColumn::raw_llm_json:
      return answer != nullptr ? storable(answer->raw_json, scratch) : "";
    case ReviewColumn::check_date:
      return answer != nullptr ? check_date_of(answer->answered_at) : "";
    case ReviewColumn::model:
      return answer != nullptr ? storable(answer->model, scratch) : "";
  }
  return {};
}

std::string_view ReviewCells::check_date_of(WallTime when) {
  const std::int64_t minute = std::chrono::floor<std::chrono::minutes>(when).time_since_epoch().count();
  if (known_check_date_.empty() || minute != known_minute_) {
    known_check_date_ = format_check_date(when);
    known_minute_ = minute;
  }
  return known_check_date_;
}

}  // namespace sv::tables
