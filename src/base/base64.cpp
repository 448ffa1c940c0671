#include "base/base64.hpp"

#include <cstddef>

namespace sv {

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  const auto byte = [bytes](std::size_t at) -> unsigned {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
  };
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const unsigned three = (byte(at) << 16U) | (byte(at + 1) << 8U) | byte(at + 2);
    text += kAlphabet[three >> 18U];
    text += kAlphabet[(three >> 12U) & 0x3FU];
    text += at + 1 < bytes.size() ? kAlphabet[(three >> 6U) & 0x3FU] : '=';
    text += at + 2 < bytes.size() ? kAlphabet[three & 0x3FU] : '=';
  }
  return text;
}

}  // namespace sv
