#include "tables/usual_headers.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sv::tables {

namespace {

using Names = std::string_view;

constexpr std::array kStatusNames = {Names("status"),
                                     Names("статус"),
                                     Names("status value"),
                                     Names("project status"),
                                     Names("статус проекта"),
                                     Names("current status"),
                                     Names("текущий статус"),
                                     Names("overall status"),
                                     Names("rag status"),
                                     Names("rag"),
                                     Names("rag rating"),
                                     Names("state"),
                                     Names("состояние"),
                                     Names("светофор"),
                                     Names("health"),
                                     Names("стадия"),
                                     Names("dca"),
                                     Names("delivery confidence assessment"),
                                     Names("stage"),
                                     Names("этап")};
constexpr std::array kStatusWords = {Names("status"), Names("статус"), Names("rag"), Names("состояни")};

constexpr std::array kCommentNames = {
    Names("comment"),           Names("комментарий"),    Names("comments"),
    Names("комментарии"),       Names("status comment"), Names("комментарий к статусу"),
    Names("текст комментария"), Names("update"),         Names("status update"),
    Names("project update"),    Names("text"),           Names("текст"),
    Names("текст статуса"),     Names("status text"),    Names("описание статуса"),
    Names("description"),       Names("описание"),       Names("примечание"),
    Names("примечания"),        Names("note"),           Names("notes"),
    Names("remarks"),           Names("commentary"),     Names("narrative"),
    Names("summary"),           Names("details"),        Names("ход работ"),
    Names("пояснение"),         Names("отчет"),          Names("отчёт")};
constexpr std::array kCommentWords = {Names("comment"), Names("комментари"), Names("примечани"),
                                      Names("narrative"), Names("описани")};

constexpr std::array kCompletionDateNames = {Names("completion date"),
                                             Names("дата завершения"),
                                             Names("end date"),
                                             Names("дата окончания"),
                                             Names("due date"),
                                             Names("срок"),
                                             Names("deadline"),
                                             Names("дедлайн"),
                                             Names("due"),
                                             Names("срок завершения"),
                                             Names("срок исполнения"),
                                             Names("срок выполнения"),
                                             Names("срок реализации"),
                                             Names("finish date"),
                                             Names("target date"),
                                             Names("planned completion date"),
                                             Names("плановая дата завершения"),
                                             Names("планируемая дата завершения"),
                                             Names("project end date"),
                                             Names("сроки"),
                                             Names("planned end date"),
                                             Names("дата"),
                                             Names("date")};
constexpr std::array kCompletionDateWords = {Names("completion"), Names("deadline"), Names("завершени"),
                                             Names("окончани")};

constexpr std::array kIdentifierNames = {Names("project"),
                                         Names("проект"),
                                         Names("project name"),
                                         Names("название проекта"),
                                         Names("наименование проекта"),
                                         Names("имя проекта"),
                                         Names("project title"),
                                         Names("identifier"),
                                         Names("идентификатор"),
                                         Names("name"),
                                         Names("название"),
                                         Names("наименование"),
                                         Names("title"),
                                         Names("project id"),
                                         Names("id проекта"),
                                         Names("код проекта"),
                                         Names("initiative"),
                                         Names("инициатива"),
                                         Names("задача"),
                                         Names("task"),
                                         Names("key"),
                                         Names("id")};

constexpr std::array kProjectManagerNames = {Names("project manager"),
                                             Names("руководитель проекта"),
                                             Names("менеджер проекта"),
                                             Names("рп"),
                                             Names("manager"),
                                             Names("руководитель"),
                                             Names("менеджер"),
                                             Names("pm"),
                                             Names("project lead"),
                                             Names("owner"),
                                             Names("project owner"),
                                             Names("владелец"),
                                             Names("владелец проекта"),
                                             Names("ответственный"),
                                             Names("lead"),
                                             Names("responsible"),
                                             Names("senior responsible owner"),
                                             Names("sro"),
                                             Names("куратор")};
constexpr std::array kProjectManagerWords = {Names("manager"), Names("руководител"), Names("менеджер"),
                                             Names("ответственн")};

// "completion_date", "Completion-Date:" and "completion  date" are one name. UTF-8 is left alone: only ASCII
// changes.
std::string words_of(std::string_view folded) {
  constexpr std::string_view kGaps = " _-\t\n\r:*";
  std::string words;
  for (const char c : folded) {
    if (kGaps.find(c) == std::string_view::npos) {
      words.push_back(c);
    } else if (!words.empty() && words.back() != ' ') {
      words.push_back(' ');
    }
  }
  if (words.ends_with(' ')) words.pop_back();
  return words;
}

bool has_word_beginning(std::string_view words, std::string_view beginning) {
  for (std::size_t at = words.find(beginning); at != std::string_view::npos;
       at = words.find(beginning, at + 1)) {
    constexpr std::string_view kBeforeWords = " (/";
    if (at == 0 || kBeforeWords.find(words[at - 1]) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

const UsualHeaders kUsualStatus{"status", kStatusNames, kStatusWords};
const UsualHeaders kUsualComment{"comment", kCommentNames, kCommentWords};
const UsualHeaders kUsualCompletionDate{"completion date", kCompletionDateNames, kCompletionDateWords};
const UsualHeaders kUsualIdentifier{"identifier", kIdentifierNames, {}};
const UsualHeaders kUsualProjectManager{"project manager", kProjectManagerNames, kProjectManagerWords};

std::size_t rank_of(std::string_view folded_header, const UsualHeaders& usual) {
  const std::string words = words_of(folded_header);
  if (words.empty()) return kNotUsual;
  const auto name = std::find(usual.names.begin(), usual.names.end(), words);
  if (name != usual.names.end()) return static_cast<std::size_t>(name - usual.names.begin());
  const bool has_word =
      std::any_of(usual.word_beginnings.begin(), usual.word_beginnings.end(),
                  [&](std::string_view beginning) { return has_word_beginning(words, beginning); });
  return has_word ? usual.names.size() : kNotUsual;
}

}  // namespace sv::tables
