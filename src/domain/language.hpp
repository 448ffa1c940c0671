// The language in which people read a review.
#pragma once

#include <string_view>

namespace sv::domain {

enum class Language { english, russian };

// Russian when at least a fifth of the letters are Cyrillic (Russian texts are full of Latin names), else
// English.
Language detect_language(std::string_view text);

// "en", "ru".
std::string_view language_code(Language language);
// "English", "Russian": as a model is told.
std::string_view language_name(Language language);

}  // namespace sv::domain
