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

}  // namespace

std::optional<std::size_t> find_bad_byte(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (at + 8 <= bytes.size() && is_plain_word(detail::load_word(bytes.data() + at))) {
      at += 8;
      continue;
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
  const auto feeds = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  std::uint64_t lone_returns = 0;
  for (std::size_t at = bytes.find('\r'); at != std::string_view::npos; at = bytes.find('\r', at + 1)) {
    if (at + 1 == bytes.size() || bytes[at + 1] != '\n') ++lone_returns;
  }
  return feeds + lone_returns;
}

}  // namespace sv::tables
