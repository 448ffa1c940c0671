#include "sim/sections.hpp"

#include "sim/letters.hpp"

#include <algorithm>

namespace sv::sim {

namespace {

constexpr std::string_view kDecoration = " *_#-•\t";

std::optional<FoundSection> find_label(std::string_view comment, const SectionRule& rule) {
  for (std::size_t at = find_word(comment, rule.folded); at != std::string_view::npos;
       at = find_word(comment, rule.folded, at + 1)) {
    std::size_t line = at;
    while (line > 0 && kDecoration.contains(comment[line - 1])) --line;
    const bool begins_line = line == 0 || comment[line - 1] == '\n';
    std::size_t after = at + rule.folded.size();
    while (after < comment.size() &&
           (comment[after] == ' ' || comment[after] == '*' || comment[after] == '_'))
      ++after;
    const bool has_colon = after < comment.size() && comment[after] == ':';
    const bool is_heading =
        begins_line && (after == comment.size() || comment[after] == '\n' || comment[after] == '\r');
    if (!has_colon && !is_heading) continue;
    const std::size_t text_at = std::min(after + (has_colon ? 1U : 0U), comment.size());
    return FoundSection{&rule, at, text_at, comment.size(), begins_line};
  }
  return std::nullopt;
}

}  // namespace

std::vector<FoundSection> find_sections(std::string_view folded_comment,
                                        const std::vector<SectionRule>& rules) {
  std::vector<FoundSection> found;
  for (const SectionRule& rule : rules) {
    if (const std::optional<FoundSection> section = find_label(folded_comment, rule))
      found.push_back(*section);
  }
  std::ranges::sort(found, {}, &FoundSection::label_at);
  for (std::size_t i = 0; i + 1 < found.size(); ++i) {
    found[i].text_end = std::max(found[i].text_at, found[i + 1].label_at);
  }
  return found;
}

}  // namespace sv::sim
