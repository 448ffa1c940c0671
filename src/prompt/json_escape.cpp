#include "prompt/json_escape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sv::prompt {

namespace {

enum class ByteClass : std::uint8_t { plain, escape, high };

// What to do at a byte: one table look-up instead of four comparisons.
constexpr std::array<ByteClass, 256> kByteClasses = [] {
  std::array<ByteClass, 256> classes{};
  for (std::size_t i = 0; i < 0x20; ++i) classes[i] = ByteClass::escape;
  for (std::size_t i = 0x80; i < 0x100; ++i) classes[i] = ByteClass::high;
  classes['"'] = ByteClass::escape;
  classes['\\'] = ByteClass::escape;
  classes[0x7F] = ByteClass::escape;
  return classes;
}();

constexpr bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// The length of the well-formed UTF-8 sequence that starts at `at` with a byte above 0x7F; 0 when it is none.
// Unicode Standard, table 3-7 (well-formed UTF-8 byte sequences). By hand, because a call of utf8proc for
// each Cyrillic letter would cost more than the whole request.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [text, at](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const std::size_t left = text.size() - at;
  const unsigned char lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && is_continuation(byte(1)) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (left < 3 || !is_continuation(byte(1)) || !is_continuation(byte(2))) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (lead == 0xED && byte(1) > 0x9F) return 0;  // a surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !is_continuation(byte(1)) || !is_continuation(byte(2)) || !is_continuation(byte(3)))
      return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;  // overlong
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

void append_escape(std::string& out, unsigned char byte) {
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  static constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u00";
  out.push_back(kDigits[byte >> 4U]);
  out.push_back(kDigits[byte & 0xFU]);
}

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
  // Nearly everything is copied as it stands, so whole runs between two exceptions are copied at once.
  std::size_t run = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const ByteClass kind = kByteClasses[byte];
    if (kind == ByteClass::plain) {
      ++at;
      continue;
    }
    if (kind == ByteClass::high) {
      if (const std::size_t length = sequence_length(text, at); length != 0) {
        at += length;
        continue;
      }
    }
    out.append(text, run, at - run);
    if (kind == ByteClass::escape) {
      append_escape(out, byte);
    } else {
      out += "\xEF\xBF\xBD";
    }
    ++at;
    run = at;
  }
  out.append(text, run, at - run);
}

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  append_json_escaped(out, text);
  out.push_back('"');
}

}  // namespace sv::prompt
