#include "sim/row_facts.hpp"

#include "base/text.hpp"
#include "sim/dates.hpp"
#include "sim/letters.hpp"

#include <algorithm>
#include <initializer_list>

namespace sv::sim {

namespace {

bool has_any(std::string_view text, std::initializer_list<std::string_view> stems) {
  return std::any_of(stems.begin(), stems.end(),
                     [text](std::string_view stem) { return has_stem(text, stem); });
}

bool is_capital_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c >= 'A' && c <= 'Z') return true;
  const std::string_view two = text.substr(at, 2);
  return two.size() == 2 && static_cast<unsigned char>(c) == 0xD0 && fold_letters(two) != two;
}

// A capital letter that does not begin a sentence and no month or weekday.
bool has_name(std::string_view text) {
  char before = '.';  // the last character that is no space: what follows it begins a sentence
  bool after_space = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\n' || c == '\t') {
      after_space = true;
      if (c == '\n') before = '.';
      continue;
    }
    const bool begins_sentence = before == '.' || before == '!' || before == '?' || before == ':';
    if (after_space && !begins_sentence && is_capital_at(text, i)) {
      const std::size_t end = std::min(text.find_first_of(" ,.;:!?)\n", i), text.size());
      if (!mentions_date(fold_letters(text.substr(i, end - i)))) return true;
    }
    after_space = c == '(' || c == '"';
    before = c;
  }
  return false;
}

}  // namespace

bool is_closed_status(std::string_view folded_status) {
  return has_any(folded_status, {"complet", "done", "closed", "finish", "deliver", "released", "cancel",
                                 "заверш", "выполн", "сделан", "закрыт", "готов", "отмен"}) &&
         !has_any(folded_status, {"not", "не", "in", "partial", "частич"});
}

bool is_calm_status(std::string_view folded_status) {
  return has_any(folded_status, {"on track", "in progress", "green", "on schedule", "в графике", "в работе",
                                 "по плану", "зелен", "зелён", "в процессе"});
}

bool is_placeholder(std::string_view comment) {
  comment = trim(comment);
  while (comment.ends_with('.')) comment.remove_suffix(1);
  if (comment.size() > 40) return false;
  const std::string folded = fold_letters(comment);
  static constexpr std::initializer_list<std::string_view> kPlaceholders{"",
                                                                         "-",
                                                                         "--",
                                                                         "—",
                                                                         "n/a",
                                                                         "na",
                                                                         "none",
                                                                         "tbd",
                                                                         "todo",
                                                                         "ok",
                                                                         "okay",
                                                                         "no changes",
                                                                         "no change",
                                                                         "no update",
                                                                         "no updates",
                                                                         "see above",
                                                                         "same",
                                                                         "test",
                                                                         "?",
                                                                         "нет",
                                                                         "без изменений",
                                                                         "ок",
                                                                         "норм",
                                                                         "всё хорошо",
                                                                         "все хорошо",
                                                                         "в работе",
                                                                         "см. выше",
                                                                         "тест",
                                                                         "нет изменений",
                                                                         "all good"};
  return std::ranges::find(kPlaceholders, std::string_view(folded)) != kPlaceholders.end();
}

bool says_nothing(std::string_view folded_text) {
  folded_text = trim(folded_text);
  for (const std::string_view start :
       {"none", "nothing", "no ", "n/a", "not applicable", "нет", "ничего", "не требу", "отсутств"}) {
    if (folded_text.starts_with(start)) return true;
  }
  // "работ нет, передано группе каталога"
  const std::string_view clause = trim(folded_text.substr(0, folded_text.find_first_of(",.;(\n")));
  return clause.ends_with(" нет") || clause.ends_with(" none") || clause == "no" || clause == "-" ||
         clause == "—";
}

bool tells_of_trouble(std::string_view folded_text) {
  return has_any(folded_text, {"been blocked", "is blocked", "are blocked", "cannot be met",
                               "will not be met", "behind schedule", "stalled", "deadline was missed",
                               "was missed", "work has stopped", "заблокирован", "остановлен", "сорван",
                               "не успева", "отстаём", "отстаем", "работы стоят", "срыва"});
}

bool tells_of_open_work(std::string_view folded_text) {
  return has_any(folded_text,
                 {"remaining", "still to ", "not finished", "unfinished", "left to do", "not yet", "остал",
                  "оставш", "не заверш", "продолжа", "ещё не", "еще не", "доделать", "недодел"});
}

bool gives_reason(std::string_view folded_text) {
  return has_any(
      folded_text,
      {"because",     "due to",      "owing to",     "since",     "caused",    "reason",     "as a result",
       "waiting",     "until",       "delay",        "failed",    "missing",   "lack",       "without",
       "shortage",    "not deliver", "resign",       "move to",   "moves to",  "moves from", "would move",
       "warned",      "slip",        "lost",         "cannot",    "so we",     "so the",     "which costs",
       "which would", "not before",  "no interface", "leaves",    "из-за",     "потому",     "так как",
       "поскольку",   "вследствие",  "причин",       "ждём",      "ждем",      "ожида",      "до тех пор",
       "задерж",      "не хвата",    "нехватк",      "отсутстви", "без ",      "сорва",      "не постав",
       "предупред",   "перенос",     "поэтому",      "сдвига",    "сдвин",     "не может",   "не могут",
       "нет ответа",  "уволи",       "заболе",       "не раньше", "невозможн", "нельзя",     "ушл"});
}

bool names_next_step(std::string_view folded_text) {
  return has_any(folded_text, {"next", "will", "plan", "then", "going to", "by ", "until", "follow", "след",
                               "план", "далее", "будет", "будем", "предсто", "до "});
}

bool addresses_reviewer(std::string_view folded_text) {
  return has_any(folded_text, {"ignore the rule",  "ignore previous",   "ignore all",    "ignore any",
                               "ignore the above", "disregard the",     "mark this row", "mark it as valid",
                               "mark as valid",    "is_valid",          "system prompt", "you are an ai",
                               "as an ai",         "the reviewer must", "игнорируй",     "не учитывай правил",
                               "забудь",           "считай строк",      "считай эту",    "пометь",
                               "отметь строк",     "системн",           "ты — ии",       "ты проверяющий",
                               "признай"}) &&
         // "системн" alone is a common word of project reports.
         (!has_stem(folded_text, "системн") || folded_text.contains("системный промпт") ||
          has_any(folded_text, {"игнорируй", "считай", "пометь", "забудь", "признай", "is_valid"}));
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool names_person(std::string_view text) {
  const std::string folded = fold_letters(text);
  return text.contains('@') || has_any(folded, {"owner", "responsible", "ответственн", "исполнител"}) ||
         has_name(text);
}

bool names_fact(std::string_view text) {
  // A longer sentence may well name a result in words that code cannot weigh: the author gets the benefit of
  // the doubt.
  constexpr std::size_t kLongSentence = 8;
  return count_words(text) >= kLongSentence || has_digit(text) || text.contains('"') || text.contains("«") ||
         text.contains("“") || text.contains("://") || text.contains('`') || has_name(text);
}

}  // namespace sv::sim
