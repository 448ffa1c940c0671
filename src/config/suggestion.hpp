// "did you mean": for names that people mistype.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sv::config {

// The candidate that is nearest to `word`, or "" when none is near (Damerau-Levenshtein distance 2, 3 for
// words of ten and more characters, and less than half of the word).
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// "did you mean 'columns'?", with a remark when what stands there only looks like it because some letters are
// Cyrillic. "" when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace sv::config
