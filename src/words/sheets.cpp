#include "words/tables.hpp"

#include <array>

namespace sv::words {

namespace {

// clang-format off
constexpr auto kPhrases = std::to_array<Phrase>({
    {"its private key is not an RSA key in PEM form", "его закрытый ключ — не RSA в формате PEM"},
    {"its private key cannot sign", "его закрытым ключом нельзя подписать"},
    {"the service account's key file", "файл ключа сервисного аккаунта"},
    {"this machine's clock is {:.0f} s {} Google's; signed in with theirs: set the clock",
     "часы этой машины расходятся с часами Google на {0} с ({1:w}); вход выполнен по их времени: поправьте часы"},
    {"ahead of", "спешат"},
    {"behind", "отстают"},
    {"signing in to Google", "вход в Google"},
    {"another run writes to the tab \"{}\": {}; wait for its end, or stop it and run again (if it was killed: after {} UTC)",
     "в лист «{}» пишет другой запуск: {}; дождитесь его конца или остановите его и запустите снова (если он был прерван: после {} UTC)"},
    {"the lease of the tab was not given back: {}", "аренда листа не возвращена: {}"},
    {": the key may have been deleted; make a new one for the service account",
     ": ключ, возможно, удалён; создайте новый для сервисного аккаунта"},
    {"Google does not sign in {} (HTTP {}{}{}){}", "Google не пускает {} (HTTP {}{}{}){}"},
    {"{}{} (row {} of the source)", "{}{} (строка {} источника)"},
    {" (row {} of the source)", " (строка {} источника)"},
    {"{} {} deleted or renamed in the tab \"{}\" during the run, so {} not written: {}{}; run again to add {}: answers are kept",
     "за время запуска в листе «{2}» удалены или переименованы строки ({0}), их рецензии не записаны: {4}{5}; запустите снова, чтобы добавить: ответы сохранены"},
    {"rows were moved in the tab \"{}\" in the moment of writing, and cells of rows that are not ours were emptied in the review's columns: look at {} {}{} (the spreadsheet's version history has what stood there)",
     "в момент записи в листе «{0}» переставляли строки, и у чужих строк очищены ячейки в столбцах рецензии: посмотрите {2}{3} (что там было, есть в истории версий таблицы)"},
    {"the tab \"{}\" was changed all the time, so it is not certain that {} {} right: run again when it is at rest",
     "лист «{0}» всё время меняли, поэтому рецензии ({1}) могли попасть не на место: запустите снова, когда в нём не работают"},
    {"the header of the tab \"{}\" was not in its first row for some time: columns were taken to be where they had been",
     "заголовок листа «{}» какое-то время был не в первой строке: столбцы взяты на прежних местах"},
    {"columns of the review were deleted or renamed in the tab \"{}\" during the run; the next run adds them again",
     "за время запуска в листе «{}» удалены или переименованы столбцы рецензии; следующий запуск добавит их снова"},
    {"{} {} longer than the 50,000 characters that a cell of Google Sheets takes, and {} cut",
     "текстов длиннее 50 000 знаков, которые помещаются в ячейку Google Таблиц, обрезано: {0}"},
    {"the tab \"{}\" is a chart: name another in sheets.rules_sheet_name", "лист «{}» — диаграмма: назовите другой в sheets.rules_sheet_name"},
    {"it is not JSON: download the key again (Google Cloud console, service account, Keys)",
     "это не JSON: скачайте ключ снова (консоль Google Cloud, сервисный аккаунт, Keys)"},
    {"it is a key of the type \"{}\"; needed is that of a service account (Google Cloud console, IAM, Service accounts, Keys, JSON)",
     "это ключ вида «{}», а нужен ключ сервисного аккаунта (консоль Google Cloud, IAM, Service accounts, Keys, JSON)"},
    {"it has no {}: download the key again", "в нём нет {}: скачайте ключ снова"},
    {"its token_uri is no https address, so the key is not used", "его token_uri — не адрес https, поэтому ключ не используется"},
    {"key file {}", "файл ключа {}"},
    {"key file ", "файл ключа "},
    {"{}: other users of this machine may read it; take that away first: chmod 600 {}",
     "{}: его могут читать другие пользователи машины; сначала закройте доступ: chmod 600 {}"},
    {": it is too large for a key file", ": он слишком велик для файла ключа"},
    {"Google Sheets answered with something that is not JSON", "Google Таблицы ответили не JSON"},
    {"Google Sheets told no values", "Google Таблицы не прислали значений"},
    {"Google Sheets told no tabs", "Google Таблицы не прислали листов"},
    {"Google Sheets told a tab of more rows than there can be", "Google Таблицы назвали лист, в котором строк больше, чем бывает"},
    {"Google Sheets told other values than were asked for", "Google Таблицы прислали не те значения, которые запрошены"},
    {"Google Sheets", "Google Таблицы"},
    {"Google does not take the token of {}", "Google не принимает токен {}"},
    {"the Google Sheets API is not enabled in the service account's project: enable it{}{}",
     "в проекте сервисного аккаунта не включён Google Sheets API: включите его{}{}"},
    {"the token of {} does not allow this call of Google Sheets: {}", "токен {} не даёт права на этот вызов Google Таблиц: {}"},
    {"the spreadsheet {} is not shared with the service account for editing: make {} an editor",
     "у сервисного аккаунта нет права менять таблицу {}: дайте {} право «Редактор»"},
    {"the spreadsheet {} is not shared with the service account: share it with {}",
     "у сервисного аккаунта нет доступа к таблице {}: откройте её для {}"},
    {"there is no spreadsheet {}: its id is the long part of its address, between /d/ and /edit",
     "нет таблицы {}: её id — длинная часть адреса между /d/ и /edit"},
    {"the quota of the Google Sheets API is used up: {}", "квота Google Sheets API исчерпана: {}"},
    {"Google Sheets answered HTTP {}{}{}", "Google Таблицы ответили HTTP {}{}{}"},
    {"the tab \"{}\" was deleted during the run; run again: rows that were judged are not asked again",
     "лист «{}» удалён во время запуска; запустите снова: о проверенных строках заново не спросят"},
    {"the spreadsheet \"{}\" has no tab \"{}\"; it has {}", "в таблице «{}» нет листа «{}»; есть {}"},
    {"the tab with the gid {} is called \"{}\" now, not \"{}\": it is read all the same",
     "лист с gid {} теперь называется «{}», а не «{}»: он всё равно прочитан"},
    {"the tab \"{}\" was changed while it was read: run again", "лист «{}» изменился во время чтения: запустите снова"},
    {"the tab \"{}\"", "лист «{}»"},
    {"the tab \"", "лист «"},
    {"the tab \"{}\" is not a review of ours ({}), so it is left as it is; name another tab in sheets.target_sheet_name: it is made when there is none",
     "лист «{}» — не наша рецензия ({}), поэтому он оставлен как есть; назовите другой в sheets.target_sheet_name: если его нет, он будет создан"},
    {"the tab \"{}\" is a chart: name another in sheets.target_sheet_name", "лист «{}» — диаграмма: назовите другой в sheets.target_sheet_name"},
    {"the tab \"{}\" is the source itself: name another in sheets.target_sheet_name", "лист «{}» — это сам источник: назовите другой в sheets.target_sheet_name"},
});
// clang-format on

}  // namespace

std::span<const Phrase> sheets_phrases() { return kPhrases; }

}  // namespace sv::words
