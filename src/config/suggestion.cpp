#include "config/suggestion.hpp"

#include "base/text.hpp"
#include "config/source_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace sv::config {

namespace {

constexpr std::size_t kLongWord = 10;
constexpr std::size_t kLongestWord = 64;  // keys are shorter; the distance is quadratic

// Cyrillic letters that look like Latin ones: a slip of the keyboard layout that nobody sees.
constexpr std::array<std::pair<std::string_view, char>, 11> kLookalikes = {{{"а", 'a'},
                                                                            {"с", 'c'},
                                                                            {"е", 'e'},
                                                                            {"о", 'o'},
                                                                            {"р", 'p'},
                                                                            {"х", 'x'},
                                                                            {"у", 'y'},
                                                                            {"і", 'i'},
                                                                            {"ѕ", 's'},
                                                                            {"к", 'k'},
                                                                            {"т", 't'}}};

std::string with_latin_letters(std::string_view word) {
  std::string latin;
  while (!word.empty()) {
    const auto* const same =
        std::ranges::find_if(kLookalikes, [&](const auto& pair) { return word.starts_with(pair.first); });
    if (same == kLookalikes.end()) {
      latin.push_back(word.front());
      word.remove_prefix(1);
    } else {
      latin.push_back(same->second);
      word.remove_prefix(same->first.size());
    }
  }
  return latin;
}

// Names differ in spelling, not in meaning, when only case, '-' and '_' differ.
std::string plain(std::string_view word) {
  std::string folded = fold_case(word);
  std::ranges::replace(folded, '-', '_');
  std::ranges::replace(folded, ' ', '_');
  return folded;
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > kLongestWord) return {};
  const std::string folded = plain(word);
  const std::size_t length = count_code_points(folded);
  const std::size_t allowed =
      std::min<std::size_t>(length >= kLongWord ? 3 : 2, length == 0 ? 0 : (length - 1) / 2);
  std::string_view best;
  std::size_t best_distance = allowed + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(folded, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() > kLongestWord) return {};
  const std::string latin = with_latin_letters(word);
  const std::string_view best = nearest(latin, candidates);
  if (best.empty()) return {};
  std::string text = "did you mean '" + std::string(best) + "'?";
  if (latin != word) text += " (some letters of it are Cyrillic)";
  return text;
}

}  // namespace sv::config
