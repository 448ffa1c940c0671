#include "words/phrasebook.hpp"

#include "words/tables.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace sv::words {

namespace {

// Messages in messages; deeper nesting does not happen, and a hostile text must not cost more than that.
constexpr int kMostDepth = 12;
constexpr std::size_t kLongestSentence = 4096;
constexpr int kMostSteps = 2'000;  // of one match
constexpr std::string_view kTailBeginnings = " ,;:.(";

bool is_excerpt(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" 0123456789");
  return at != std::string_view::npos && at > 0 && line.substr(at).starts_with("| ");
}

bool has_letter(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
}

// Tries to place the literals from `index` on; the last one must end the text.
bool match_from(const std::vector<std::string_view>& literals, std::size_t index, std::string_view text,
                std::vector<std::string_view>& values, int& steps) {
  const std::string_view literal = literals[index];
  if (index + 1 == literals.size()) {
    if (!text.ends_with(literal)) return false;
    values.push_back(text.substr(0, text.size() - literal.size()));
    return true;
  }
  for (std::size_t at = text.find(literal); at != std::string_view::npos; at = text.find(literal, at + 1)) {
    if (++steps > kMostSteps) return false;
    values.push_back(text.substr(0, at));
    if (match_from(literals, index + 1, text.substr(at + literal.size()), values, steps)) return true;
    values.pop_back();
    if (literal.empty()) return false;  // two values that touch: the first takes nothing, or it is no match
  }
  return false;
}

}  // namespace

Phrasebook::Phrasebook(std::span<const std::span<const Phrase>> tables)
    : language_(domain::Language::russian) {
  for (const std::span<const Phrase> table : tables) {
    for (const Phrase& phrase : table) patterns_.push_back(compile(phrase));
  }
  std::ranges::sort(patterns_, [](const Pattern& a, const Pattern& b) {
    return a.length != b.length ? a.length > b.length : a.phrase->english < b.phrase->english;
  });
}

Phrasebook::Pattern Phrasebook::compile(const Phrase& phrase) {
  Pattern pattern;
  pattern.phrase = &phrase;
  std::size_t from = 0;
  std::size_t next = 0;
  for (auto at = next_placeholder(phrase.english, 0); at; at = next_placeholder(phrase.english, at->end)) {
    pattern.literals.push_back(phrase.english.substr(from, at->begin - from));
    const std::size_t index = at->index.value_or(next);
    pattern.indexes.push_back(index);
    next = index + 1;
    from = at->end;
  }
  pattern.literals.push_back(phrase.english.substr(from));
  pattern.are_numbers.assign(pattern.indexes.size(), false);
  next = 0;
  for (auto at = next_placeholder(phrase.russian, 0); at; at = next_placeholder(phrase.russian, at->end)) {
    const std::size_t index = at->index.value_or(next);
    next = index + 1;
    const auto place = std::ranges::find(pattern.indexes, index);
    if (at->is_number && place != pattern.indexes.end())
      pattern.are_numbers[static_cast<std::size_t>(place - pattern.indexes.begin())] = true;
  }
  for (const std::string_view literal : pattern.literals) pattern.length += literal.size();
  pattern.is_tail = kTailBeginnings.contains(phrase.english.front());
  return pattern;
}

bool Phrasebook::match(const Pattern& pattern, std::string_view text, std::vector<std::string_view>& values) {
  values.clear();
  const std::string_view first = pattern.literals.front();
  if (!text.starts_with(first)) return false;
  if (pattern.literals.size() == 1) return text.size() == first.size();
  int steps = 0;
  if (!match_from(pattern.literals, 1, text.substr(first.size()), values, steps)) return false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (pattern.are_numbers[i] && (values[i].empty() || has_letter(values[i]))) return false;
  }
  return true;
}

std::string Phrasebook::fill(const Pattern& pattern, const std::vector<std::string_view>& values,
                             int depth) const {
  const std::string_view russian = pattern.phrase->russian;
  std::string text;
  std::size_t from = 0;
  std::size_t next = 0;
  for (auto at = next_placeholder(russian, 0); at; at = next_placeholder(russian, at->end)) {
    text += russian.substr(from, at->begin - from);
    from = at->end;
    const std::size_t index = at->index.value_or(next);
    next = index + 1;
    const auto place = std::ranges::find(pattern.indexes, index);
    if (place == pattern.indexes.end()) continue;
    const std::string_view value = values[static_cast<std::size_t>(place - pattern.indexes.begin())];
    std::string translated(value);
    if (at->is_word || value.find(' ') != std::string_view::npos)
      translate_sentence(value, depth + 1, translated);
    text += translated;
  }
  return text.append(russian.substr(from));
}

bool Phrasebook::translate_sentence(std::string_view text, int depth, std::string& translated) const {
  translated = text;
  if (depth > kMostDepth || text.size() > kLongestSentence || !has_letter(text)) return false;
  std::vector<std::string_view> values;
  for (const Pattern& pattern : patterns_) {
    if (!match(pattern, text, values)) continue;
    translated = fill(pattern, values, depth);
    return true;
  }
  return translate_by_tail(text, depth, translated) || translate_by_context(text, depth, translated);
}

bool Phrasebook::translate_by_tail(std::string_view text, int depth, std::string& translated) const {
  std::vector<std::string_view> values;
  for (const Pattern& pattern : patterns_) {
    if (!pattern.is_tail) continue;
    const std::string_view first = pattern.literals.front();
    for (std::size_t at = text.find(first); at != std::string_view::npos; at = text.find(first, at + 1)) {
      if (at == 0 || !match(pattern, text.substr(at), values)) continue;
      const std::string tail = fill(pattern, values, depth);
      translate_sentence(text.substr(0, at), depth + 1, translated);
      translated += tail;
      return true;
    }
  }
  return false;
}

bool Phrasebook::translate_by_context(std::string_view text, int depth, std::string& translated) const {
  const std::size_t at = text.find_first_of(":;");
  if (at == std::string_view::npos || !text.substr(at + 1).starts_with(' ')) {
    if (at == std::string_view::npos || at + 1 == text.size()) return false;
    // A colon in a name or an address: what follows may still be a sentence.
    std::string rest;
    if (!translate_by_context(text.substr(at + 1), depth + 1, rest)) return false;
    translated = std::string(text.substr(0, at + 1)).append(rest);
    return true;
  }
  std::string context(text.substr(0, at));
  std::vector<std::string_view> values;
  const auto known = std::ranges::find_if(
      patterns_, [&](const Pattern& pattern) { return match(pattern, text.substr(0, at), values); });
  if (known != patterns_.end()) context = fill(*known, values, depth);
  std::string rest;
  const bool knows_rest = translate_sentence(text.substr(at + 2), depth + 1, rest);
  if (known == patterns_.end() && !knows_rest) return false;
  translated = context.append(text.substr(at, 2)).append(rest);
  return true;
}

std::string Phrasebook::translate(std::string_view text) const {
  if (patterns_.empty()) return std::string(text);
  std::string result;
  for (;;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t last = line.find_last_not_of(' ');
    const std::size_t stop = last == std::string_view::npos ? begin : last + 1;
    std::string translated;
    if (is_excerpt(line)) {
      translated = line;
    } else if (begin != 1 || !translate_sentence(line.substr(0, stop), 0, translated)) {
      translate_sentence(line.substr(begin, stop - begin), 0, translated);
      translated.insert(0, line.substr(0, begin));
      translated += line.substr(stop);
    }
    result += translated;
    if (end == text.size()) return result;
    result += '\n';
    text.remove_prefix(end + 1);
  }
}

bool Phrasebook::knows(std::string_view english) const {
  return std::ranges::any_of(patterns_,
                             [&](const Pattern& pattern) { return pattern.phrase->english == english; });
}

const Phrasebook& phrasebook_of(domain::Language language) {
  static const Phrasebook kEnglish;
  static const Phrasebook kRussian(all_tables());
  return language == domain::Language::russian ? kRussian : kEnglish;
}

}  // namespace sv::words
