#include "sim/rewrite.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"
#include "sim/sections.hpp"

#include <algorithm>
#include <utility>

namespace sv::sim {

namespace {

// A real model would not write more either; bounds the reply for comments of any length.
constexpr std::size_t kLongestKept = 4000;

std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

std::string without_empty_phrases(std::string_view text, const Gaps& gaps) {
  std::string better(text);
  for (const std::string& phrase : gaps.phrases) {
    const std::size_t at = find_word(fold_letters(better), phrase);
    if (at == std::string::npos) continue;
    const std::string old = better.substr(at, phrase.size());
    better.replace(at, phrase.size(), remark(Remark::make_concrete, gaps.language, old));
  }
  std::ranges::replace(better, '!', '.');
  return better;
}

void add_notes(std::string& text, std::string_view section, const Gaps& gaps) {
  for (const GapNote& note : gaps.notes) {
    if (note.section != section) continue;
    if (!text.empty() && !text.ends_with('\n')) text += ' ';
    text += remark(note.what, gaps.language);
  }
}

}  // namespace

std::string rewrite(const RuleHints& hints, std::string_view folded_status, std::string_view comment,
                    const Gaps& gaps) {
  comment = trim(cut(comment, kLongestKept));
  const bool has_sections = std::ranges::any_of(hints.sections, [folded_status](const SectionRule& rule) {
    return rule.condition.applies_to(folded_status);
  });
  if (!has_sections) {
    if (comment.empty()) return remark(Remark::add_comment, gaps.language);
    std::string text = without_empty_phrases(comment, gaps);
    add_notes(text, "", gaps);
    return text;
  }
  const std::string folded = fold_letters(comment);
  const std::vector<FoundSection> found = find_sections(folded, hints.sections);
  // What stands before the first section, or the whole comment when there is none, opens the first section.
  std::string_view opening = trim(comment.substr(0, found.empty() ? comment.size() : found.front().label_at));
  std::string text;
  for (const SectionRule& rule : hints.sections) {
    if (!rule.condition.applies_to(folded_status)) continue;
    const auto section = std::ranges::find(found, &rule, &FoundSection::rule);
    std::string kept(std::exchange(opening, {}));
    if (section != found.end()) {
      if (!kept.empty()) kept += ' ';
      kept += trim(comment.substr(section->text_at, section->text_end - section->text_at));
    }
    if (!text.empty()) text += '\n';
    text += rule.label + ": ";
    if (kept.empty()) {
      text += remark(Remark::add_section, gaps.language, rule.label);
    } else {
      text += without_empty_phrases(kept, gaps);
    }
    add_notes(text, rule.folded, gaps);
  }
  add_notes(text, "", gaps);
  return text;
}

}  // namespace sv::sim
