#include "cost/text_features.hpp"

namespace sv::cost {

namespace {

enum class Kind : std::uint8_t { space, line_break, digit, latin, cyrillic, other, continuation, lead };

constexpr std::size_t kShortWord = 6;  // Cyrillic letters beyond it are late ones

constexpr Kind kind_of_byte(unsigned byte) {
  if (byte == '\n') return Kind::line_break;
  if (byte == ' ' || byte == '\t' || byte == '\r') return Kind::space;
  if (byte >= '0' && byte <= '9') return Kind::digit;
  if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) return Kind::latin;
  if (byte < 0x80) return Kind::other;
  return byte < 0xC0 ? Kind::continuation : Kind::lead;
}

constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (unsigned byte = 0; byte < kinds.size(); ++byte) kinds.at(byte) = kind_of_byte(byte);
  return kinds;
}();

// Of a character of several bytes; all letters that matter have two.
Kind kind_of_wide(unsigned lead, unsigned next) {
  if (lead >= 0xD0 && lead <= 0xD3) return Kind::cyrillic;                            // U+0400..04FF
  if (lead == 0xD4) return next < 0xB0 ? Kind::cyrillic : Kind::other;                // ..052F
  if (lead == 0xC3) return next == 0x97 || next == 0xB7 ? Kind::other : Kind::latin;  // × and ÷
  if (lead >= 0xC4 && lead <= 0xC9) return lead < 0xC9 || next < 0x90 ? Kind::latin : Kind::other;
  return Kind::other;
}

}  // namespace

TextFeatures& TextFeatures::operator+=(const TextFeatures& other) {
  for (std::size_t i = 0; i < kClasses; ++i) counts.at(i) += other.counts.at(i);
  characters += other.characters;
  return *this;
}

TextFeatures count_features(std::string_view text) {
  TextFeatures features;
  Kind before = Kind::space;
  std::size_t letters = 0;  // of the Cyrillic word so far
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    Kind kind = kKinds[byte];
    if (kind == Kind::continuation) continue;
    if (kind == Kind::lead) {
      const unsigned next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
      kind = kind_of_wide(byte, next);
    }
    ++features.characters;
    const bool begins = kind != before;
    before = kind;
    switch (kind) {
      case Kind::cyrillic:
        if (begins) {
          ++features.of(TokenClass::cyrillic_words);
          letters = 0;
        }
        ++features.of(TokenClass::cyrillic_letters);
        if (++letters > kShortWord) ++features.of(TokenClass::late_cyrillic_letters);
        break;
      case Kind::latin:
        if (begins) ++features.of(TokenClass::latin_words);
        ++features.of(TokenClass::latin_letters);
        break;
      case Kind::digit:
        if (begins) ++features.of(TokenClass::digit_groups);
        ++features.of(TokenClass::digits);
        break;
      case Kind::line_break:
        if (begins) ++features.of(TokenClass::line_breaks);
        break;
      case Kind::other:
        ++features.of(TokenClass::others);
        break;
      case Kind::space:
      case Kind::continuation:
      case Kind::lead:
        break;
    }
  }
  return features;
}

}  // namespace sv::cost
