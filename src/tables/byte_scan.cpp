#include "tables/byte_scan.hpp"

#include <algorithm>

namespace sv::tables {

namespace {

bool is_continuation(unsigned char c) { return (c & 0xC0U) == 0x80U; }

// The length of the well-formed sequence of two to four bytes at `at`; 0 when there is none (Unicode 15,
// table 3-7).
std::size_t sequence_length(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : static_cast<unsigned char>(0);
  };
  const unsigned char lead = byte(0);
  if (lead >= 0xC2 && lead <= 0xDF) return is_continuation(byte(1)) ? 2 : 0;
  if ((lead & 0xF0U) == 0xE0U) {
    const unsigned char lowest = lead == 0xE0 ? 0xA0 : 0x80;   // not an overlong form
    const unsigned char highest = lead == 0xED ? 0x9F : 0xBF;  // not a surrogate
    return byte(1) >= lowest && byte(1) <= highest && is_continuation(byte(2)) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned char lowest = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char highest = lead == 0xF4 ? 0x8F : 0xBF;  // not above U+10FFFF
    return byte(1) >= lowest && byte(1) <= highest && is_continuation(byte(2)) && is_continuation(byte(3))
               ? 4
               : 0;
  }
  return 0;
}

// Eight ASCII bytes without NUL.
bool is_plain_word(std::uint64_t word) {
  return ((word | detail::zero_bytes(word)) & detail::kHighBits) == 0;
}

// Four well-formed sequences of two bytes: the inside of a Cyrillic word.
bool is_two_byte_word(std::uint64_t word) {
  if constexpr (std::endian::native != std::endian::little) return false;
  constexpr std::uint64_t kLanes = 0x0001000100010001U;
  if ((word & (kLanes * 0xC0E0U)) != kLanes * 0x80C0U) return false;
  // 0xC0 and 0xC1 would be overlong: one of the four bits above the lowest must be set, in every lane.
  return (((word & (kLanes * 0x001EU)) + kLanes * 0x7FFFU) & (kLanes * 0x8000U)) == kLanes * 0x8000U;
}

}  // namespace

std::optional<std::size_t> find_bad_byte(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (at + 8 <= bytes.size()) {
      const std::uint64_t word = detail::load_word(bytes.data() + at);
      if (is_plain_word(word) || is_two_byte_word(word)) {
        at += 8;
        continue;
      }
    }
    // A word with something else in it: its bytes one by one, then try words again.
    const std::size_t stop = std::min(at + 8, bytes.size());
    while (at < stop) {
      const auto c = static_cast<unsigned char>(bytes[at]);
      if (c == 0) return at;
      if (c < 0x80) {
        ++at;
        continue;
      }
      const std::size_t length = sequence_length(bytes, at);
      if (length == 0) return at;
      at += length;
    }
  }
  return std::nullopt;
}

std::uint64_t count_line_breaks(std::string_view bytes) {
  // By memchr: most cells have few line breaks or none.
  std::uint64_t breaks = 0;
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1))
    ++breaks;
  for (std::size_t at = bytes.find('\r'); at != std::string_view::npos; at = bytes.find('\r', at + 1)) {
    if (at + 1 == bytes.size() || bytes[at + 1] != '\n') ++breaks;
  }
  return breaks;
}

}  // namespace sv::tables
