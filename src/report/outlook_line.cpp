#include "report/outlook_line.hpp"

#include "base/text.hpp"
#include "report/numbers.hpp"

#include <fmt/format.h>

#include <string_view>

namespace sv::report {

namespace {

struct OutlookTexts {
  std::string_view rows;  // {} = how many
  std::string_view cached;
  std::string_view by_checks;
  std::string_view duplicate;
  std::string_view skipped;
  std::string_view to_ask;
  std::string_view nothing_to_ask;
  std::string_view expected;      // {} = cost, {} = time
  std::string_view about;         // {} = amount or time
  std::string_view cost_unknown;  // {} = model
  std::string_view time_unknown;
  std::string_view in_batches;
  std::string_view at_flex;
  std::string_view first_guesses;
};

constexpr OutlookTexts kEnglish = {
    .rows = "{} rows: ",
    .cached = "{} cached",
    .by_checks = "{} decided by checks",
    .duplicate = "{} duplicate",
    .skipped = "{} without an identifier",
    .to_ask = "{} to ask",
    .nothing_to_ask = "nothing to ask",
    .expected = "expected: {}, {}",
    .about = "about {}",
    .cost_unknown = "cost unknown (no price for {}: --prices FILE)",
    .time_unknown = "time not known before the first run",
    .in_batches = "an answer within a day",
    .at_flex = " at the flex price",
    .first_guesses = "; a first guess: no answer with this rulebook yet",
};

constexpr OutlookTexts kRussian = {
    .rows = "Строк: {}; ",
    .cached = "из кэша {}",
    .by_checks = "решено без модели {}",
    .duplicate = "повторов {}",
    .skipped = "без идентификатора {}",
    .to_ask = "спросить {}",
    .nothing_to_ask = "спрашивать нечего",
    .expected = "ожидается: {}, {}",
    .about = "около {}",
    .cost_unknown = "стоимость неизвестна (нет цены для {}: --prices ФАЙЛ)",
    .time_unknown = "время до первого запуска неизвестно",
    .in_batches = "ответ в течение суток",
    .at_flex = " по цене flex",
    .first_guesses = "; это первая прикидка: с этими правилами ответов ещё не было",
};

constexpr std::size_t kModelColumns = 40;

std::string fill(std::string_view text, std::string_view with) {
  return fmt::format(fmt::runtime(text), with);
}

}  // namespace

std::vector<std::string> render_outlook(const Outlook& outlook, domain::Language language) {
  const OutlookTexts& texts = language == Language::russian ? kRussian : kEnglish;
  std::string counts;
  const auto add = [&](std::string_view text, std::uint64_t count) {
    if (count == 0) return;
    if (!counts.empty()) counts += ", ";
    counts += fill(text, grouped(count));
  };
  add(texts.skipped, outlook.skipped);
  add(texts.by_checks, outlook.decided);
  add(texts.cached, outlook.cached);
  add(texts.duplicate, outlook.duplicates);
  add(texts.to_ask, outlook.to_ask);
  if (outlook.to_ask == 0) {
    if (!counts.empty()) counts += ", ";
    counts += texts.nothing_to_ask;
  }
  std::vector<std::string> lines{fill(texts.rows, grouped(outlook.rows)) + counts};
  if (outlook.to_ask == 0) return lines;
  std::string cost = fill(texts.cost_unknown, shorten(sanitize_for_terminal(outlook.model), kModelColumns));
  if (outlook.cost) {
    cost = fill(texts.about, money_text(*outlook.cost, language));
    if (outlook.mode == AskMode::flex) cost += texts.at_flex;
  }
  std::string time(texts.time_unknown);
  if (outlook.time) time = fill(texts.about, rough_duration_text(*outlook.time, language));
  if (outlook.mode == AskMode::batch) time = texts.in_batches;
  std::string expected = fmt::format(fmt::runtime(texts.expected), cost, time);
  if (outlook.history == 0) expected += texts.first_guesses;
  lines.push_back(std::move(expected));
  return lines;
}

}  // namespace sv::report
