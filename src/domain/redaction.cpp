#include "domain/redaction.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace sv::domain {

namespace {

enum class Kind : std::uint8_t { name, identifier, email, phone };
constexpr std::array<std::string_view, 4> kLabels = {"NAME", "ID", "EMAIL", "PHONE"};

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  Kind kind = Kind::name;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// ---- names -----------------------------------------------------------------------------------------------

// Initials and particles ("J.", "de") stand in too many sentences.
constexpr std::size_t kShortestName = 3;  // code points
// "Ивановичами": what a case may add to a name or take from its end.
constexpr std::size_t kLongestEnding = 3;

std::size_t length_of(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

// The beginning of a name that all its cases share: without its last letter where that is a vowel of an
// ending ("Мария": "Мари").
std::string_view stem_of(std::string_view folded) {
  constexpr std::array<std::string_view, 9> kEndings = {"а", "я", "й", "ь", "о", "е", "и", "ы", "у"};
  for (const std::string_view ending : kEndings) {
    if (folded.ends_with(ending)) return folded.substr(0, folded.size() - ending.size());
  }
  return folded;
}

// `text` without its last code point.
std::string_view without_last(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && (static_cast<unsigned char>(text[end - 1]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end == 0 ? 0 : end - 1);
}

// Looked up, not compared one by one: a cell may hold a megabyte of words, and so may the comment.
class Names {
 public:
  explicit Names(std::string_view manager) {
    for (const std::string_view word : words_of(manager)) {
      if (length_of(word) < kShortestName) continue;
      std::string name = fold_case(word);
      const bool has_cases = static_cast<unsigned char>(name.front()) >= 0x80;
      if (has_cases) {
        const std::string_view stem = stem_of(name);
        if (length_of(stem) >= kShortestName) stems_.emplace(stem);
      } else {
        plurals_.insert(name + "s");  // "Smith's" is two words, "Smiths" one
      }
      names_.insert(std::move(name));
    }
  }

  bool has(std::string_view word) const {
    if (names_.empty()) return false;
    const std::string folded = fold_case(word);
    if (names_.contains(folded) || plurals_.contains(folded)) return true;
    std::string_view stem = folded;
    for (std::size_t ending = 0; ending <= kLongestEnding && !stem.empty(); ++ending) {
      if (stems_.contains(stem)) return true;
      stem = without_last(stem);
    }
    return false;
  }
  bool empty() const { return names_.empty(); }

 private:
  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> plurals_;
  std::set<std::string, std::less<>> stems_;
};

void find_names(std::string_view text, const Names& names, std::vector<Span>& found) {
  if (names.empty()) return;
  for (const std::string_view word : words_of(text)) {
    if (!names.has(word)) continue;
    const auto begin = static_cast<std::size_t>(word.data() - text.data());
    found.push_back({begin, begin + word.size(), Kind::name});
  }
}

// ---- identifiers -----------------------------------------------------------------------------------------

constexpr std::size_t kShortestIdentifier = 2;  // bytes

// Where `wanted` stands in `text`, overlapping places too. Knuth, Morris, Pratt (1977): linear, where
// std::string_view::find() takes minutes for a megabyte of one letter in another.
std::vector<std::size_t> places_of(std::string_view wanted, std::string_view text) {
  std::vector<std::size_t> places;
  if (wanted.empty() || wanted.size() > text.size()) return places;
  // Of each beginning of `wanted`, how long the longest is that it both begins and ends with.
  std::vector<std::size_t> borders(wanted.size(), 0);
  for (std::size_t i = 1, length = 0; i < wanted.size(); ++i) {
    while (length > 0 && wanted[i] != wanted[length]) length = borders[length - 1];
    if (wanted[i] == wanted[length]) ++length;
    borders[i] = length;
  }
  for (std::size_t i = 0, length = 0; i < text.size(); ++i) {
    while (length > 0 && text[i] != wanted[length]) length = borders[length - 1];
    if (text[i] == wanted[length]) ++length;
    if (length < wanted.size()) continue;
    places.push_back(i + 1 - length);
    length = borders[length - 1];
  }
  return places;
}

void find_identifier(std::string_view text, std::string_view identifier, std::vector<Span>& found) {
  if (identifier.size() < kShortestIdentifier) return;
  // Not within a word: project "A1" is not part of "A12".
  const auto is_word = [&](std::size_t at) {
    return at < text.size() &&
           (is_digit(text[at]) || is_ascii_letter(text[at]) || static_cast<unsigned char>(text[at]) >= 0xC3);
  };
  for (const std::size_t at : places_of(identifier, text)) {
    const std::size_t end = at + identifier.size();
    const bool begins_inside =
        at > 0 && (is_word(at - 1) || static_cast<unsigned char>(text[at - 1]) >= 0x80);
    if (!begins_inside && !is_word(end)) found.push_back({at, end, Kind::identifier});
  }
}

// ---- addresses -------------------------------------------------------------------------------------------

bool is_local_part(char c) {
  return is_ascii_letter(c) || is_digit(c) || std::string_view(".!#$%&'*+/=?^_`{|}~-").contains(c);
}
bool is_domain_part(char c) {
  return is_ascii_letter(c) || is_digit(c) || c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

// As people write addresses: RFC 5322 without quoted local parts.
void find_emails(std::string_view text, std::vector<Span>& found) {
  std::size_t last_end = 0;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > last_end && is_local_part(text[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < text.size() && is_domain_part(text[end])) ++end;
    while (end > at && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const std::string_view domain = text.substr(at + 1, end > at ? end - at - 1 : 0);
    if (begin == at || !domain.contains('.')) continue;
    found.push_back({begin, end, Kind::email});
    last_end = end;
  }
}

// E.164 has at most 15 digits; with an area code no country has fewer than ten here.
constexpr std::size_t kFewestDigits = 10;
constexpr std::size_t kMostDigits = 15;
constexpr std::size_t kRussianDigits = 11;

// Only what cannot be an amount: with a + in front, an area code in brackets, or eleven digits from 7 or 8.
void find_phones(std::string_view text, std::vector<Span>& found) {
  const auto is_part = [](char c) { return is_digit(c) || c == ' ' || c == '-' || c == '(' || c == ')'; };
  for (std::size_t at = 0; at < text.size();) {
    const bool may_begin = is_digit(text[at]) || text[at] == '+' || text[at] == '(';
    if (!may_begin || (at > 0 && is_digit(text[at - 1]))) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && is_part(text[end])) ++end;
    while (!is_digit(text[end - 1]) && end > at + 1) --end;
    const std::string_view number = text.substr(at, end - at);
    const auto digits = static_cast<std::size_t>(std::ranges::count_if(number, is_digit));
    const bool has_code = number.contains('(') && number.contains(')');
    const bool is_russian = digits == kRussianDigits && (number[0] == '7' || number[0] == '8');
    if (digits >= kFewestDigits && digits <= kMostDigits && (number[0] == '+' || has_code || is_russian)) {
      found.push_back({at, end, Kind::phone});
    }
    at = end;
  }
}

// Those that overlap become one, of the kind that begins first.
void merge_overlapping(std::vector<Span>& spans) {
  std::ranges::sort(spans, [](const Span& a, const Span& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.kind < b.kind;
  });
  std::vector<Span> merged;
  for (const Span& span : spans) {
    if (!merged.empty() && span.begin < merged.back().end) {
      merged.back().end = std::max(merged.back().end, span.end);
    } else {
      merged.push_back(span);
    }
  }
  spans = std::move(merged);
}

// ---- placeholders ----------------------------------------------------------------------------------------

constexpr std::size_t kLongestPlaceholder = 24;  // "{{EMAIL-4294967295}}"

// What looks like one: "{{", no more braces, "}}".
template <typename Take>
void for_each_placeholder(std::string_view text, Take take) {
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 1)) {
    const std::size_t end = text.substr(0, at + kLongestPlaceholder).find("}}", at + 2);
    if (end == std::string_view::npos) continue;
    take(at, text.substr(at, end + 2 - at));
  }
}

// ---- hiding ----------------------------------------------------------------------------------------------

class Hider {
 public:
  Hider(const Row& row, const Redaction& redaction)
      : redaction_(redaction),
        names_(redaction.project_managers ? std::string_view(row.project_manager) : std::string_view()),
        identifier_(redaction.identifiers ? trim(row.identifier) : std::string_view()) {
    for (const std::string* text : {&row.status, &row.comment, &row.completion_date}) {
      for_each_placeholder(
          *text, [this](std::size_t, std::string_view placeholder) { taken_.emplace(placeholder); });
    }
  }

  std::string hide(std::string_view text) {
    std::vector<Span> found;
    if (redaction_.emails) find_emails(text, found);
    if (redaction_.phones) find_phones(text, found);
    find_identifier(text, identifier_, found);
    find_names(text, names_, found);
    merge_overlapping(found);
    std::string shown;
    std::size_t at = 0;
    for (const Span& span : found) {
      shown += text.substr(at, span.begin - at);
      shown += placeholder_of(text.substr(span.begin, span.end - span.begin), span.kind);
      at = span.end;
    }
    shown += text.substr(at);
    return shown;
  }

  std::vector<HiddenText> take() { return std::move(hidden_); }

 private:
  const std::string& placeholder_of(std::string_view text, Kind kind) {
    const auto [known, is_new] = place_of_.try_emplace(std::string(text), hidden_.size());
    if (!is_new) return hidden_[known->second].placeholder;
    const auto index = static_cast<std::size_t>(kind);
    std::string placeholder;
    do {
      placeholder = fmt::format("{{{{{}-{}}}}}", kLabels[index], ++numbers_[index]);
    } while (taken_.contains(placeholder));
    return hidden_.emplace_back(std::move(placeholder), std::string(text)).placeholder;
  }

  const Redaction& redaction_;
  Names names_;
  std::string_view identifier_;
  std::set<std::string, std::less<>> taken_;  // what looks like a placeholder and is the author's
  std::array<std::uint32_t, kLabels.size()> numbers_{};
  std::vector<HiddenText> hidden_;
  std::map<std::string, std::size_t, std::less<>> place_of_;  // in hidden_, by the text
};

using TextOfPlaceholder = std::map<std::string_view, std::string_view>;

void put_back(std::string& text, const TextOfPlaceholder& hidden) {
  if (!text.contains("{{")) return;
  std::string restored;
  std::size_t done = 0;
  for_each_placeholder(text, [&](std::size_t begin, std::string_view placeholder) {
    const auto found = hidden.find(placeholder);
    if (found == hidden.end() || begin < done) return;
    restored += std::string_view(text).substr(done, begin - done);
    restored += found->second;
    done = begin + placeholder.size();
  });
  restored += std::string_view(text).substr(done);
  text = std::move(restored);
}

}  // namespace

HiddenRow hide(const Row& row, const Redaction& redaction) {
  Hider hider(row, redaction);
  HiddenRow result;
  result.row.index = row.index;
  result.row.number = row.number;
  result.row.status = hider.hide(row.status);
  result.row.comment = hider.hide(row.comment);
  result.row.completion_date = hider.hide(row.completion_date);
  result.hidden = hider.take();
  return result;
}

void restore(const Row& row, const Redaction& redaction, Verdict& verdict) {
  if (!redaction.is_on()) return;
  const std::vector<HiddenText> texts = hide(row, redaction).hidden;
  if (texts.empty()) return;
  TextOfPlaceholder hidden;
  for (const HiddenText& one : texts) hidden.emplace(one.placeholder, one.text);
  put_back(verdict.rewrite_suggestion, hidden);
  for (Issue& issue : verdict.issues) {
    put_back(issue.message, hidden);
    if (issue.rule) put_back(*issue.rule, hidden);
    if (issue.quote) put_back(*issue.quote, hidden);
  }
}

}  // namespace sv::domain
