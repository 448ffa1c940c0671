// The sentences of the code that people may read, as they stand in its string literals.
#pragma once

#include "architecture/source_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

struct PeopleText {
  std::string path;
  std::size_t line = 0;
  std::string text;  // without escapes; adjacent literals joined
};

// Literals that look like words for people (two words, or a word and a value), of the rooms whose texts reach
// people. Left out: what stands in two languages side by side, and files and texts that
// tests/architecture/people_texts.cpp gives a reason for.
std::vector<PeopleText> people_texts(const std::vector<SourceFile>& files);

// Reasons that hold no more: a file or a text of the exceptions that is not there.
std::vector<std::string> stale_exceptions(const std::vector<SourceFile>& files);

}  // namespace sv::architecture
