// A text for people in both languages: the English one, as the code has it, and its Russian.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sv::words {

// A placeholder of fmt: "{}", "{:.0f}", "{2}". Other braces are text.
struct Placeholder {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<std::size_t> index;  // given in it; otherwise they count up
  // In Russian only, see Phrase: "{:w}" and "{:n}".
  bool is_word = false;
  bool is_number = false;
};

// The next one at or after `from`; nothing when there is none.
constexpr std::optional<Placeholder> next_placeholder(std::string_view text, std::size_t from) {
  for (std::size_t begin = text.find('{', from); begin != std::string_view::npos;
       begin = text.find('{', begin + 1)) {
    std::size_t at = begin + 1;
    Placeholder found{.begin = begin, .end = 0, .index = std::nullopt};
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      found.index = found.index.value_or(0) * 10 + static_cast<std::size_t>(text[at] - '0');
      ++at;
    }
    if (at < text.size() && text[at] == ':') {
      found.is_word = text.substr(at).starts_with(":w}");
      found.is_number = text.substr(at).starts_with(":n}");
      while (at < text.size() && text[at] != '}' && text[at] != '{') ++at;
    }
    if (at < text.size() && text[at] == '}') {
      found.end = at + 1;
      return found;
    }
  }
  return std::nullopt;
}

// How many values the text takes.
constexpr std::size_t count_values(std::string_view text) {
  std::size_t count = 0;
  std::size_t next = 0;
  for (auto at = next_placeholder(text, 0); at; at = next_placeholder(text, at->end)) {
    const std::size_t index = at->index.value_or(next);
    next = index + 1;
    if (next > count) count = next;
  }
  return count;
}

// Letters, quotes, brackets and commas of the text itself, without placeholders: what a phrase is recognized
// by.
constexpr std::size_t count_letters(std::string_view text) {
  std::size_t count = 0;
  std::size_t from = 0;
  const auto add = [&](std::string_view part) {
    for (const char c : part) {
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      count += is_letter || c == '"' || c == '(' || c == ')' || c == '[' || c == ']' || c == ',' ? 1 : 0;
    }
  };
  for (auto at = next_placeholder(text, 0); at; at = next_placeholder(text, from)) {
    add(text.substr(from, at->begin - from));
    from = at->end;
  }
  add(text.substr(from));
  return count;
}

// A phrase with values is recognized by its letters: with fewer it would fit other people's sentences too.
constexpr std::size_t kFewestLetters = 4;

// A phrase without its Russian, or whose Russian asks for a value that the English does not have, does not
// compile. The Russian may leave values out when it numbers the others ("{0}"): word forms that only English
// needs. A value that is a sentence is put into Russian too; a single word only where the Russian asks for it
// ("{:w}"), since most of them are names: of files, settings, columns. "{:n}" takes a number only, for
// phrases that would fit other people's sentences ("{} requests").
struct Phrase {
  std::string_view english;
  std::string_view russian;

  consteval Phrase(const char* in_english, const char* in_russian)
      : english(in_english), russian(in_russian) {
    if (english.empty() || russian.empty()) throw "a phrase has no text in one of the languages";
    const std::size_t given = count_values(english);
    const std::size_t used = count_values(russian);
    if (used > given) throw "the Russian text takes more values than the English one";
    if (given > 0 && count_letters(english) < kFewestLetters) throw "too general: it would fit anything";
    const std::optional<Placeholder> first = next_placeholder(russian, 0);
    if (used < given && (!first || !first->index)) throw "the Russian text forgets a value: number them";
  }
};

}  // namespace sv::words
