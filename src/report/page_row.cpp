#include "report/page_row.hpp"

#include "report/json_line.hpp"
#include "report/row_state.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <string_view>

namespace sv::report {

namespace {

constexpr std::string_view kVerdictLetters = "-vir";  // in the order of ports::RowVerdict
constexpr std::string_view kKindLetters = "jcdus";    // in the order of domain::OutcomeKind

void append_optional(const std::optional<std::string>& text, std::string& to) {
  if (text)
    append_json_text(to, *text);
  else
    to += "null";
}

void append_issues(const domain::Verdict& verdict, std::string& to) {
  to += '[';
  for (const domain::Issue& issue : verdict.issues) {
    if (to.back() != '[') to += ',';
    to += '[';
    append_json_text(to, issue.message);
    to += ',';
    append_optional(issue.rule, to);
    fmt::format_to(std::back_inserter(to), ",{},", static_cast<int>(issue.severity));
    append_optional(issue.quote, to);
    to += ']';
  }
  to += ']';
}

}  // namespace

std::string begin_page_row(const domain::Outcome& outcome) {
  const domain::Row& row = outcome.row;
  std::string json = fmt::format("[{}", row.number);
  const auto text = [&json](std::string_view value) {
    json += ',';
    append_json_text(json, value);
  };
  text(row.identifier);
  text(row.project_manager);
  text(row.status);
  text(row.completion_date);
  text(row.comment);
  text(kVerdictLetters.substr(static_cast<std::size_t>(verdict_of(outcome)), 1));
  text(kKindLetters.substr(static_cast<std::size_t>(outcome.kind), 1));
  json += ',';
  if (outcome.has_verdict())
    append_issues(outcome.verdict, json);
  else
    json += "[]";
  text(outcome.has_verdict() ? outcome.verdict.rewrite_suggestion : std::string_view());
  text(outcome.reason);
  const domain::Answer* const answer = outcome.has_verdict() ? outcome.answer.get() : nullptr;
  text(answer != nullptr ? answer->provider : std::string_view());
  text(answer != nullptr ? answer->model : std::string_view());
  const domain::Usage usage = answer != nullptr ? answer->usage : domain::Usage{};
  fmt::format_to(std::back_inserter(json), ",{},{},{},{}",
                 answer != nullptr ? answer->answered_at.time_since_epoch().count() : 0, usage.input,
                 usage.cached_input, usage.output);
  return json;
}

std::uint64_t number_of_page_row(std::string_view row) {
  std::uint64_t number = 0;
  std::from_chars(row.data() + 1, row.data() + row.size(), number);
  return number;
}

void end_page_row(std::string& row, const PageRowRest& rest) {
  fmt::format_to(std::back_inserter(row), ",{},{},{},{},{},", rest.figures.cost_trillionths,
                 rest.figures.latency_ms, rest.figures.requests,
                 rest.change ? static_cast<int>(rest.change->change) : -1,
                 rest.change && rest.change->is_edited ? 1 : 0);
  append_json_text(row, rest.change ? std::string_view(rest.change->earlier_identifier) : std::string_view());
  row += rest.has_source_changed ? ",1]" : ",0]";
}

}  // namespace sv::report
