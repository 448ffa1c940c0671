#include "sim/rule_hints.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <span>

namespace sv::sim {

namespace {

constexpr std::size_t kMaxSections = 12;
constexpr std::size_t kMaxForbidden = 200;
constexpr std::size_t kLongestLabel = 40;

bool has_any(std::string_view text, std::initializer_list<std::string_view> stems) {
  return std::any_of(stems.begin(), stems.end(),
                     [text](std::string_view stem) { return has_stem(text, stem); });
}

void note(RuleRef& where, const RuleItem& item) {
  if (!where) where = item.number;
}

bool is_forbidding(std::string_view text) {
  for (const std::string_view start : {"no ", "нет ", "без ", "avoid", "never", "избега", "нельзя", "не "}) {
    if (text.starts_with(start)) return true;
  }
  return has_any(
      text, {"forbid", "avoid", "banned", "prohibit", "do not", "don't", "must not contain", "not allowed",
             "запрещ", "избега", "нельзя", "не использ", "не употреб", "не пиш", "не допуска", "недопустим"});
}

bool is_about_sections(std::string_view text) {
  return has_any(text, {"section", "heading", "paragraph", "part", "block", "раздел", "секци", "рубрик",
                        "част", "блок", "подзаголов"});
}

bool is_about_dates(std::string_view text) {
  return has_any(text, {"date", "deadline", "due", "дата", "дату", "даты", "срок"});
}

bool is_about_completion_date(std::string_view text) {
  return has_any(text, {"completion", "due date", "end date", "target date", "deadline", "finish date",
                        "завершени", "окончани", "срок", "исполнени"}) ||
         text.starts_with("date") || text.starts_with("the date") || text.starts_with("дата");
}

std::string_view strip_colon(std::string_view label) {
  while (label.ends_with(':') || label.ends_with('*')) label = trim(label.substr(0, label.size() - 1));
  return label;
}

// "… sections: Done, Next and Risks", "… разделы: Сделано — что вышло, План": names without quotation marks.
std::vector<std::string> listed_names(std::string_view text) {
  std::vector<std::string> names;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return names;
  std::string list(text.substr(colon + 1));
  for (const std::string_view word : {" and ", " и ", ";", " / "}) {
    for (std::size_t at = list.find(word); at != std::string::npos; at = list.find(word))
      list.replace(at, word.size(), ",");
  }
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view name = trim(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    for (const std::string_view stop : {":", " — ", " – ", " - ", " ("})
      name = trim(name.substr(0, name.find(stop)));
    while (name.ends_with('.')) name.remove_suffix(1);
    const bool is_capital = !name.empty() && fold_letters(name.substr(0, 2)) != name.substr(0, 2);
    if (is_capital && name.size() <= kLongestLabel && count_words(name) <= 3) names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> section_labels(const RuleItem& item,
                                        const std::vector<std::string>& folded_statuses) {
  std::vector<std::string> quoted = quoted_texts(item.text);
  std::vector<std::string> with_colon;
  for (const std::string& text : quoted) {
    if (text.ends_with(':') && text.size() <= kLongestLabel) with_colon.emplace_back(strip_colon(text));
  }
  if (!with_colon.empty()) return with_colon;
  if (!is_about_sections(item.folded) || is_forbidding(item.folded)) return {};
  std::vector<std::string> names = quoted.empty() ? listed_names(item.text) : quoted;
  std::erase_if(names, [&](const std::string& name) {
    return name.size() > kLongestLabel || std::ranges::count(folded_statuses, fold_letters(name)) > 0;
  });
  return names;
}

void read_sections(RuleHints& hints, const RuleItem& item) {
  if (has_any(item.folded, {"optional", "may contain", "необязательн", "по желанию"})) return;
  const std::vector<std::string> labels = section_labels(item, hints.folded_statuses);
  const StatusCondition condition = read_condition(item, hints.folded_statuses);
  for (const std::string& label : labels) {
    const std::string folded = fold_letters(label);
    auto section = std::ranges::find(hints.sections, folded, &SectionRule::folded);
    if (section == hints.sections.end()) {
      if (hints.sections.size() >= kMaxSections) return;
      hints.sections.push_back({label, folded, item.number, condition, {}, {}, {}});
      section = std::prev(hints.sections.end());
    }
    if (labels.size() > 1) continue;  // a list of sections asks nothing of one of them
    const bool offers_choice = has_any(item.folded, {"figure", "number", "число", "цифр", "показател"});
    if (offers_choice) {
      section->fact = item.number;
    } else if (has_any(item.folded, {"day", "date", "deadline", "днём", "день", "дат", "срок"})) {
      section->date = item.number;
    }
    if (has_any(item.folded, {"owner", "responsible", "assignee", "who ", "ответственн", "исполнител"}))
      section->owner = item.number;
  }
  if (labels.size() > 1 && has_any(item.folded, {"order", "порядк", "последовательн"}))
    note(hints.section_order, item);
  if (!labels.empty() && has_any(item.folded, {"line", "строк"})) note(hints.section_lines, item);
}

void read_forbidden(RuleHints& hints, const RuleItem& item) {
  if (!is_forbidding(item.folded)) return;
  if (has_any(item.folded, {"exclamation", "восклицательн"})) note(hints.no_exclamation, item);
  for (const std::string& phrase : quoted_texts(item.text)) {
    if (phrase.ends_with(':') || hints.forbidden.size() >= kMaxForbidden) continue;
    hints.forbidden.emplace_back(fold_letters(phrase), item.number);
  }
}

struct Word {
  std::string_view text;
  std::optional<std::size_t> number;
};

std::vector<Word> split_words(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find_first_not_of(" ,.;:()", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" ,.;:()", begin), text.size());
    Word word{text.substr(begin, end - begin), std::nullopt};
    std::size_t number = 0;
    const auto [last, error] = std::from_chars(word.text.data(), word.text.data() + word.text.size(), number);
    if (error == std::errc() && last == word.text.data() + word.text.size()) word.number = number;
    words.push_back(word);
    at = end;
  }
  return words;
}

std::optional<LengthUnit> unit_of(std::string_view word) {
  if (has_any(word, {"character", "symbol", "знак", "символ"})) return LengthUnit::characters;
  if (has_any(word, {"word", "слов"})) return LengthUnit::words;
  if (has_any(word, {"sentence", "предложени"})) return LengthUnit::sentences;
  return std::nullopt;
}

// "60 to 900 characters", "at least 20 words", "не более 900 знаков".
void read_lengths(RuleHints& hints, const RuleItem& item) {
  if (has_any(item.folded, {"exclamation", "восклицательн"})) return;
  const std::vector<Word> words = split_words(item.folded);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::optional<LengthUnit> unit = unit_of(words[i + 1].text);
    if (!words[i].number || !unit) continue;
    LengthRule rule{*unit, 0, 0, item.number};
    if (i >= 2 && words[i - 2].number) {
      rule.min = *words[i - 2].number;
      rule.max = *words[i].number;
    } else {
      const std::string_view end = words[i].text;
      const std::size_t at = static_cast<std::size_t>(end.data() - item.folded.data());
      const std::string_view before = std::string_view(item.folded).substr(0, at);
      const std::string_view near = before.substr(before.size() > 40 ? before.size() - 40 : 0);
      const bool is_minimum =
          has_any(near, {"at least", "no less", "not less", "no fewer", "not fewer", "minimum", "не менее",
                         "не меньше", "не короче", "минимум", "хотя бы"});
      (is_minimum ? rule.min : rule.max) = *words[i].number;
    }
    hints.lengths.push_back(rule);
    return;
  }
}

std::optional<DateForm> named_form(std::string_view folded) {
  if (folded.contains("yyyy-mm-dd") || folded.contains("гггг-мм-дд") || has_word(folded, "iso 8601"))
    return DateForm::iso;
  if (folded.contains("dd.mm.yyyy") || folded.contains("дд.мм.гггг")) return DateForm::dotted;
  if (folded.contains("dd/mm/yyyy") || folded.contains("дд/мм/гггг") || folded.contains("mm/dd/yyyy"))
    return DateForm::slashed;
  return std::nullopt;
}

void read_dates(RuleHints& hints, const RuleItem& item) {
  const std::string_view text = item.folded;
  if (!is_about_dates(text) || !is_about_completion_date(text) ||
      !section_labels(item, hints.folded_statuses).empty())
    return;
  const StatusCondition condition = read_condition(item, hints.folded_statuses);
  bool is_understood = false;
  if (const std::optional<DateForm> form = named_form(text)) {
    note(hints.date_form_rule, item);
    hints.date_form = *form;
    note(hints.date_valid, item);
    is_understood = true;
  }
  if (has_any(text, {"in the past", "past", "passed", "overdue", "expired", "прошл", "просроч", "истек",
                     "прошедш"})) {
    hints.date_not_past.push_back({item.number, condition});
    is_understood = true;
  }
  if (has_any(text, {"in the future", "future", "будущ"})) {
    hints.date_not_future.push_back({item.number, condition});
    is_understood = true;
  }
  if (has_any(text, {"required", "must be filled", "filled in", "must be given", "must have", "mandatory",
                     "missing", "обязательн", "заполнен", "указан"})) {
    hints.date_required.push_back({item.number, condition});
    is_understood = true;
  }
  const bool is_about_form =
      has_any(text, {"real date", "valid date", "format", "существующ", "реальн", "формат", "корректн"});
  if (is_about_form) note(hints.date_valid, item);
  if (is_understood || is_about_form) return;
  // A rule about why or how far a date moves asks nothing of the date's cell.
  if (has_any(text, {"why", "почему", "reason", "причин", "contradict", "противореч"})) return;
  note(hints.date_valid, item);
}

void read_rest(RuleHints& hints, const RuleItem& item) {
  const std::string_view text = item.folded;
  const bool names_status = has_any(text, {"status", "статус"});
  const bool names_section = !section_labels(item, hints.folded_statuses).empty();
  if (names_status && has_any(text, {"allowed", "one of", "list", "допустим", "одно из", "один из", "списк",
                                     "разрешён", "разрешен"})) {
    note(hints.status, item);
  }
  if (has_any(text, {"empty", "blank", "filled in", "пуст", "заполнен"}) &&
      has_any(text, {"comment", "коммент"}))
    note(hints.not_empty, item);
  const bool is_about_agreement =
      has_any(text, {"contradict", "consistent", "agree", "match", "противореч", "соответств", "согласу"});
  if (names_status && is_about_agreement) note(hints.consistent, item);
  const StatusCondition condition = read_condition(item, hints.folded_statuses);
  if (has_any(text, {"no work is left", "nothing is left", "no open work", "работ не осталось", "не осталось",
                     "нет незаверш"})) {
    hints.nothing_left.push_back({item.number, condition});
  }
  if (!is_about_agreement && !condition.only.empty() &&
      has_any(text, {"why", "reason", "cause", "почему", "причин"})) {
    hints.reason.push_back({item.number, condition});
  }
  if (names_section) return;
  if (has_any(text, {"figure", "measurable", "metric", "at least one number", "цифр", "измерим",
                     "хотя бы одно число", "показател"})) {
    note(hints.figure, item);
  }
  if (has_any(text, {"owner", "responsible", "assignee", "ответственн", "исполнител"}) &&
      has_any(text, {"comment", "name", "коммент", "назван", "указ"})) {
    note(hints.owner, item);
  }
  if (has_any(text, {"next step", "следующий шаг", "следующие шаги", "дальнейш", "ближайшие шаги"}))
    note(hints.next_step, item);
  if (has_any(text, {"written", "write", "language", "язык", "пиш", "написан"})) {
    const bool russian = has_any(text, {"in russian", "русск"});
    if (russian || has_any(text, {"in english", "английск"})) {
      note(hints.language_rule, item);
      hints.language = russian ? domain::Language::russian : domain::Language::english;
    }
  }
}

}  // namespace

RuleHints read_rules(std::string_view rules_text, const std::vector<std::string>& allowed_statuses) {
  RuleHints hints;
  for (const std::string& status : allowed_statuses)
    hints.folded_statuses.push_back(fold_letters(trim(status)));
  for (const RuleItem& item : split_rules(rules_text)) {
    read_sections(hints, item);
    read_forbidden(hints, item);
    read_lengths(hints, item);
    read_dates(hints, item);
    read_rest(hints, item);
  }
  return hints;
}

}  // namespace sv::sim
