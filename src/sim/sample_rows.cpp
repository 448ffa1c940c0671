#include "sim/sample_rows.hpp"

#include "base/random.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

namespace sv::sim {

namespace {

constexpr std::uint64_t kMostSentences = 6;
// Separates the random numbers of consecutive rows (the golden ratio, as in splitmix64).
constexpr std::uint64_t kStreamStep = 0x9e3779b97f4a7c15U;

constexpr std::array<std::string_view, 3> kEnglishStatuses = {"On track", "At risk", "Completed"};
constexpr std::array<std::string_view, 3> kRussianStatuses = {"В работе", "Есть риски", "Завершён"};
constexpr std::array<std::string_view, 8> kEnglish = {
    "The pumping station was delivered and stands on its foundation.",
    "Supplier B confirmed the new date for the switchgear, 12 March.",
    "Training of the night shift is planned for next week.",
    "Cable trays in hall 3 are mounted; the inspection found no defects.",
    "The budget is used to 64 %, two change requests are open.",
    "Data migration was rehearsed twice and took 5 h 20 min.",
    "Next: acceptance test of the gate controller together with the customer.",
    "We wait for the permit of the city; without it the crane cannot be set up."};
constexpr std::array<std::string_view, 8> kRussian = {
    "Насосная станция доставлена и установлена на фундамент.",
    "Поставщик подтвердил новую дату отгрузки щитов: 12 марта.",
    "Обучение ночной смены запланировано на следующую неделю.",
    "Кабельные лотки в цехе 3 смонтированы, замечаний при осмотре нет.",
    "Бюджет освоен на 64 %, открыты два запроса на изменение.",
    "Перенос данных отрепетирован дважды и занял 5 ч 20 мин.",
    "План: приёмочные испытания контроллера ворот вместе с заказчиком.",
    "Ждём разрешения города: без него нельзя поставить кран."};

}  // namespace

domain::Row sample_row(std::uint64_t index, std::uint64_t seed) {
  Random random(seed + index * kStreamStep);
  const bool is_russian = index % 2 == 1;
  const auto pick = [&](const auto& from) { return from[random.below(from.size())]; };
  domain::Row row;
  row.index = index;
  row.number = index + 2;
  row.status = pick(is_russian ? kRussianStatuses : kEnglishStatuses);
  row.comment = fmt::format("{} {}.", is_russian ? "Участок" : "Section", index + 1);
  const std::uint64_t sentences = 1 + random.below(kMostSentences);
  for (std::uint64_t i = 0; i < sentences; ++i) {
    row.comment += ' ';
    row.comment += pick(is_russian ? kRussian : kEnglish);
  }
  row.completion_date = fmt::format("{:02}.{:02}.2026", 1 + random.below(28), 1 + random.below(12));
  return row;
}

}  // namespace sv::sim
