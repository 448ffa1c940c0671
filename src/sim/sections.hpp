// Where the sections of a comment begin and end ("Done: … Next: … Risks: …").
#pragma once

#include "sim/rule_hints.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace sv::sim {

struct FoundSection {
  const SectionRule* rule;
  std::size_t label_at;  // offset of the label in the comment
  std::size_t text_at;   // offset of what follows it
  std::size_t text_end;
  bool begins_line;
};

// Labels are followed by a colon (bold marks and spaces may stand between), or stand alone on a line. In the
// order in which they stand; a label that appears twice counts once.
std::vector<FoundSection> find_sections(std::string_view folded_comment,
                                        const std::vector<SectionRule>& rules);

}  // namespace sv::sim
