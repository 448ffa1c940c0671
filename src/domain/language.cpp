#include "domain/language.hpp"

#include <cstddef>

namespace sv::domain {

Language detect_language(std::string_view text) {
  std::size_t latin = 0;
  std::size_t cyrillic = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')) ++latin;
    // Lead bytes D0 and D1 cover U+0400..U+047F: Russian and its neighbours.
    if (byte == 0xD0 || byte == 0xD1) ++cyrillic;
  }
  return cyrillic * 5 >= latin + cyrillic && cyrillic > 0 ? Language::russian : Language::english;
}

std::string_view language_code(Language language) { return language == Language::russian ? "ru" : "en"; }

std::string_view language_name(Language language) {
  return language == Language::russian ? "Russian" : "English";
}

}  // namespace sv::domain
