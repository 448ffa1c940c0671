// Letters and words of English and Russian texts, quickly: the simulated judge reads a row in
// microseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sv::sim {

// Lower case for ASCII and Cyrillic letters, everything else as it is. Keeps every byte position, so that
// what is found in the folded text can be quoted from the original (Unicode folding as in base/text would
// not, and costs twenty times as much).
std::string fold_letters(std::string_view text);

// Where `word` stands in `text` with no letter or digit on either side; npos when nowhere. Both folded.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0);
inline bool has_word(std::string_view text, std::string_view word) {
  return find_word(text, word) != std::string_view::npos;
}
// Where a word that begins with `stem` stands ("просроч" finds "просрочен"). Both folded.
std::size_t find_stem(std::string_view text, std::string_view stem, std::size_t from = 0);
inline bool has_stem(std::string_view text, std::string_view stem) {
  return find_stem(text, stem) != std::string_view::npos;
}

// Code points. Broken UTF-8 counts its lead bytes.
std::size_t count_characters(std::string_view text);
std::size_t count_words(std::string_view text);
std::size_t count_sentences(std::string_view text);

// The inside of a JSON string: only what must be escaped is.
void append_json_escaped(std::string& out, std::string_view text);
void append_json_string(std::string& out, std::string_view text);

}  // namespace sv::sim
