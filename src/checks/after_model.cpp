#include "checks/after_model.hpp"

#include "base/text.hpp"
#include "checks/suspicion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace sv::checks {

namespace {

using domain::Issue;
using domain::Language;
using domain::Severity;

// Longer lists are not repeated in every row of the review.
constexpr std::size_t kMostStatusesNamed = 20;
// A cell may hold a whole story.
constexpr std::size_t kLongestStatusColumns = 100;

// std::ranges::contains() comes with libstdc++ 13; Debian 12 has 12.
template <typename Values, typename Value, typename Projection = std::identity>
bool contains(const Values& values, const Value& value, Projection projection = {}) {
  return std::ranges::find(values, value, projection) != std::ranges::end(values);
}

bool is_allowed(const std::string& status, const domain::Rulebook& rulebook) {
  return rulebook.allowed_statuses.empty() || contains(rulebook.allowed_statuses, status);
}

// The allowed status that differs only in case and surrounding spaces.
const std::string* find_meant_status(const std::string& status, const domain::Rulebook& rulebook) {
  const std::string folded = fold_case(status);
  const auto found = std::ranges::find_if(rulebook.allowed_statuses, [&folded](const std::string& allowed) {
    return fold_case(allowed) == folded;
  });
  return found == rulebook.allowed_statuses.end() ? nullptr : &*found;
}

std::string list_statuses(const domain::Rulebook& rulebook) {
  std::string list;
  std::size_t named = 0;
  for (const std::string& status : rulebook.allowed_statuses) {
    if (named == kMostStatusesNamed) return list + ", …";
    if (named++ > 0) list += ", ";
    list += status;
  }
  return list;
}

std::string describe_foreign_status(const std::string& whole, const domain::Rulebook& rulebook) {
  const std::string status = shorten(whole, kLongestStatusColumns);
  const bool is_russian = rulebook.language == Language::russian;
  if (const std::string* meant = find_meant_status(whole, rulebook)) {
    return is_russian ? fmt::format("Статус «{}» должен быть записан точно так: «{}»", status, *meant)
                      : fmt::format("Status \"{}\" must be written exactly \"{}\"", status, *meant);
  }
  const std::string allowed = list_statuses(rulebook);
  if (is_blank(whole)) {
    return is_russian ? fmt::format("Статус не указан; допустимые: {}", allowed)
                      : fmt::format("The status is empty; allowed are: {}", allowed);
  }
  return is_russian ? fmt::format("Статус «{}» не входит в список допустимых: {}", status, allowed)
                    : fmt::format("Status \"{}\" is not one of the allowed: {}", status, allowed);
}

bool has_issue(const domain::Verdict& verdict, const std::string& message) {
  return contains(verdict.issues, message, &Issue::message);
}

// A blank status cannot be quoted, so there the issue is known by its words.
bool speaks_of_status(const Issue& issue) {
  const std::string message = fold_case(issue.message);
  return message.contains("status") || message.contains("статус");
}

bool is_status_reported(const domain::Verdict& verdict, const std::string& status) {
  return std::ranges::any_of(verdict.issues, [&status](const Issue& issue) {
    if (issue.severity != Severity::critical) return false;
    return is_blank(status) ? speaks_of_status(issue) : issue.quote == status;
  });
}

void add_issue(domain::Verdict& verdict, std::string message, Severity severity,
               std::optional<std::string> quote) {
  if (has_issue(verdict, message)) return;
  verdict.issues.push_back(Issue{
      .message = std::move(message), .rule = std::nullopt, .severity = severity, .quote = std::move(quote)});
}

void check_status(const domain::Row& row, const domain::Rulebook& rulebook, domain::Verdict& verdict) {
  if (is_allowed(row.status, rulebook)) return;
  verdict.is_valid = false;
  if (is_status_reported(verdict, row.status)) return;
  std::optional<std::string> quote;
  if (!is_blank(row.status)) quote = row.status;
  add_issue(verdict, describe_foreign_status(row.status, rulebook), Severity::critical, std::move(quote));
}

void check_content(const domain::Row& row, Language language, domain::Verdict& verdict) {
  if (!is_blank(row.status) || !is_blank(row.comment)) return;
  verdict.is_valid = false;
  add_issue(verdict,
            language == Language::russian ? "Нет ни статуса, ни комментария: проверять нечего"
                                          : "There is neither a status nor a comment: nothing to judge",
            Severity::critical, std::nullopt);
}

void check_consistency(Language language, domain::Verdict& verdict) {
  if (contains(verdict.issues, Severity::critical, &Issue::severity)) verdict.is_valid = false;
  if (verdict.is_valid || !verdict.issues.empty()) return;
  add_issue(verdict,
            language == Language::russian ? "Модель сочла запись некорректной, но не назвала причину"
                                          : "The model found the row invalid without naming a reason",
            Severity::major, std::nullopt);
}

void check_suspicion(const domain::Row& row, Language language, domain::Verdict& verdict) {
  for (const std::string* text : {&row.comment, &row.status, &row.completion_date}) {
    const std::optional<Suspicion> suspicion = find_suspicion(*text);
    if (!suspicion) continue;
    verdict.is_valid = false;
    verdict.needs_review = true;
    const std::string words = shorten(suspicion->words, kLongestStatusColumns);
    const bool is_russian = language == Language::russian;
    std::string message =
        words.empty()
            ? (is_russian ? "В тексте есть невидимые символы: их должен посмотреть человек"
                          : "The text has invisible characters: a person must look at it")
            : (is_russian
                   ? fmt::format("Текст похож на указание проверяющему («{}»): его должен посмотреть человек",
                                 words)
                   : fmt::format("The text looks like an instruction to the checker (\"{}\"): a person must "
                                 "look at it",
                                 words));
    add_issue(verdict, std::move(message), Severity::critical, std::nullopt);
    return;
  }
}

}  // namespace

void apply_checks(const domain::Row& row, const domain::Rulebook& rulebook, const CheckDay& day,
                  domain::Verdict& verdict) {
  if (!rulebook.checks.list.empty()) {
    apply_failures(find_failures(row, rulebook.checks, rulebook.language, day), verdict);
  }
  check_status(row, rulebook, verdict);
  check_content(row, rulebook.language, verdict);
  check_suspicion(row, rulebook.language, verdict);
  check_consistency(rulebook.language, verdict);
}

bool is_decided_by_code(const domain::Row& row, const domain::Rulebook& rulebook, const CheckDay& day) {
  if (!rulebook.checks.ask_only_if_passed) return false;
  return !is_allowed(row.status, rulebook) ||
         has_failed(find_failures(row, rulebook.checks, rulebook.language, day));
}

}  // namespace sv::checks
