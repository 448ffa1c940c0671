#include "sim/judge.hpp"

#include "base/text.hpp"
#include "sim/judge_texts.hpp"
#include "sim/letters.hpp"
#include "sim/rewrite.hpp"
#include "sim/row_facts.hpp"
#include "sim/sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace sv::sim {

namespace {

using domain::Language;
using domain::Severity;

constexpr std::size_t kQuoteColumns = 80;
// A status this close to an allowed one is taken for a slip of the pen.
constexpr std::size_t kSimilarDistance = 2;

std::string count_of(std::size_t count, Language language, std::initializer_list<std::string_view> english,
                     std::initializer_list<std::string_view> russian) {
  if (language == Language::english) return fmt::format("{} {}", count, english.begin()[count == 1 ? 0 : 1]);
  const std::size_t tens = count % 100;
  const std::size_t ones = count % 10;
  std::size_t form = 2;
  if (tens < 11 || tens > 14) form = ones == 1 ? 0 : (ones >= 2 && ones <= 4 ? 1 : 2);
  return fmt::format("{} {}", count, russian.begin()[form]);
}

std::string in_units(std::size_t count, LengthUnit unit, Language language) {
  switch (unit) {
    case LengthUnit::characters:
      return count_of(count, language, {"character", "characters"}, {"знак", "знака", "знаков"});
    case LengthUnit::words:
      return count_of(count, language, {"word", "words"}, {"слово", "слова", "слов"});
    case LengthUnit::sentences:
      return count_of(count, language, {"sentence", "sentences"},
                      {"предложение", "предложения", "предложений"});
  }
  return {};
}

std::size_t measure(std::string_view text, LengthUnit unit) {
  switch (unit) {
    case LengthUnit::characters:
      return count_characters(text);
    case LengthUnit::words:
      return count_words(text);
    case LengthUnit::sentences:
      return count_sentences(text);
  }
  return 0;
}

// One pass over one row. Findings are made in the order in which a reader would meet them.
class Review {
 public:
  Review(const SystemPrompt& prompt, const RowQuestion& question)
      : prompt_(prompt),
        hints_(prompt.hints),
        question_(question),
        language_(prompt.language.value_or(domain::detect_language(question.comment + question.status))),
        status_(fold_letters(trim(question.status))),
        comment_(question.comment),
        folded_(fold_letters(question.comment)),
        gaps_{.language = language_} {}

  domain::Verdict run() {
    check_status();
    if (question_.completion_date) check_date(trim(*question_.completion_date));
    if (addresses_reviewer(folded_)) report(Remark::addresses_reviewer, Severity::critical, std::nullopt);
    const bool is_telling = check_emptiness();
    if (is_telling) {
      check_sections();
      check_words();
      check_lengths();
      check_meaning();
    }
    domain::Verdict verdict;
    verdict.is_valid = issues_.empty();
    if (!verdict.is_valid) {
      verdict.rewrite_suggestion =
          rewrite(hints_, status_, is_telling ? comment_ : std::string_view(), gaps_);
    }
    verdict.issues = std::move(issues_);
    return verdict;
  }

 private:
  void report(Remark which, Severity severity, const RuleRef& rule, std::string_view first = {},
              std::string_view second = {}, std::optional<std::string> quote = std::nullopt) {
    domain::Issue issue;
    issue.message = remark(which, language_, first, second);
    if (rule && !rule->empty()) issue.rule = *rule;
    issue.severity = severity;
    issue.quote = std::move(quote);
    issues_.push_back(std::move(issue));
  }

  std::string list_statuses() const {
    std::string list;
    for (const std::string& status : prompt_.allowed_statuses) list += (list.empty() ? "" : ", ") + status;
    return shorten(list, 300);
  }

  void check_status() {
    if (prompt_.allowed_statuses.empty()) return;
    if (status_.empty()) {
      report(Remark::status_missing, Severity::critical, hints_.status, list_statuses());
      return;
    }
    if (std::ranges::find(hints_.folded_statuses, status_) != hints_.folded_statuses.end()) return;
    const std::string shown = shorten(trim(question_.status), kQuoteColumns);
    for (std::size_t i = 0; i < hints_.folded_statuses.size(); ++i) {
      if (status_.size() > 60 || edit_distance(status_, hints_.folded_statuses[i]) > kSimilarDistance)
        continue;
      report(Remark::status_unknown_similar, Severity::critical, hints_.status, shown,
             prompt_.allowed_statuses[i], shown);
      return;
    }
    report(Remark::status_unknown, Severity::critical, hints_.status, shown, list_statuses(), shown);
  }

  const ConditionalRule* applying(const std::vector<ConditionalRule>& rules) const {
    const auto found =
        std::ranges::find_if(rules, [this](const auto& rule) { return rule.condition.applies_to(status_); });
    return found == rules.end() ? nullptr : &*found;
  }

  void check_date(std::string_view text) {
    const RuleRef& any_rule = hints_.date_form_rule ? hints_.date_form_rule : hints_.date_valid;
    if (text.empty()) {
      const ConditionalRule* required = applying(hints_.date_required);
      if (required != nullptr) {
        report(Remark::date_missing, Severity::major, required->rule);
      } else if (any_rule && hints_.date_required.empty()) {
        report(Remark::date_missing, Severity::major, any_rule);
      }
      return;
    }
    const std::string shown = shorten(text, 40);
    const std::optional<FoundDate> date = parse_date(text);
    if (!date) {
      const bool is_asked_for = any_rule || !hints_.date_not_past.empty() || !hints_.date_required.empty();
      if (is_asked_for) report(Remark::date_unreadable, Severity::major, any_rule, shown, {}, shown);
      return;
    }
    if (hints_.date_form_rule && date->form != hints_.date_form) {
      report(Remark::date_form, Severity::minor, hints_.date_form_rule, shown, form_name(), shown);
    }
    if (!question_.today) return;
    const ConditionalRule* past = applying(hints_.date_not_past);
    if (past != nullptr && date->day < *question_.today && !is_closed_status(status_)) {
      const auto days = static_cast<std::size_t>((*question_.today - date->day).count());
      const std::string overdue = count_of(days, language_, {"day", "days"}, {"день", "дня", "дней"});
      report(Remark::date_past, Severity::critical, past->rule, shown, overdue, shown);
    }
    const ConditionalRule* future = applying(hints_.date_not_future);
    if (future != nullptr && date->day > *question_.today && is_closed_status(status_)) {
      report(Remark::date_future, Severity::critical, future->rule, shown, {}, shown);
    }
  }

  std::string_view form_name() const {
    const bool russian = language_ == Language::russian;
    switch (hints_.date_form) {
      case DateForm::dotted:
        return russian ? "ДД.ММ.ГГГГ" : "DD.MM.YYYY";
      case DateForm::slashed:
        return russian ? "ДД/ММ/ГГГГ" : "DD/MM/YYYY";
      default:
        return russian ? "ГГГГ-ММ-ДД" : "YYYY-MM-DD";
    }
  }

  // False when there is nothing in the comment to look at further.
  bool check_emptiness() {
    const RuleRef rule = hints_.not_empty
                             ? hints_.not_empty
                             : (hints_.sections.empty() ? RuleRef{} : RuleRef{hints_.sections.front().rule});
    if (is_blank(comment_)) {
      report(Remark::comment_empty, Severity::critical, rule);
      return false;
    }
    if (!is_placeholder(comment_)) return true;
    report(Remark::comment_placeholder, Severity::critical, rule, trim(comment_), {},
           std::string(trim(comment_)));
    return false;
  }

  void check_sections() {
    const std::vector<FoundSection> found = find_sections(folded_, hints_.sections);
    report_missing(found);
    std::size_t furthest = 0;
    bool is_ordered = true;
    bool is_on_lines = true;
    for (const FoundSection& section : found) {
      if (!section.rule->condition.applies_to(status_)) continue;
      const auto place = static_cast<std::size_t>(section.rule - hints_.sections.data());
      is_ordered = is_ordered && place >= furthest;
      furthest = std::max(furthest, place);
      if (!section.begins_line && is_on_lines && hints_.section_lines) {
        is_on_lines = false;
        report(Remark::section_line, Severity::minor, hints_.section_lines, section.rule->label);
      }
      check_section(section);
    }
    if (!is_ordered && hints_.section_order) {
      std::string order;
      for (const SectionRule& rule : hints_.sections) order += (order.empty() ? "" : ", ") + rule.label;
      report(Remark::section_order, Severity::minor, hints_.section_order, order);
    }
  }

  void report_missing(const std::vector<FoundSection>& found) {
    std::string names;
    std::size_t missing = 0;
    const SectionRule* first = nullptr;
    for (const SectionRule& rule : hints_.sections) {
      const bool is_there = std::ranges::find(found, &rule, &FoundSection::rule) != found.end();
      if (is_there || !rule.condition.applies_to(status_)) continue;
      names += (missing > 0 ? ", " : "") + rule.label + ":";
      if (missing++ == 0) first = &rule;
    }
    if (missing == 1) report(Remark::section_missing, Severity::major, first->rule, first->label);
    if (missing > 1) report(Remark::sections_missing, Severity::major, first->rule, names);
  }

  void check_section(const FoundSection& section) {
    const SectionRule& rule = *section.rule;
    const std::string_view text = trim(comment_.substr(section.text_at, section.text_end - section.text_at));
    const std::string_view folded =
        trim(std::string_view(folded_).substr(section.text_at, section.text_end - section.text_at));
    if (text.empty()) {
      report(Remark::section_empty, Severity::major, rule.rule, rule.label);
      gaps_.notes.push_back({rule.folded, Remark::add_detail});
      return;
    }
    if (says_nothing(folded)) return;
    const std::string quote = shorten(text, kQuoteColumns);
    if (rule.date && !mentions_date(folded)) {
      report(Remark::section_no_date, Severity::major, rule.date, rule.label, {}, quote);
      gaps_.notes.push_back({rule.folded, Remark::add_day});
    }
    if (rule.owner && !names_person(text)) {
      report(Remark::section_no_owner, Severity::major, rule.owner, rule.label, {}, quote);
      gaps_.notes.push_back({rule.folded, Remark::add_owner});
    }
    if (rule.fact && !names_fact(text)) {
      report(Remark::section_no_fact, Severity::major, rule.fact, rule.label, {}, quote);
      gaps_.notes.push_back({rule.folded, Remark::add_fact});
    }
  }

  void check_words() {
    std::size_t phrases = 0;
    for (const auto& [phrase, rule] : hints_.forbidden) {
      const std::size_t at = find_word(folded_, phrase);
      if (at == std::string_view::npos) continue;
      gaps_.phrases.push_back(phrase);
      // One issue for each broken rule; the rewrite shows all of them.
      if (phrases++ > 0) continue;
      std::string quote(comment_.substr(at, phrase.size()));
      report(Remark::empty_phrase, Severity::major, rule, quote, {}, quote);
    }
    if (hints_.no_exclamation && comment_.contains('!')) {
      report(Remark::exclamation, Severity::minor, hints_.no_exclamation, {}, {}, "!");
    }
  }

  void check_lengths() {
    for (const LengthRule& rule : hints_.lengths) {
      const std::size_t length = measure(trim(comment_), rule.unit);
      const std::string is = in_units(length, rule.unit, language_);
      if (length < rule.min) {
        report(Remark::too_short, Severity::minor, rule.rule, is, fmt::format("{}", rule.min));
        gaps_.notes.push_back({"", Remark::add_detail});
      }
      if (rule.max > 0 && length > rule.max)
        report(Remark::too_long, Severity::minor, rule.rule, is, fmt::format("{}", rule.max));
    }
  }

  void check_meaning() {
    const std::string shown = shorten(trim(question_.status), kQuoteColumns);
    const ConditionalRule* nothing_left = applying(hints_.nothing_left);
    if (nothing_left != nullptr && is_closed_status(status_) && tells_of_open_work(folded_)) {
      report(Remark::work_left, Severity::critical, nothing_left->rule, shown);
    } else if (hints_.consistent && is_closed_status(status_) && tells_of_open_work(folded_)) {
      report(Remark::contradiction, Severity::critical, hints_.consistent, shown);
    }
    if (hints_.consistent && is_calm_status(status_) && tells_of_trouble(folded_)) {
      report(Remark::contradiction, Severity::critical, hints_.consistent, shown);
    }
    const ConditionalRule* reason = applying(hints_.reason);
    if (reason != nullptr && !gives_reason(folded_)) {
      report(Remark::no_reason, Severity::major, reason->rule, shown);
      gaps_.notes.push_back({"", Remark::add_reason});
    }
    if (hints_.figure && !has_digit(comment_)) {
      report(Remark::no_figure, Severity::major, hints_.figure);
      gaps_.notes.push_back({"", Remark::add_fact});
    }
    if (hints_.owner && !names_person(comment_)) {
      report(Remark::no_owner, Severity::major, hints_.owner);
      gaps_.notes.push_back({"", Remark::add_owner});
    }
    if (hints_.next_step && !is_closed_status(status_) && !names_next_step(folded_)) {
      report(Remark::no_next_step, Severity::major, hints_.next_step);
      gaps_.notes.push_back({"", Remark::add_day});
    }
    if (hints_.language_rule && domain::detect_language(comment_) != hints_.language) {
      report(Remark::wrong_language, Severity::minor, hints_.language_rule,
             domain::language_name(hints_.language));
    }
  }

  const SystemPrompt& prompt_;
  const RuleHints& hints_;
  const RowQuestion& question_;
  Language language_;
  std::string status_;  // folded
  std::string_view comment_;
  std::string folded_;
  Gaps gaps_;
  std::vector<domain::Issue> issues_;
};

}  // namespace

domain::Verdict judge(const SystemPrompt& prompt, const RowQuestion& question) {
  return Review(prompt, question).run();
}

}  // namespace sv::sim
