#include "words/tables.hpp"

#include <array>

namespace sv::words {

namespace {

// clang-format off
constexpr auto kPhrases = std::to_array<Phrase>({
    {"What to check", "Что проверять"},
    {"Whom to ask", "Кого спрашивать"},
    {"What to write", "Что записать"},
    {"Settings file (YAML); see config.example.yaml", "Файл настроек (YAML); образец — config.example.yaml"},
    {"Rulebook (a text or Markdown file), instead of the settings file's rules. Without FILE: also write the rulebook, one line per row, beside the output",
     "Правила (текст или Markdown) вместо правил из файла настроек. Без ФАЙЛА: ещё и записать правила, по строке на строку, рядом с рецензией"},
    {"Tab of a workbook [the first that is not hidden]", "Лист книги [первый не скрытый]"},
    {"Header name of a column: status, comment, completion_date, identifier or project_manager (repeatable). Without any, the usual English and Russian names are looked for",
     "Заголовок столбца: status, comment, completion_date, identifier или project_manager (можно повторять). Если не задан ни один, ищутся обычные русские и английские имена"},
    {"A status that may be used (repeatable)", "Допустимый статус (можно повторять)"},
    {"Not told to the model where it stands in a status or comment: project_manager, identifier, email or phone (repeatable)",
     "Что скрыть от модели в статусе и комментарии: project_manager, identifier, email или phone (можно повторять)"},
    {"Only the first N rows", "Только первые N строк"},
    {"Ask the model again about every row, cached or not", "Спросить модель заново о каждой строке, есть ответ в кэше или нет"},
    {"Ask again about rows whose check date is missing, unreadable or from before this week",
     "Спросить заново о строках, у которых даты проверки нет, она не читается или раньше этой недели"},
    {"Model to ask, as the provider calls it", "Модель, как её называет провайдер"},
    {"Address of an OpenAI-compatible API [https://api.openai.com/v1]. The key comes from the environment (OPENAI_API_KEY) or the settings file, never from a flag",
     "Адрес API, совместимого с OpenAI [https://api.openai.com/v1]. Ключ берётся из окружения (OPENAI_API_KEY) или файла настроек и никогда — из флага"},
    {"Requests in flight at the same time, 1 to 5000 [found out by itself]", "Сколько запросов держать одновременно, от 1 до 5000 [подбирается само]"},
    {"Give a request up after so many seconds [60]", "Не ждать ответа на запрос дольше стольких секунд [60]"},
    {"What the run may cost, in the currency of the prices; it then ends well (exit code 3), and goes on when it is run again with a higher limit",
     "Сколько может стоить запуск, в валюте цен; тогда он заканчивается как следует (код 3) и продолжится, если запустить его с большим пределом"},
    {"Requests that the run may send, likewise", "Сколько запросов может отправить запуск; так же"},
    {"How long the run may send requests, likewise", "Сколько времени запуск может отправлять запросы; так же"},
    {"Ask the built-in stand-in for a model: no account, no network, nothing paid. Its verdicts come from simple checks: to try things, never to judge real work",
     "Спрашивать встроенную замену модели: без учётной записи, без сети, бесплатно. Её оценки — простые проверки: чтобы попробовать, но не судить о работе"},
    {"Ask through the provider's Batch API: half the price, an answer within a day; what it leaves is asked one by one",
     "Спрашивать через Batch API провайдера: за половину цены, ответ в течение суток; оставшееся спрашивается по одной строке"},
    {"With --batch: do not wait for batches that are under way (exit code 75); `resume` goes on",
     "С --batch: не ждать пакетов, которые в работе (код 75); продолжит `resume`"},
    {"With --batch: rows in a batch at most [50000]", "С --batch: сколько строк в пакете, не больше [50000]"},
    {"Prices of models (YAML), for the cost figures; they win over the built-in ones",
     "Цены моделей (YAML) для расчёта стоимости; важнее встроенных"},
    {"Answer cache (SQLite) [status_validator_answers.sqlite]", "Кэш ответов (SQLite) [status_validator_answers.sqlite]"},
    {"Review to write or to update (CSV, XLSX)", "Рецензия, которую создать или обновить (CSV, XLSX)"},
    {"Write nothing; print the review rows as JSON", "Ничего не записывать; вывести строки рецензии как JSON"},
    {"Print one JSON line per row as it is finished, and a summary as the last", "Выводить по строке JSON на каждую готовую строку и последней — итоги"},
    {"Write the run as one HTML page for people: verdicts, what has changed since the run before, costs; it opens without a network",
     "Записать запуск одной HTML-страницей для людей: оценки, что изменилось с прошлого запуска, стоимость; открывается без сети"},
    {"Keep the run's figures in this file, rewritten every 10 s, in Prometheus' text format; node_exporter reads names that end in .prom",
     "Держать показатели запуска в этом файле, обновляя каждые 10 с, в текстовом формате Prometheus; node_exporter читает имена на .prom"},
    {"Serve the run's figures at http://ADDR:PORT/metrics while it goes on, for Prometheus; for this machine only without ADDR, on any free port with 0",
     "Пока идёт запуск, отдавать его показатели для Prometheus по http://АДРЕС:ПОРТ/metrics; без АДРЕСА — только этой машине, с 0 — на любом свободном порту"},
    {"Language of issues and rewrites: auto, en or ru [auto]", "Язык замечаний и исправлений: auto, en или ru [auto]"},
    {"Say more about what happens", "Больше сообщений о том, что происходит"},
    {"Say only what went wrong", "Сообщать только о том, что не так"},
    {"Sheet with the status rows (CSV, XLSX, ODS)", "Таблица со статусами (CSV, XLSX, ODS)"},
    {"Language of messages: en or ru [by the locale]", "Язык сообщений: en или ru [по настройкам системы]"},
    {"Print the version", "Вывести версию"},
    {"Print this help", "Вывести эту справку"},
    // names of values
    {"FILE", "ФАЙЛ"},
    {"[FILE]", "[ФАЙЛ]"},
    {"NAME", "ИМЯ"},
    {"FIELD=HEADER", "ПОЛЕ=ЗАГОЛОВОК"},
    {"STATUS", "СТАТУС"},
    {"WHAT", "ЧТО"},
    {"N", "N"},
    {"URL", "URL"},
    {"SECONDS", "СЕКУНДЫ"},
    {"AMOUNT", "СУММА"},
    {"[ADDR:]PORT", "[АДРЕС:]ПОРТ"},
    {"CODE", "КОД"},
    // the program
    {"Checks the status rows of a sheet against a rulebook with a language model, many at a time.",
     "Проверяет строки статусов из таблицы по правилам с помощью языковой модели, много строк разом."},
    {"Every row is judged once: answers are kept in a cache, and only new or changed rows are paid for again.",
     "Каждая строка оценивается один раз: ответы хранятся в кэше, и платить снова приходится только за новые и изменённые строки."},
    {"Exit codes: 0 all rows judged (invalid rows are a result) · 2 some rows could not be judged · 3 a limit was",
     "Коды завершения: 0 все строки проверены (замечания — это результат) · 2 часть строк проверить не удалось ·"},
    {"reached · 64 usage · 65 bad source data · 66 no such source · 69 no provider reachable · 70 a bug · 73 cannot",
     "3 достигнут предел · 64 ошибка в команде · 65 негодный источник · 66 источника нет · 69 нет связи с провайдером ·"},
    {"write the output · 74 I/O error · 75 try again later · 76 protocol · 77 key or permission refused · 78 mistakes",
     "70 ошибка в программе · 73 рецензия не записывается · 74 ошибка ввода-вывода · 75 попробуйте позже ·"},
    {"in the settings · 129/130/143 stopped", "76 сбой протокола · 77 нет доступа или прав · 78 ошибки в настройках · 129/130/143 остановлено"},
    {"Documentation: docs/how-it-works.md, docs/configuration.md, docs/providers.md",
     "Документация: docs/providers.ru.md, docs/troubleshooting.ru.md; docs/configuration.md (по-английски)"},
    {"Check a sheet and write its review", "Проверить таблицу и записать рецензию"},
    {"Tell what a run with these options would ask, take and cost; nothing is sent",
     "Сказать, что запуск с такими флагами спросит, сколько займёт и будет стоить; ничего не отправляется"},
    {"Read settings, rulebook and the source's header, and tell what was understood",
     "Прочитать настройки, правила и заголовок источника и сказать, что понято"},
    {"Look at settings, tables, cache and providers, and say how to mend what is wrong; nothing is paid",
     "Осмотреть настройки, таблицы, кэш и провайдеров и сказать, как исправить то, что не так; бесплатно"},
});
// clang-format on

}  // namespace

std::span<const Phrase> run_help_phrases() { return kPhrases; }

}  // namespace sv::words
