// What of a text decides how many LLM tokens it is: the nine classes of pacing.md §7.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sv::cost {

// Spaces are in no class: tokenizers glue them to the word that follows.
enum class TokenClass : std::uint8_t {
  cyrillic_words,
  cyrillic_letters,
  late_cyrillic_letters,  // past the 6th of a word: what is left of a long word is often one token
  latin_words,
  latin_letters,
  digit_groups,
  digits,
  others,       // every other character, one by one
  line_breaks,  // runs of them
};

struct TextFeatures {
  static constexpr std::size_t kClasses = 9;

  std::array<std::uint64_t, kClasses> counts{};
  std::uint64_t characters = 0;  // Unicode code points, spaces included

  std::uint64_t of(TokenClass which) const { return counts.at(static_cast<std::size_t>(which)); }
  std::uint64_t& of(TokenClass which) { return counts.at(static_cast<std::size_t>(which)); }
  TextFeatures& operator+=(const TextFeatures& other);
  bool operator==(const TextFeatures&) const = default;
};

// One pass, about 2 ns a byte. Any bytes will do: what is not UTF-8 counts as other characters.
TextFeatures count_features(std::string_view text);

}  // namespace sv::cost
