// What code can check of a rulebook that is written for people: the simulated judge's reading of it.
//
// The reading is by key words in English and Russian and works on any rulebook; a rule that it does not
// understand is not checked. A RuleRef of nothing means that the rulebook does not ask for it; an empty one
// that the rule has no number.
#pragma once

#include "domain/language.hpp"
#include "sim/dates.hpp"
#include "sim/rule_items.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

using RuleRef = std::optional<std::string>;

struct SectionRule {
  std::string label;  // as the rulebook writes it, without the colon: "Done"
  std::string folded;
  std::string rule;
  StatusCondition condition;
  // What the rulebook asks of the section, with the number of the rule that does.
  RuleRef date;   // a day
  RuleRef owner;  // a person
  RuleRef fact;   // a figure, a date or a name
};

enum class LengthUnit : std::uint8_t { characters, words, sentences };

struct LengthRule {
  LengthUnit unit = LengthUnit::characters;
  std::size_t min = 0;
  std::size_t max = 0;  // 0: no bound
  std::string rule;
};

struct ConditionalRule {
  std::string rule;
  StatusCondition condition;
};

struct RuleHints {
  std::vector<std::string> folded_statuses;
  RuleRef status;
  std::vector<SectionRule> sections;
  RuleRef section_order;                                       // sections in the rulebook's order
  RuleRef section_lines;                                       // each begins a line
  std::vector<std::pair<std::string, std::string>> forbidden;  // folded phrase, rule
  std::vector<LengthRule> lengths;
  std::vector<ConditionalRule> date_required;
  std::vector<ConditionalRule> date_not_past;
  std::vector<ConditionalRule> date_not_future;
  RuleRef date_valid;  // whatever the rulebook says of completion dates, the first rule that does
  RuleRef date_form_rule;
  DateForm date_form = DateForm::iso;
  RuleRef not_empty;
  RuleRef consistent;                         // status and comment agree
  std::vector<ConditionalRule> nothing_left;  // finished means finished
  std::vector<ConditionalRule> reason;        // says why
  RuleRef figure;                             // a figure somewhere in the comment
  RuleRef owner;                              // a person somewhere in the comment
  RuleRef next_step;
  RuleRef no_exclamation;
  RuleRef language_rule;
  domain::Language language = domain::Language::english;
};

RuleHints read_rules(std::string_view rules_text, const std::vector<std::string>& allowed_statuses);

}  // namespace sv::sim
