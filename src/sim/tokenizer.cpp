#include "sim/tokenizer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sv::sim {

namespace {

enum class Kind : std::uint8_t {
  lower_latin,
  upper_latin,
  lower_cyrillic,
  upper_cyrillic,
  digit,
  space,
  line_break,
  mark,
  wide
};

struct Character {
  Kind kind = Kind::mark;
  std::size_t bytes = 1;
};

// In thousandths of a token.
constexpr std::uint64_t kToken = 1'000;
constexpr std::uint64_t kLateLatin = 120;  // each letter past the 9th: long words fall apart
constexpr std::size_t kShortLatin = 9;
constexpr std::uint64_t kLatinAfterMark = 440;  // `"name`: the vocabulary has few of them whole
constexpr std::uint64_t kCyrillic = 257;        // each letter from the 4th to the 8th
constexpr std::size_t kShortCyrillic = 3;
constexpr std::size_t kLongCyrillic = 8;
constexpr std::uint64_t kCyrillicAfterMark = 1'060;
constexpr std::uint64_t kMarks = 1'178;
constexpr std::uint64_t kMoreMarks = 100;  // each mark past the second
// Not measured: a character of Chinese or an emoji.
constexpr std::uint64_t kWide = 800;
// A word without end is cut somewhere.
constexpr std::size_t kLongestWord = 40;
constexpr std::size_t kDigitsAPiece = 3;

constexpr Kind kind_of_ascii(unsigned char c) {
  if (c >= 'a' && c <= 'z') return Kind::lower_latin;
  if (c >= 'A' && c <= 'Z') return Kind::upper_latin;
  if (c >= '0' && c <= '9') return Kind::digit;
  if (c == '\n' || c == '\r') return Kind::line_break;
  return c == ' ' || c == '\t' ? Kind::space : Kind::mark;
}

constexpr std::array<Kind, 128> kAscii = [] {
  std::array<Kind, 128> kinds{};
  for (unsigned char c = 0; c < kinds.size(); ++c) kinds.at(c) = kind_of_ascii(c);
  return kinds;
}();

// Of two bytes: accented Latin is C3 to C9, Cyrillic D0 to D3; « and the like are C2.
Kind kind_of_pair(unsigned char lead, unsigned char next) {
  if (lead == 0xD0) return next < 0xB0 ? Kind::upper_cyrillic : Kind::lower_cyrillic;
  if (lead >= 0xD1 && lead <= 0xD3) return Kind::lower_cyrillic;
  if (lead == 0xC3 && next != 0x97 && next != 0xB7) {
    return next < 0x9F ? Kind::upper_latin : Kind::lower_latin;
  }
  return lead >= 0xC4 && lead <= 0xC9 ? Kind::lower_latin : Kind::mark;
}

Character character_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < kAscii.size()) return {kAscii[lead], 1};
  const std::size_t said = lead >= 0xF0 ? 4 : (lead >= 0xE0 ? 3 : (lead >= 0xC0 ? 2 : 1));
  const std::size_t bytes = std::min(said, text.size() - at);
  if (bytes == 2) return {kind_of_pair(lead, static_cast<unsigned char>(text[at + 1])), bytes};
  // E2 has the dashes, quotation marks and arrows of ordinary prose.
  return {lead == 0xE2 || bytes == 1 ? Kind::mark : Kind::wide, bytes};
}

bool is_letter(Kind kind) { return kind <= Kind::upper_cyrillic; }
bool is_upper(Kind kind) { return kind == Kind::upper_latin || kind == Kind::upper_cyrillic; }
bool is_cyrillic(Kind kind) { return kind == Kind::lower_cyrillic || kind == Kind::upper_cyrillic; }
bool is_mark(Kind kind) { return kind == Kind::mark || kind == Kind::wide; }

// How long the end of "it's" or "we'll" is: it belongs to its word.
std::size_t bytes_of_contraction(std::string_view text) {
  if (!text.starts_with('\'') || text.size() < 2) return 0;
  for (const std::string_view end : {"'s", "'t", "'d", "'m", "'re", "'ve", "'ll"}) {
    if (text.starts_with(end)) return end.size();
  }
  return 0;
}

struct Piece {
  std::size_t end = 0;
  std::uint64_t cost = 0;
};

// Upper case, then lower case; what begins with lower case ends before upper case. Scripts may be mixed: it
// counts as what it begins with.
Piece take_word(std::string_view text, std::size_t at, bool is_after_mark) {
  const bool is_russian = is_cyrillic(character_at(text, at).kind);
  std::size_t letters = 0;
  bool has_lower = false;
  while (at < text.size() && letters < kLongestWord) {
    const Character next = character_at(text, at);
    if (!is_letter(next.kind) || (has_lower && is_upper(next.kind))) break;
    has_lower = has_lower || !is_upper(next.kind);
    ++letters;
    at += next.bytes;
  }
  at += bytes_of_contraction(text.substr(at));
  std::uint64_t cost = kToken;
  if (is_russian) {
    cost += kCyrillic * (std::clamp(letters, kShortCyrillic, kLongCyrillic) - kShortCyrillic);
    cost += is_after_mark ? kCyrillicAfterMark : 0;
  } else {
    cost += kLateLatin * (std::max(letters, kShortLatin) - kShortLatin);
    cost += is_after_mark ? kLatinAfterMark : 0;
  }
  return {at, cost};
}

Piece take_marks(std::string_view text, std::size_t at) {
  std::size_t marks = 0;
  std::uint64_t cost = 0;
  while (at < text.size()) {
    const Character next = character_at(text, at);
    if (!is_mark(next.kind)) break;
    if (next.kind == Kind::wide) cost += kWide;
    if (next.kind == Kind::mark) cost += ++marks == 1 ? kMarks : (marks > 2 ? kMoreMarks : 0);
    at += next.bytes;
  }
  while (at < text.size() && (text[at] == '\n' || text[at] == '\r' || text[at] == '/')) ++at;
  return {at, cost};
}

// Of spaces and line breaks: with a break up to the last one of them; without, all but the last space, which
// belongs to what follows.
Piece take_space(std::string_view text, std::size_t at) {
  std::size_t after_break = 0;
  std::size_t end = at;
  for (; end < text.size(); ++end) {
    const Kind kind = character_at(text, end).kind;
    if (kind == Kind::line_break) after_break = end + 1;
    if (kind != Kind::line_break && kind != Kind::space) break;
  }
  if (after_break > 0) return {after_break, kToken};
  if (end == text.size() || end == at + 1) return {end, kToken};
  return {end - 1, kToken};
}

Piece take_digits(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && end - at < kDigitsAPiece && character_at(text, end).kind == Kind::digit) ++end;
  return {end, kToken};
}

Piece take_piece(std::string_view text, std::size_t at) {
  const Character first = character_at(text, at);
  if (is_letter(first.kind)) return take_word(text, at, false);
  if (first.kind == Kind::digit) return take_digits(text, at);
  const std::size_t second = at + first.bytes;
  const Kind next = second < text.size() ? character_at(text, second).kind : Kind::line_break;
  if (is_letter(next) && first.kind != Kind::line_break) {
    return take_word(text, second, first.kind != Kind::space);
  }
  if (is_mark(first.kind)) return take_marks(text, at);
  if (first.kind == Kind::space && is_mark(next)) return take_marks(text, second);
  return take_space(text, at);
}

}  // namespace

std::uint64_t count_tokens(std::string_view text) {
  std::uint64_t cost = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Piece piece = take_piece(text, at);
    cost += piece.cost;
    at = piece.end;
  }
  return (cost + kToken - 1) / kToken;
}

std::string_view cut_to_tokens(std::string_view text, std::uint64_t tokens) {
  std::uint64_t cost = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Piece piece = take_piece(text, at);
    cost += piece.cost;
    if (cost > tokens * kToken) return text.substr(0, at);
    at = piece.end;
  }
  return text;
}

}  // namespace sv::sim
