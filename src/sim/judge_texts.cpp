#include "sim/judge_texts.hpp"

#include <array>

namespace sv::sim {

namespace {

struct Texts {
  std::string_view english;
  std::string_view russian;
};

// In the order of Remark.
constexpr std::array<Texts, 38> kTexts{{
    {"The status is empty. Choose one of: {0}.", "Статус не заполнен. Выберите один из: {0}."},
    {"The status “{0}” is not one of the allowed statuses: {1}.",
     "Статус «{0}» не входит в список допустимых: {1}."},
    {"The status “{0}” is not one of the allowed statuses. Did you mean “{1}”?",
     "Статус «{0}» не входит в список допустимых. Возможно, имелся в виду «{1}»?"},
    {"The comment is empty: nothing says what was done or what comes next.",
     "Комментарий пуст: не сказано, что сделано и что дальше."},
    {"The comment “{0}” says nothing about the project. Describe what was done and what comes next.",
     "Комментарий «{0}» ничего не говорит о проекте. Опишите, что сделано и что дальше."},
    {"The text addresses its reviewer instead of reporting on the project. Remove these words.",
     "Текст обращён к проверяющему, а не сообщает о проекте. Уберите эти слова."},
    {"The completion date is missing.", "Не указана дата завершения."},
    {"The completion date “{0}” is not a date that exists.",
     "Дата завершения «{0}» не является существующей датой."},
    {"The completion date “{0}” is not written as {1}.", "Дата завершения «{0}» записана не в виде {1}."},
    {"The completion date {0} has passed ({1} ago), but the status says that the work goes on. Name a new "
     "date or change the status.",
     "Дата завершения {0} прошла ({1} назад), а по статусу работы продолжаются. Укажите новую дату или "
     "измените статус."},
    {"The status says that the work is finished, but the completion date {0} is in the future.",
     "По статусу работы завершены, но дата завершения {0} ещё не наступила."},
    {"The section “{0}:” is missing.", "Нет раздела «{0}:»."},
    {"Sections are missing: {0}.", "Нет разделов: {0}."},
    {"The section “{0}:” is empty.", "Раздел «{0}:» пуст."},
    {"The sections are not in the order {0}.", "Разделы идут не в порядке {0}."},
    {"The section “{0}:” does not begin on a line of its own.",
     "Раздел «{0}:» начинается не с новой строки."},
    {"“{0}:” names no day by which the step will be done.",
     "В разделе «{0}:» не назван день, до которого шаг будет сделан."},
    {"“{0}:” does not say who is responsible.", "В разделе «{0}:» не назван ответственный."},
    {"“{0}:” has no figure, date or named result: the reader cannot tell what was achieved.",
     "В разделе «{0}:» нет ни числа, ни даты, ни названного результата: неясно, что именно сделано."},
    {"“{0}” is an empty phrase. Replace it with a fact: what, how much, by when.",
     "«{0}» — пустые слова. Замените их фактом: что, сколько, к какому дню."},
    {"The comment has an exclamation mark.", "В комментарии есть восклицательный знак."},
    {"The comment is too short: {0}, at least {1} are needed.",
     "Комментарий слишком короткий: {0}, нужно не меньше {1}."},
    {"The comment is too long: {0}, at most {1} are allowed.",
     "Комментарий слишком длинный: {0}, допустимо не больше {1}."},
    {"The comment contradicts the status “{0}”.", "Комментарий противоречит статусу «{0}»."},
    {"The status is “{0}”, but the comment names work that is left.",
     "Статус «{0}», но в комментарии названы оставшиеся работы."},
    {"The status is “{0}”, but the comment does not say why.",
     "Статус «{0}», но в комментарии не сказано почему."},
    {"The comment gives no figure by which progress can be measured.",
     "В комментарии нет числа, по которому виден ход работ."},
    {"The comment does not name who is responsible.", "В комментарии не назван ответственный."},
    {"The comment does not say what the next step is.", "В комментарии не назван следующий шаг."},
    {"The comment is not written in {0}.", "Комментарий написан не на нужном языке ({0})."},
    {"[add: {0}]", "[добавьте: {0}]"},
    {"[figure, date or name of the result]", "[число, дата или название результата]"},
    {"[day]", "[день]"},
    {"[owner]", "[ответственный]"},
    {"[why, how far the date moves, what is needed]", "[почему, насколько сдвигается срок, что нужно]"},
    {"[what was done], [what comes next], [what could go wrong]",
     "[что сделано], [что дальше], [что может помешать]"},
    {"[details: what, how much, by when]", "[подробности: что, сколько, к какому дню]"},
    {"[instead of “{0}”: a fact]", "[вместо «{0}»: факт]"},
}};

}  // namespace

std::string remark(Remark which, domain::Language language, std::string_view first, std::string_view second) {
  const Texts& texts = kTexts[static_cast<std::size_t>(which)];
  const std::string_view text = language == domain::Language::russian ? texts.russian : texts.english;
  // A plain replacement and not fmt: at 15,000 replies a second a run-time format string would cost as much
  // as the judging.
  std::string said;
  said.reserve(text.size() + first.size() + second.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '{' && text.substr(i, 3) == "{0}") {
      said += first;
      i += 3;
    } else if (text[i] == '{' && text.substr(i, 3) == "{1}") {
      said += second;
      i += 3;
    } else {
      said += text[i++];
    }
  }
  return said;
}

}  // namespace sv::sim
