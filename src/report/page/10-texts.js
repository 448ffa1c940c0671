// Every word of the page, in each language; a test holds the two lists against each other.
// {0}, {1} … are filled in by t().
const TEXTS = {
  en: {
    title: "Review of {0}", subtitle: "{0}, {1}; run {2}", skip: "Skip to the rows",
    nav: "Parts of the report", overview: "Overview", changes: "Changes", who: "Who and what", rows: "Rows", run: "Run", settings: "Settings",
    theme: "Colours", theme_auto: "Auto", theme_light: "Light", theme_dark: "Dark",
    v: "valid", i: "not valid", r: "to look at", u: "unjudged", s: "skipped", n: "not reached",
    v_long: "The update follows the rulebook", i_long: "The update has to be corrected",
    r_long: "The text speaks to the checker: a person must look", u_long: "No model could judge it",
    s_long: "Its identifier cell is empty", n_long: "The run ended before it came to them",
    headline: "{0} of {1} rows are valid ({2}).", headline_none: "No row has a verdict.", headline_i: "{0} have to be corrected.",
    headline_r: "{0} should be looked at by a person.", headline_u: "{0} could not be judged.", headline_n: "{0} were not reached.",
    cost: "Cost", unknown: "unknown", free: "nothing was paid", unpriced: "{0} requests without a known price are not in it",
    per_1000: "{0} per 1,000 judged rows", duration: "Time", answers: "Answers", judged_now: "{0} judged now", from_cache: "{0} from the local cache",
    requests: "Requests", failed: "{0} failed", open_requests: "{0} of unknown end", prompt_cache: "Prompt cache", prompt_cache_of: "of {0} input tokens",
    tokens: "Tokens", tokens_of: "{0} in, {1} out", speed: "{0} answers a second",
    state_interrupted: "The run was stopped before its end.", state_failed: "The run failed.", state_killed: "The run was killed: its end is not known.",
    state_running: "The run was still going on.", stopped_because: "Reason: {0}.", reached: "{0} of {1} rows have their outcome.",
    earlier_processes: "The run went on after an interruption ({0} parts): the time line shows the last one, all other figures are of the whole run.",
    made_later: "This page was made after the run, from its journal, the answer cache and the source as they are now.",
    gap_waits: "What rows waited for is not in it: only the run itself sees that.",
    gap_rows_changed: "Rows that are not what they were during the run: {0}. They are marked, and show what stands there now.",
    gap_rows_gone: "Rows that are not in the source any more: {0}. They are missing here.",
    gap_verdicts_lost: "Rows whose answer is not in the cache: {0}. Their verdict is known, its reasons are not.",
    gap_reasons_lost: "Rows without a verdict: {0}. Of the reason only the last error is known.",
    gap_states_lost: "The run kept no list of its rows: whether the source has changed since cannot be told.",
    gap_requests_lost: "Damaged lines of the journal: {0}. Requests, costs and times are incomplete.",
    gap_rows_left_out: "More rows than a page can hold: the last {0} are only in the counts above.",
    no_deflate: "This browser is too old to unpack the rows (it lacks DecompressionStream): use one from 2023 or later.",
    broken_rows: "A part of the rows could not be read; the file is damaged.", reading: "Reading rows … {0} of {1}",
    since: "Since the run of {0}", since_other: "The rulebook, the prompt or a model has changed since: a verdict may be another because of that.",
    c1: "newly broken", c2: "fixed", c3: "still broken", c4: "still valid", c5: "new", c0: "without comparison", c6: "gone",
    c1_long: "valid then, not now", c2_long: "not valid then, valid now", c3_long: "not valid then, not now", c4_long: "valid then and now",
    c5_long: "not there then", c0_long: "no verdict then or now", c6_long: "not there any more", untouched: "{0} of them with the same text",
    gone_rows: "Rows that are gone ({0})", and_more: "… and {0} more", renamed_from: "was “{0}”", edited: "text changed", not_edited: "same text",
    first_run: "There is no earlier run to compare with: the next report will have a part “Changes”.",
    manager: "Manager", no_manager: "no manager", by_manager: "By manager", by_rule: "By rule", rule: "Rule", no_rule: "without a rule",
    not_valid_of: "{0} of {1} not valid", issues_n: "{0} issues", show_all: "Show all {0}", show_less: "Show fewer", no_issues: "No issue was found.",
    filter: "Filters", search: "Search", search_hint: "Words in any text  (press /)", verdict: "Verdict", status: "Status", provider: "Provider",
    answer: "Answer", answer_j: "judged now", answer_c: "from the cache", change: "Change", severity: "Severity", any: "any", clear: "Clear filters",
    shown: "{0} of {1} rows", nothing: "No row fits. ", save_csv: "Save as CSV", save_json: "Save as JSON", print: "Print",
    number: "Row", project: "Project", text: "Status update", issues: "Issues", sort_by: "Sort by {0}", order: "Order", source_order: "order of the sheet",
    by_issues: "most issues first", by_cost: "dearest first", by_latency: "slowest first", by_verdict: "worst verdict first", by_project: "project", by_manager_order: "manager", by_status: "status",
    table_label: "Rows with their verdicts", table_help: "Arrow keys move between rows, Enter opens one, Escape closes it.",
    close: "Close", previous: "Previous row", next: "Next row", open_sheet: "Open in the sheet", row_n: "Row {0}", link: "Link to this row",
    original: "Original", rewrite: "Suggested rewrite", no_rewrite: "No rewrite was suggested.", empty_text: "empty", same_text: "Not a word differs: what is wrong is not in this text.", words_gone: "struck out: only in the original", words_new: "underlined: only in the rewrite",
    sev0: "minor", sev1: "major", sev2: "critical", quote: "Quote", date: "Completion date", model: "Model", answered: "Answered", latency: "Time to answer",
    reason: "Reason", source_changed: "The source has another text here than during the run.", details: "Details", pick_row: "Pick a row to see its text, the rewrite and the reasons.",
    reasons_unknown: "The reasons of this verdict could not be recovered.",
    time_line: "Time line", throughput: "Answers a second", in_flight: "Requests in flight", trouble: "Failures and 429s", waiting: "Rows that waited", failures: "failures", limited: "429 (rate limited)",
    per_step: "each bar is {0}", distributions: "Distributions", latency_dist: "Time to answer", cost_dist: "Cost of a request", median: "median {0}, p95 {1}, p99 {2}, longest {3}",
    up_to: "up to {0}", caches: "Caches", local_cache: "Local answer cache", local_cache_note: "{0} of {1} rows cost nothing: asked before, or identical to another row",
    provider_cache: "Prompt cache of the providers", provider_cache_note: "{0} of {1} input tokens were read from it", errors: "Errors", providers: "Providers", no_requests: "Nothing was asked: every verdict came from the cache.",
    retried: "These are requests, not rows: a failed request is sent again.", p50: "median", configuration: "Configuration", no_secrets: "Keys are never shown.", hashes: "Hashes", rulebook: "Rulebook", source: "Source", target: "Review", program: "Program",
    made: "Made on {0} by {1}. One file, no network: it can be mailed as it is.", max: "max {0}",
    print_rows: "Rows ({0})", print_more: "{0} more rows are not printed: filter before printing.", cached_word: "cached",
    unit_ms: "ms", unit_s: "s", unit_min: "min", unit_h: "h",
  },
  ru: {
    title: "Проверка: {0}", subtitle: "{0}, {1}; запуск {2}", skip: "Сразу к строкам",
    nav: "Части отчёта", overview: "Итог", changes: "Изменения", who: "Кто и что", rows: "Строки", run: "Ход запуска", settings: "Настройки",
    theme: "Цвета", theme_auto: "Авто", theme_light: "Светлая", theme_dark: "Тёмная",
    v: "верно", i: "с замечаниями", r: "посмотреть", u: "без оценки", s: "пропущено", n: "не дошла очередь",
    v_long: "Статус соответствует правилам", i_long: "Статус надо исправить",
    r_long: "Текст обращается к проверяющему: должен посмотреть человек", u_long: "Ни одна модель не смогла оценить",
    s_long: "Пустая ячейка идентификатора", n_long: "Запуск закончился раньше",
    headline: "Верно {0} из {1} строк ({2}).", headline_none: "Ни одна строка не получила оценки.", headline_i: "Исправить: {0}.",
    headline_r: "Посмотреть человеку: {0}.", headline_u: "Не удалось оценить: {0}.", headline_n: "Не дошла очередь: {0}.",
    cost: "Стоимость", unknown: "неизвестно", free: "ничего не потрачено", unpriced: "без запросов, цена которых неизвестна: {0}",
    per_1000: "{0} на 1000 проверенных строк", duration: "Время", answers: "Ответы", judged_now: "проверено сейчас: {0}", from_cache: "из местного кэша: {0}",
    requests: "Запросы", failed: "с ошибкой: {0}", open_requests: "конец неизвестен: {0}", prompt_cache: "Кэш промптов", prompt_cache_of: "из {0} токенов на входе",
    tokens: "Токены", tokens_of: "на входе {0}, на выходе {1}", speed: "ответов в секунду: {0}",
    state_interrupted: "Запуск остановлен до конца.", state_failed: "Запуск закончился ошибкой.", state_killed: "Запуск был прерван: чем он кончился, неизвестно.",
    state_running: "Запуск ещё шёл.", stopped_because: "Причина: {0}.", reached: "Итог есть у {0} из {1} строк.",
    earlier_processes: "Запуск продолжался после перерыва (частей: {0}): ход по времени показан для последней, остальное — для всего запуска.",
    made_later: "Страница сделана после запуска: из его журнала, кэша ответов и исходной таблицы, какие они сейчас.",
    gap_waits: "Чего ждали строки, здесь не показано: это видит только сам запуск.",
    gap_rows_changed: "Строк, которые с тех пор изменились: {0}. Они отмечены, показан нынешний текст.",
    gap_rows_gone: "Строк, которых в таблице больше нет: {0}. Здесь их тоже нет.",
    gap_verdicts_lost: "Строк, ответа на которые нет в кэше: {0}. Оценка известна, причины — нет.",
    gap_reasons_lost: "Строк без оценки: {0}. Из причин известна только последняя ошибка.",
    gap_states_lost: "Запуск не сохранил список строк: менялась ли таблица, сказать нельзя.",
    gap_requests_lost: "Повреждённых строк журнала: {0}. Запросы, стоимость и время неполны.",
    gap_rows_left_out: "Строк больше, чем вмещает страница: последние {0} есть только в общих числах.",
    no_deflate: "Браузер слишком старый и не может распаковать строки (нет DecompressionStream): нужен браузер 2023 года или новее.",
    broken_rows: "Часть строк не читается: файл повреждён.", reading: "Читаются строки … {0} из {1}",
    since: "С запуска от {0}", since_other: "Правила, промпт или модель с тех пор менялись: оценка могла измениться и поэтому.",
    c1: "сломалось", c2: "исправлено", c3: "всё ещё с замечаниями", c4: "по-прежнему верно", c5: "новые", c0: "не с чем сравнить", c6: "исчезли",
    c1_long: "было верно, стало нет", c2_long: "было неверно, стало верно", c3_long: "неверно тогда и теперь", c4_long: "верно тогда и теперь",
    c5_long: "раньше не было", c0_long: "тогда или теперь без оценки", c6_long: "больше нет в таблице", untouched: "текст не менялся: {0}",
    gone_rows: "Исчезнувшие строки ({0})", and_more: "… и ещё {0}", renamed_from: "было «{0}»", edited: "текст изменён", not_edited: "текст прежний",
    first_run: "Сравнить пока не с чем: в следующем отчёте появится часть «Изменения».",
    manager: "Руководитель", no_manager: "без руководителя", by_manager: "По руководителям", by_rule: "По правилам", rule: "Правило", no_rule: "без правила",
    not_valid_of: "с замечаниями {0} из {1}", issues_n: "замечаний: {0}", show_all: "Показать все ({0})", show_less: "Показать меньше", no_issues: "Замечаний нет.",
    filter: "Отбор", search: "Поиск", search_hint: "Слова в любом тексте  (клавиша /)", verdict: "Оценка", status: "Статус", provider: "Провайдер",
    answer: "Ответ", answer_j: "проверено сейчас", answer_c: "из кэша", change: "Изменение", severity: "Важность", any: "любой", clear: "Сбросить отбор",
    shown: "{0} из {1} строк", nothing: "Нет подходящих строк. ", save_csv: "Сохранить CSV", save_json: "Сохранить JSON", print: "Печать",
    number: "Строка", project: "Проект", text: "Статус", issues: "Замечания", sort_by: "Упорядочить: {0}", order: "Порядок", source_order: "как в таблице",
    by_issues: "сначала больше замечаний", by_cost: "сначала дорогие", by_latency: "сначала медленные", by_verdict: "сначала худшие", by_project: "проект", by_manager_order: "руководитель", by_status: "статус",
    table_label: "Строки и их оценки", table_help: "Стрелки — по строкам, Enter — открыть, Escape — закрыть.",
    close: "Закрыть", previous: "Предыдущая строка", next: "Следующая строка", open_sheet: "Открыть в таблице", row_n: "Строка {0}", link: "Ссылка на строку",
    original: "Исходный текст", rewrite: "Предложенный текст", no_rewrite: "Исправление не предложено.", empty_text: "пусто", same_text: "Тексты совпадают: замечания не к этому тексту.", words_gone: "зачёркнуто: только в исходном", words_new: "подчёркнуто: только в предложенном",
    sev0: "мелкое", sev1: "важное", sev2: "критичное", quote: "Цитата", date: "Срок", model: "Модель", answered: "Ответ получен", latency: "Время ответа",
    reason: "Причина", source_changed: "В таблице теперь другой текст, чем во время запуска.", details: "Подробно", pick_row: "Выберите строку: здесь будут её текст, исправление и причины.",
    reasons_unknown: "Причины этой оценки восстановить не удалось.",
    time_line: "Ход по времени", throughput: "Ответов в секунду", in_flight: "Запросов в полёте", trouble: "Ошибки и отказы 429", waiting: "Строк в ожидании", failures: "ошибки", limited: "429 (лимит запросов)",
    per_step: "один столбик — {0}", distributions: "Распределения", latency_dist: "Время ответа", cost_dist: "Стоимость запроса", median: "медиана {0}, p95 {1}, p99 {2}, наибольшее {3}",
    up_to: "до {0}", caches: "Кэши", local_cache: "Местный кэш ответов", local_cache_note: "{0} из {1} строк ничего не стоили: уже спрашивались или совпали с другой строкой",
    provider_cache: "Кэш промптов у провайдеров", provider_cache_note: "из него прочитано {0} из {1} токенов на входе", errors: "Ошибки", providers: "Провайдеры", no_requests: "Ничего не спрашивали: все оценки из кэша.",
    retried: "Это запросы, а не строки: неудачный запрос отправляется снова.", p50: "медиана", configuration: "Настройки", no_secrets: "Ключи не показываются никогда.", hashes: "Хеши", rulebook: "Правила", source: "Источник", target: "Рецензия", program: "Программа",
    made: "Сделано {0}, {1}. Один файл, сеть не нужна: можно переслать как есть.", max: "до {0}",
    print_rows: "Строки ({0})", print_more: "Ещё {0} строк не напечатано: сначала отберите нужные.", cached_word: "из кэша",
    unit_ms: "мс", unit_s: "с", unit_min: "мин", unit_h: "ч",
  },
};

let words = TEXTS.en;
let locale = "en";

function speak(language) {
  locale = language === "ru" ? "ru" : "en";
  words = TEXTS[locale];
}

function t(key, ...values) {
  return words[key].replace(/\{(\d)\}/g, (_, index) => String(values[index]));
}

// ---- figures as people read them ----

const number = (value) => new Intl.NumberFormat(locale).format(value);
const rounded = (value, digits) => new Intl.NumberFormat(locale, { maximumSignificantDigits: digits }).format(value);

function percent(share) {
  const digits = share > 0 && share < 1 && (share < 0.01 || share > 0.99) ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(share);
}

// `trillionths` of a unit, as the program counts money.
function money(trillionths, currency) {
  const amount = trillionths / 1e12;
  const small = amount !== 0 && Math.abs(amount) < 0.1;
  const digits = small ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(locale, { style: "currency", currency, ...digits }).format(amount);
}

const costs = (list) => list.map(([amount, currency]) => money(amount, currency)).join(" + ");

function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ${t("unit_ms")}`;
  if (ms < 60000) return `${rounded(ms / 1000, 2 + (ms >= 10000))} ${t("unit_s")}`;
  const minutes = Math.floor(ms / 60000);
  if (minutes < 60) return `${minutes} ${t("unit_min")} ${Math.round((ms % 60000) / 1000)} ${t("unit_s")}`;
  return `${number(Math.floor(minutes / 60))} ${t("unit_h")} ${minutes % 60} ${t("unit_min")}`;
}

const day = (ms) => new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(new Date(ms));
const moment = (ms) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(ms));
