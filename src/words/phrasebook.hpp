// Puts what the program says to people into their language (docs/adr/0025-english-in-the-code.md).
//
// The code speaks English: errors, log lines and mistakes are built where something goes wrong, by rooms that
// know no language, and reach journals and JSON in English. Where they are shown to people, the phrasebook
// recognizes the finished sentence by the phrase that it was made from, and says it in Russian with the same
// values:
//
//   cannot read 'rules.md': No such file or directory        what the code has made
//   cannot read '{}': {}                                      the phrase that fits; its values …
//   нет доступа к «{}»: {}                                    … go into the Russian, each translated likewise
//
// A sentence that fits no phrase is taken apart: at ": " (outer layers put their context in front), and at
// tails (phrases that begin with punctuation). What then fits nothing stays English: names, cells, a
// provider's own words. A test holds every sentence of the code to having a phrase
// (tests/architecture/words_test.cpp).
#pragma once

#include "domain/language.hpp"
#include "words/phrase.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sv::words {

class Phrasebook {
 public:
  // English: everything stays as it is.
  Phrasebook() = default;
  // Russian by these tables, which outlive the phrasebook.
  explicit Phrasebook(std::span<const std::span<const Phrase>> tables);

  domain::Language language() const { return language_; }

  // One line, or several: each for itself. Spaces at the beginning and end of a line are kept, and so are the
  // excerpts of a settings file ("   12 | …").
  std::string translate(std::string_view text) const;

  // Whether a phrase has exactly this English text.
  bool knows(std::string_view english) const;

 private:
  struct Pattern {
    const Phrase* phrase = nullptr;
    std::vector<std::string_view> literals;  // around the values: one more than there are values
    std::vector<std::size_t> indexes;        // of the values
    std::vector<bool> are_numbers;           // what the values must be
    std::size_t length = 0;                  // of all literals: longer ones are more special
    bool is_tail = false;
  };

  static Pattern compile(const Phrase& phrase);
  static bool match(const Pattern& pattern, std::string_view text, std::vector<std::string_view>& values);
  std::string fill(const Pattern& pattern, const std::vector<std::string_view>& values, int depth) const;
  // False: nothing of it was recognized, and `translated` is the text itself.
  bool translate_sentence(std::string_view text, int depth, std::string& translated) const;
  bool translate_by_tail(std::string_view text, int depth, std::string& translated) const;
  bool translate_by_context(std::string_view text, int depth, std::string& translated) const;

  domain::Language language_ = domain::Language::english;
  std::vector<Pattern> patterns_;  // the most special first
};

// Of that language, with all tables of this room. The same object each time.
const Phrasebook& phrasebook_of(domain::Language language);

}  // namespace sv::words
