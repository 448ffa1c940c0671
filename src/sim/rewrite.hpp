// A better comment, built from the row's own words; what only the author can know is a placeholder in
// brackets.
#pragma once

#include "domain/language.hpp"
#include "sim/judge_texts.hpp"
#include "sim/rule_hints.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

// What the author must fill in: `section` is folded, empty for the comment as a whole.
struct GapNote {
  std::string section;
  Remark what;
};

struct Gaps {
  domain::Language language = domain::Language::english;
  std::vector<GapNote> notes = {};
  std::vector<std::string> phrases = {};  // folded, to be replaced by facts
};

// `comment` is empty when nothing of it is worth keeping. At most a few kilobytes.
std::string rewrite(const RuleHints& hints, std::string_view folded_status, std::string_view comment,
                    const Gaps& gaps);

}  // namespace sv::sim
