#include "checks/plain_words.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sv::checks {

namespace {

constexpr char32_t kFirstLetter = 0xC0;  // of those that are not ASCII
constexpr char32_t kEndOfTwoBytes = 0x800;

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

// `text` is valid UTF-8; a byte that is not counts as itself.
Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<char32_t>(static_cast<unsigned char>(text[at + i])) : 0U;
  };
  const char32_t lead = byte(0);
  if (lead < 0xC0) return {lead, 1};
  if (lead < 0xE0) return {((lead & 0x1FU) << 6U) | (byte(1) & 0x3FU), 2};
  if (lead < 0xF0) return {((lead & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU), 3};
  return {
      ((lead & 0x07U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) | (byte(3) & 0x3FU),
      4};
}

void append_utf8(char32_t code, std::string& to) {
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xC0U | (code >> 6U));
    to += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    to += static_cast<char>(0xE0U | (code >> 12U));
    to += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    to += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    to += static_cast<char>(0xF0U | (code >> 18U));
    to += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
    to += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    to += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

char32_t lower(char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E) code -= 0xFEE0;  // full-width
  if (code >= 'A' && code <= 'Z') return code + 0x20;
  if (code >= 0x0410 && code <= 0x042F) return code + 0x20;  // А-Я
  if (code == 0x0401) return 0x0451;                         // Ё
  return code;
}

bool is_tag(char32_t code) { return code >= 0xE0000 && code <= 0xE007F; }
bool is_direction_mark(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}
// The joiner of emoji is left out: it is everyday there.
bool is_zero_width(char32_t code) {
  return code == 0x200B || code == 0x200C || code == 0x2060 || code == 0xFEFF || code == 0x180E;
}
bool is_invisible(char32_t code) {
  return code == 0x00AD || code == 0x200D || code == 0x200E || code == 0x200F;
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' || byte >= 0x80;
}

bool is_form_mark(char c) { return c == '<' || c == '[' || c == '#' || c == '_' || c == '"' || c == '|'; }

// -1: no letter of Base64.
constexpr std::array<std::int8_t, 256> kBase64 = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 26; ++i) {
    values[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(i);
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(i + 26);
  }
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i + 52);
  values['+'] = values['-'] = 62;
  values['/'] = values['_'] = 63;
  return values;
}();

int base64_value(char c) { return kBase64[static_cast<unsigned char>(c)]; }

}  // namespace

PlainWords::PlainWords(std::string_view text) : text_(text) {
  lowered_.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if (is_form_mark(static_cast<char>(byte))) has_form_marks_ = true;
      lowered_ += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 0x20) : static_cast<char>(byte);
      ++at;
      continue;
    }
    const Character character = character_at(text, at);
    at += character.bytes;
    if (character.code >= kFirstLetter && character.code < kEndOfTwoBytes) {  // most of a Russian text
      append_utf8(lower(character.code), lowered_);
      continue;
    }
    if (is_tag(character.code)) {
      ++tags_;
      // What is written in tags is read by models as plain letters.
      if (character.code > 0xE0000 + 0x20) lowered_ += static_cast<char>(lower(character.code - 0xE0000));
    } else if (is_direction_mark(character.code)) {
      ++directions_;
    } else if (is_zero_width(character.code)) {
      ++zero_width_;
    } else if (!is_invisible(character.code)) {
      append_utf8(lower(character.code), lowered_);
    }
  }
  take_words();
}

void PlainWords::take_words() {
  // Dashes, quotes and spaces of other scripts than ASCII (U+2000–U+203F, U+00A0–00BF) part words too.
  const std::string_view all = lowered_;
  words_.reserve(all.size() / 5);
  std::size_t begin = std::string_view::npos;
  for (std::size_t at = 0; at < all.size();) {
    std::size_t bytes = 1;
    bool is_letter = is_word_byte(all[at]);
    const auto lead = static_cast<unsigned char>(all[at]);
    if (lead >= 0xC3 && lead < 0xE0) {
      bytes = 2;
      is_letter = true;
    } else if (lead >= 0x80) {
      const Character character = character_at(all, at);
      bytes = character.bytes;
      is_letter = character.code >= kFirstLetter && !(character.code >= 0x2000 && character.code <= 0x206F) &&
                  !(character.code >= 0x3000 && character.code <= 0x303F);
    }
    if (is_letter && begin == std::string_view::npos) begin = at;
    if (!is_letter && begin != std::string_view::npos) {
      words_.push_back(all.substr(begin, at - begin));
      begin = std::string_view::npos;
    }
    at += bytes;
  }
  if (begin != std::string_view::npos) words_.push_back(all.substr(begin));
}

std::vector<std::string_view> PlainWords::base64_words(std::size_t shortest) const {
  std::vector<std::string_view> found;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text_.size(); ++at) {
    if (at < text_.size() && base64_value(text_[at]) >= 0) continue;
    const std::string_view run = text_.substr(begin, at - begin);
    begin = at + 1;
    if (run.size() < shortest) continue;
    const bool is_mixed = std::ranges::any_of(run, [](char c) { return c >= 'A' && c <= 'Z'; }) &&
                          std::ranges::any_of(run, [](char c) { return c >= 'a' && c <= 'z'; });
    if (is_mixed) found.push_back(run);
  }
  return found;
}

std::optional<std::string> decode_base64_text(std::string_view code) {
  std::string text;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : code) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    pending = ((pending << 6U) | static_cast<std::uint32_t>(value)) & 0xFFFFFFU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      text += static_cast<char>((pending >> bits) & 0xFFU);
    }
  }
  const bool is_text = !find_invalid_utf8(text) && std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r';
  });
  if (!is_text) return std::nullopt;
  return text;
}

}  // namespace sv::checks
