#include "checks/after_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.hpp"

namespace sv::checks {

namespace {

// A status cell may hold anything; an issue shows the beginning of it.
constexpr std::size_t kShownStatus = 60;

bool is_allowed(std::string_view status, const domain::Rulebook& rulebook) {
  if (rulebook.allowed_statuses.empty()) return true;
  const std::string_view trimmed = trim(status);
  return std::ranges::any_of(rulebook.allowed_statuses,
                             [&](const std::string& allowed) { return trim(allowed) == trimmed; });
}

bool is_quoted(const domain::Verdict& verdict, std::string_view status) {
  const std::string_view trimmed = trim(status);
  if (trimmed.empty()) return false;
  return std::ranges::any_of(verdict.issues, [&](const domain::Issue& issue) {
    return issue.quote && trim(*issue.quote) == trimmed;
  });
}

domain::Issue status_issue(std::string_view status, const domain::Rulebook& rulebook) {
  const std::string allowed = fmt::format("{}", fmt::join(rulebook.allowed_statuses, ", "));
  const std::string shown = shorten(trim(status), kShownStatus);
  const bool is_russian = rulebook.language == domain::Language::russian;
  domain::Issue issue;
  issue.severity = domain::Severity::critical;
  if (shown.empty()) {
    issue.message = is_russian ? fmt::format("Статус не указан. Допустимые статусы: {}", allowed)
                               : fmt::format("The status is missing. Allowed: {}", allowed);
    return issue;
  }
  issue.message = is_russian ? fmt::format("Недопустимый статус «{}». Допустимые статусы: {}", shown, allowed)
                             : fmt::format("The status \"{}\" is not allowed. Allowed: {}", shown, allowed);
  issue.quote = trim(status);
  return issue;
}

}  // namespace

void apply_checks(const domain::Row& row, const domain::Rulebook& rulebook, domain::Verdict& verdict) {
  if (is_allowed(row.status, rulebook)) return;
  verdict.is_valid = false;
  if (!is_quoted(verdict, row.status)) verdict.issues.push_back(status_issue(row.status, rulebook));
}

}  // namespace sv::checks
