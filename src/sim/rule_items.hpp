// A rulebook in plain words, cut into rules.
//
// A rule begins at a line with a number ("3.", "3.2)", "Rule 3:", "Правило 3.") or a bullet; lines without
// either belong to the rule above them, headings and introductions to none. Nothing is tied to one rulebook.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

struct RuleItem {
  std::string number;  // as the rulebook writes it, without the dot; empty for a bullet
  std::string text;    // one line
  std::string folded;  // the same with fold_letters(), byte for byte
};

std::vector<RuleItem> split_rules(std::string_view rules_text);

// The texts between quotation marks of all kinds, backticks or double asterisks.
std::vector<std::string> quoted_texts(std::string_view text);

// For which statuses a rule speaks: "With the status On Hold …", "… unless the status is Completed".
struct StatusCondition {
  std::vector<std::string> only;    // folded; empty: for all
  std::vector<std::string> except;  // folded
  bool applies_to(std::string_view folded_status) const;
};

StatusCondition read_condition(const RuleItem& item, const std::vector<std::string>& folded_statuses);

}  // namespace sv::sim
