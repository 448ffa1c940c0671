#include "sim/letters.hpp"

#include <algorithm>
#include <cstring>

namespace sv::sim {

namespace {

unsigned char byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool is_ascii_word(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Cyrillic letters (U+0400 to U+047F) are the pairs D0 xx, D1 xx; Latin letters with accents are C3 xx and so
// on. Punctuation such as — and « is C2 xx or E2 xx xx and separates words.
bool is_lead_of_letter(unsigned char c) { return c >= 0xC3 && c <= 0xD3; }

bool is_word_before(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  const unsigned char last = byte_at(text, at - 1);
  if (last < 0x80) return is_ascii_word(last);
  return at >= 2 && is_lead_of_letter(byte_at(text, at - 2));
}

bool is_word_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  const unsigned char c = byte_at(text, at);
  return c < 0x80 ? is_ascii_word(c) : is_lead_of_letter(c);
}

// string_view::find() looks for the first byte and compares from there; in Cyrillic text every second byte is
// that byte, so memmem() is several times faster.
std::size_t find_bytes(std::string_view text, std::string_view needle, std::size_t from) {
  if (from >= text.size()) return std::string_view::npos;
  const void* found = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

std::string fold_letters(std::string_view text) {
  std::string folded(text);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const auto c = static_cast<unsigned char>(folded[i]);
    if (c >= 'A' && c <= 'Z') {
      folded[i] = static_cast<char>(c + ('a' - 'A'));
    } else if (c == 0xD0 && i + 1 < folded.size()) {
      const auto next = static_cast<unsigned char>(folded[i + 1]);
      if (next >= 0x80 && next <= 0x8F) {  // Ѐ…Џ (Ё among them) -> ѐ…џ
        folded[i] = static_cast<char>(0xD1);
        folded[i + 1] = static_cast<char>(next + 0x10);
      } else if (next >= 0x90 && next <= 0x9F) {  // А…П -> а…п
        folded[i + 1] = static_cast<char>(next + 0x20);
      } else if (next >= 0xA0 && next <= 0xAF) {  // Р…Я -> р…я
        folded[i] = static_cast<char>(0xD1);
        folded[i + 1] = static_cast<char>(next - 0x20);
      }
      ++i;
    }
  }
  return folded;
}

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  if (word.empty()) return std::string_view::npos;
  const bool needs_start = is_word_at(word, 0);
  const bool needs_end = is_word_before(word, word.size());
  for (std::size_t at = find_bytes(text, word, from); at != std::string_view::npos;
       at = find_bytes(text, word, at + 1)) {
    if (needs_start && is_word_before(text, at)) continue;
    if (needs_end && is_word_at(text, at + word.size())) continue;
    return at;
  }
  return std::string_view::npos;
}

std::size_t find_stem(std::string_view text, std::string_view stem, std::size_t from) {
  for (std::size_t at = find_bytes(text, stem, from); at != std::string_view::npos;
       at = find_bytes(text, stem, at + 1)) {
    if (!is_word_before(text, at)) return at;
  }
  return std::string_view::npos;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_word = is_word_at(text, i);
    if (is_word && !inside) ++words;
    inside = is_word || (inside && text[i] == '-');
    if (byte_at(text, i) >= 0xC0) {  // continuation bytes belong to their letter
      while (i + 1 < text.size() && (byte_at(text, i + 1) & 0xC0U) == 0x80U) ++i;
    }
  }
  return words;
}

std::size_t count_sentences(std::string_view text) {
  std::size_t sentences = 0;
  bool has_words = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool before_space =
        i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n' || text[i + 1] == '\r';
    if (c == '\n' || ((c == '.' || c == '!' || c == '?') && before_space)) {
      if (has_words) ++sentences;
      has_words = false;
    } else {
      has_words = has_words || is_word_at(text, i);
    }
  }
  return sentences + (has_words ? 1 : 0);
}

void append_json_escaped(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = byte_at(text, i);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, begin, i - begin);
    begin = i + 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += "\\u00";
      out += kDigits[c >> 4U];
      out += kDigits[c & 0xFU];
    }
  }
  out.append(text, begin, text.size() - begin);
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_json_escaped(out, text);
  out += '"';
}

}  // namespace sv::sim
