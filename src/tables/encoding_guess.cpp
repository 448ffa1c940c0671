#include "tables/encoding_guess.hpp"

#include <fmt/format.h>

namespace sv::tables {

namespace {

bool is_cyrillic_letter_in_1251(unsigned char c) { return c >= 0xC0 || c == 0xA8 || c == 0xB8; }

// For a shell: inside single quotes everything is literal but the single quote itself.
std::string shell_quoted(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
  const bool is_plain = text.find_first_not_of(kPlain) == std::string_view::npos;
  if (is_plain && !text.starts_with('-')) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "'";
}

}  // namespace

bool looks_like_windows_1251(std::string_view bytes) {
  std::size_t high = 0;
  std::size_t in_words = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c < 0x80) continue;
    ++high;
    if (!is_cyrillic_letter_in_1251(c)) continue;
    const bool has_left = i > 0 && is_cyrillic_letter_in_1251(static_cast<unsigned char>(bytes[i - 1]));
    const bool has_right =
        i + 1 < bytes.size() && is_cyrillic_letter_in_1251(static_cast<unsigned char>(bytes[i + 1]));
    if (has_left || has_right) ++in_words;
  }
  return in_words >= 3 && in_words * 4 >= high * 3;
}

std::string describe_bad_byte(unsigned char byte, std::uint64_t offset, std::string_view around,
                              std::string_view file_name) {
  if (byte == 0) {
    return fmt::format(
        "byte 0x00 at offset {} is not text; save the file as \"CSV UTF-8\" (is it UTF-16, or not a CSV "
        "file at all?)",
        offset);
  }
  const std::string what = fmt::format("byte 0x{:02X} at offset {} is not UTF-8; ", byte, offset);
  if (looks_like_windows_1251(around)) {
    return what + fmt::format(
                      "it looks like Windows-1251: save the file as \"CSV UTF-8\", or run: "
                      "iconv -f cp1251 -t utf-8 {} > NEW_FILE",
                      shell_quoted(file_name));
  }
  return what + "save the file as \"CSV UTF-8\"";
}

}  // namespace sv::tables
