#include "words/tables.hpp"

#include <array>

namespace sv::words {

namespace {

// clang-format off
constexpr auto kPhrases = std::to_array<Phrase>({
    // checks
    {"for example: - {id: C1, column: comment, required: true}",
     "например: - {id: C1, column: comment, required: true}"},
    {"checks must be a list of at most {} checks, got {}", "checks: нужен список не более чем из {} проверок, а здесь {:w}"},
    {"a check must be a map, got {}", "проверка — это набор ключей, а здесь {:w}"},
    {"a check needs an id: it stands in the review as the rule that is broken",
     "проверке нужен id: в рецензии он называет нарушенное правило"},
    {"this id has another check already", "такой id уже есть у другой проверки"},
    {"date format '{}': {}", "вид даты «{}»: {}"},
    {"its letters must be YYYY or YY, MM or M, DD or D", "буквы в нём — YYYY или YY, MM или M, DD или D"},
    {"it must name year, month and day once", "год, месяц и день в нём стоят по одному разу"},
    {"such as YYYY-MM-DD, DD.MM.YYYY or D/M/YY", "например YYYY-MM-DD, DD.MM.YYYY или D/M/YY"},
    {"this check tests nothing", "эта проверка ничего не проверяет"},
    {"give it required, allowed, date, not_before, not_after, sections, min_length, max_length, forbidden or unchanged_days",
     "задайте required, allowed, date, not_before, not_after, sections, min_length, max_length, forbidden или unchanged_days"},
    {"min_length is more than max_length: nothing can pass", "min_length больше max_length: этого не пройдёт ни один текст"},
    {"column must be one of {}", "column: допустимо одно из {}"},
    {"severity must be one of {}", "severity: допустимо одно из {}"},
    {"{} must be 1..{}, got {}", "{}: допустимо 1..{}, а задано {:w}"},
    {"{} must be a text or a list of them, got {}", "{}: нужен текст или список текстов, а здесь {:w}"},
    {"a text that holds ': ' or ends with ':' needs quotes",
     "текст, в котором есть «: » или который кончается двоеточием, пишется в кавычках"},
    {"{} must be a day, got {}", "{}: нужен день, а задано {:w}"},
    {"such as 2026-12-31, today, today-7d, monday (of this week) or monday+2w",
     "например 2026-12-31, today, today-7d, monday (этой недели) или monday+2w"},
    // prices
    {"a price file is a map with the key prices", "файл цен — это набор ключей, среди них prices"},
    {"see docs/configuration.md", "см. docs/configuration.md"},
    {"prices must be a list of at most {} prices", "prices: нужен список не более чем из {} цен"},
    {"for example: - {model: gpt-4o-mini, input: 0.15, output: 0.60}",
     "например: - {model: gpt-4o-mini, input: 0.15, output: 0.60}"},
    {"currency must be the three letters of its code", "currency: нужны три буквы кода валюты"},
    {"such as USD, EUR or RUB", "например USD, EUR или RUB"},
    {"a price must be a map, got {}", "цена — это набор ключей, а здесь {:w}"},
    {"a price names its model", "у цены должна быть модель"},
    {"model: as in llm.providers.N.model", "model: как в llm.providers.N.model"},
    {"this model has a price already at this address", "у этой модели по этому адресу цена уже есть"},
    {"{} must be a number from 0 to {} with at most {} digits after the point, got {}",
     "{}: нужно число от 0 до {}, не более {} знаков после точки, а задано {:w}"},
    {"the price of a million tokens, such as 0.15", "цена миллиона токенов, например 0.15"},
    // YAML
    {"the file holds more than {} keys and values", "в файле больше {} ключей и значений"},
    {"settings are far smaller; is this the right file?", "настройки намного меньше; тот ли это файл?"},
    {"tags are not used in settings", "метки в настройках не нужны"},
    {"remove the word that begins with '!'", "уберите слово, которое начинается с «!»"},
    {"a second document begins here", "здесь начинается второй документ"},
    {"keep one; settings are one document", "оставьте один: настройки — это один документ"},
    {"an alias stands inside its own anchor", "ссылка стоит внутри того, на что ссылается"},
    {"write the value out", "напишите само значение"},
    {"this quote is never closed", "эта кавычка нигде не закрыта"},
    {"nested deeper than {} levels", "вложенность больше {} уровней"},
    {"settings have four levels at most", "в настройках не больше четырёх уровней"},
    {"a key must be plain text", "ключ должен быть простым текстом"},
    {"write 'key: value'", "напишите «ключ: значение»"},
    {"duplicate key '{}'", "ключ «{}» повторяется"},
    {"it stands in line {} already: keep one of them", "он уже есть в строке {}: оставьте что-то одно"},
    {"'<<' merges maps only", "«<<» сливает только наборы ключей"},
    {"write '<<: *name', where '&name' stands before a map", "напишите «<<: *имя», а «&имя» — перед набором ключей"},
    {"a ':' is not expected here", "двоеточие здесь не на месте"},
    {"check the indentation of this line and the ': ' (with a space) of the line before; a text that holds ': ' needs quotes",
     "проверьте отступ этой строки и «: » (с пробелом) в строке перед ней; текст, в котором есть «: », пишется в кавычках"},
    {"a key is not expected here", "ключ здесь не на месте"},
    {"check the indentation", "проверьте отступ"},
    {"a key is expected here", "здесь должен быть ключ"},
    {"check the indentation and the quotes before it", "проверьте отступ и кавычки перед ним"},
    {"a list item ('- …') is expected here", "здесь должен быть пункт списка («- …»)"},
    {"a list item is not expected here", "пункт списка здесь не на месте"},
    {"a value cannot begin with this character", "значение не может начинаться с этого символа"},
    {"put the value in quotes", "возьмите значение в кавычки"},
    {"the alias names an anchor that does not stand before it", "ссылка называет то, чего перед ней нет"},
    {"quote the value if it is meant to begin with '*'", "если «*» — часть значения, возьмите его в кавычки"},
    {"this bracket closes nothing", "эта скобка ничего не закрывает"},
    {"a tab cannot be used for indentation", "для отступа нельзя использовать табуляцию"},
    {"use spaces", "используйте пробелы"},
    {"this bracket is never closed", "эта скобка нигде не закрыта"},
    {"close it, or put a ',' between its items", "закройте её или поставьте «,» между значениями"},
    {"unknown escape in a double-quoted text", "неизвестный символ после «\\» в двойных кавычках"},
    {"use single quotes for texts with backslashes", "для текста с «\\» возьмите одинарные кавычки"},
    {"not valid YAML: {}", "это не YAML: {}"},
    {"not valid YAML", "это не YAML"},
    {"not UTF-8 text: byte 0x{:02x}", "это не текст в UTF-8: байт 0x{}"},
    {"save the file as UTF-8", "сохраните файл в UTF-8"},
    {"a control character (0x{:02x})", "управляющий символ (0x{})"},
    {"delete it", "удалите его"},
    {"the line is longer than {} bytes", "строка длиннее {} байт"},
    {"write a long text as a block ('rules_text: |'), or give it as a file (rules_file)",
     "длинный текст пишите блоком («rules_text: |») или положите в файл (rules_file)"},
    {"more than {} brackets and commas", "больше {} скобок и запятых"},
    {"settings are far smaller; keep a long rulebook in a file of its own (rules_file)",
     "настройки намного меньше; длинные правила положите в отдельный файл (rules_file)"},
});
// clang-format on

}  // namespace

std::span<const Phrase> yaml_phrases() { return kPhrases; }

}  // namespace sv::words
