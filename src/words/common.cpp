#include "words/tables.hpp"

#include <array>

namespace sv::words {

namespace {

// clang-format off
constexpr auto kPhrases = std::to_array<Phrase>({
    // What the system says (errno).
    {"No such file or directory", "нет такого файла или папки"},
    {"Permission denied", "нет прав"},
    {"Operation not permitted", "действие запрещено"},
    {"Is a directory", "это папка, а не файл"},
    {"Not a directory", "это не папка"},
    {"File exists", "файл уже есть"},
    {"No space left on device", "на диске нет места"},
    {"Disk quota exceeded", "исчерпана квота диска"},
    {"Read-only file system", "диск доступен только для чтения"},
    {"Too many open files", "открыто слишком много файлов"},
    {"Input/output error", "ошибка ввода-вывода"},
    {"Broken pipe", "читающая сторона закрыта"},
    {"File too large", "файл слишком велик"},
    {"File name too long", "слишком длинное имя файла"},
    {"Too many levels of symbolic links", "слишком длинная цепочка ссылок"},
    {"Device or resource busy", "занято другой программой"},
    {"Text file busy", "файл занят другой программой"},
    {"Address already in use", "порт уже занят"},
    {"Cannot assign requested address", "у этой машины нет такого адреса"},
    {"Connection refused", "в соединении отказано"},
    {"Cannot allocate memory", "не хватает памяти"},
    // Kinds of errors, where only their name is told.
    {"cancelled", "прервано"},
    {"connect", "нет соединения"},
    {"tls", "ошибка TLS"},
    {"timeout", "истекло время"},
    {"protocol", "сбой протокола"},
    {"oversized", "слишком большой ответ"},
    {"rate_limited", "лимит запросов"},
    {"overloaded", "провайдер перегружен"},
    {"server_error", "ошибка сервера"},
    {"too_large", "запрос слишком велик"},
    {"bad_request", "запрос отклонён"},
    {"unauthorized", "нет доступа"},
    {"unknown_model", "неизвестная модель"},
    {"quota_exhausted", "квота исчерпана"},
    {"refused", "отказ модели"},
    {"truncated", "ответ обрезан"},
    {"invalid_reply", "ответ не по форме"},
    {"invalid_input", "неверные данные"},
    {"not_found", "не найдено"},
    {"permission_denied", "нет прав"},
    {"limit_reached", "предел запуска"},
    {"already_locked", "занято"},
    // Labels.
    {"warning:", "предупреждение:"},
    {"error:", "ошибка:"},
    {"debug:", "отладка:"},
    {"error: {}", "ошибка: {}"},
    {"{}: error: {}", "{}: ошибка: {}"},
    {"= help: {}", "= совет: {}"},
    {"help: {}", "совет: {}"},
    {"… and {} more mistakes", "… и ещё ошибок: {}"},
    {"… and at least {} more mistakes", "… и ещё ошибок: не менее {}"},
    {"… and {}{} more mistakes", "… и ещё ошибок: {0}{1}"},
    {"at least ", "не менее "},
    {"unexpected: {} (please report this)", "неожиданная ошибка: {} (пожалуйста, сообщите о ней)"},
    {"out of memory; nothing that was paid for is lost, `status-validator resume` goes on with the run",
     "не хватило памяти; всё оплаченное сохранено, запуск продолжит `status-validator resume`"},
    // Files.
    {"cannot read '{}': {}", "файл «{}» не читается: {}"},
    {"'{}' is larger than {} bytes", "файл «{}» больше {} байт"},
    {"cannot look at {}: {}", "нет доступа к {}: {}"},
    {"cannot open {}: {}", "{} не открывается: {}"},
    {"cannot read {}: {}", "{} не читается: {}"},
    {"cannot write {}: {}", "{} не записывается: {}"},
    {"cannot write to {}: {}", "запись в {} не удалась: {}"},
    {"cannot read from {}: {}", "{} не читается: {}"},
    {"cannot create {}: {}", "{} не создаётся: {}"},
    {"cannot write to directory {}: {}", "в папку {} нельзя писать: {}"},
    {"cannot set the mode of {}: {}", "не удалось задать права на файл {}: {}"},
    {"cannot replace {}: {}", "{} не заменяется: {}"},
    {"cannot sync {}: {}", "{} не сохраняется на диск: {}"},
    {"cannot make a scratch directory as {}: {}", "не создаётся временная папка {}: {}"},
    {"cannot write a scratch file for {}: {}", "не записывается временный файл для {}: {}"},
    {"cannot read a scratch file for {}: {}", "не читается временный файл для {}: {}"},
    {"cannot read a scratch file for the tab \"{}\": {}", "не читается временный файл для листа «{}»: {}"},
    {"cannot write the rows to the output: {}", "строки не выводятся: {}"},
    {"{} is a directory, not a file", "{}: это папка, а не файл"},
    {" is a directory, not a file", ": это папка, а не файл"},
    {" is not a regular file; rows are read more than once, so save them to a file first",
     ": это не обычный файл; строки читаются не один раз, поэтому сначала сохраните их в файл"},
    {"another process", "другой процесс"},
    {"the run was stopped", "запуск был остановлен"},
});
// clang-format on

}  // namespace

std::span<const Phrase> common_phrases() { return kPhrases; }

}  // namespace sv::words
