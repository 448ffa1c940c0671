#include "report/row_events.hpp"

#include "domain/severity.hpp"
#include "report/json_line.hpp"

#include <optional>
#include <string_view>

namespace sv::report {

namespace {

std::string_view kind_name(domain::OutcomeKind kind) {
  switch (kind) {
    case domain::OutcomeKind::judged:
      return "judged";
    case domain::OutcomeKind::cached:
      return "cached";
    case domain::OutcomeKind::decided:
      return "decided";
    case domain::OutcomeKind::unjudged:
      return "unjudged";
    case domain::OutcomeKind::skipped:
      return "skipped";
  }
  return "unknown";
}

void add_optional(JsonLine& line, std::string_view name, const std::optional<std::string_view>& value) {
  if (value) {
    line.text(name, *value);
  } else {
    line.null(name);
  }
}

std::optional<std::string_view> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::string issues_json(const std::vector<domain::Issue>& issues) {
  std::string list = "[";
  for (const domain::Issue& issue : issues) {
    if (list.size() > 1) list += ',';
    JsonLine line;
    line.text("message", issue.message);
    add_optional(line, "rule", issue.rule);
    line.text("severity", to_string(issue.severity));
    add_optional(line, "quote", issue.quote);
    list += line.finish();
  }
  return list + "]";
}

}  // namespace

std::string outcome_json_line(const domain::Outcome& outcome) {
  const bool judged = outcome.has_verdict();
  JsonLine line;
  line.text("type", "row").number("row", outcome.row.number);
  if (outcome.kind == domain::OutcomeKind::skipped) {
    line.null("place");
  } else {
    line.number("place", outcome.place);
  }
  line.text("kind", kind_name(outcome.kind));
  if (judged) {
    line.boolean("is_valid", outcome.verdict.is_valid);
    if (outcome.verdict.needs_review) line.boolean("needs_review", true);
  } else {
    line.null("is_valid");
  }
  line.raw("issues", judged ? issues_json(outcome.verdict.issues) : "[]");
  line.text("rewrite_suggestion", judged ? outcome.verdict.rewrite_suggestion : "");
  add_optional(line, "model", judged && outcome.answer ? unless_empty(outcome.answer->model) : std::nullopt);
  add_optional(line, "reason", judged ? std::nullopt : unless_empty(outcome.reason));
  add_optional(line, "identifier", unless_empty(outcome.row.identifier));
  return line.finish();
}

}  // namespace sv::report
