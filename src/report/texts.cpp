#include "report/texts.hpp"

namespace sv::report {

namespace {

constexpr Texts kEnglish = {
    .rows_per_second = "rows/s",
    .time_left = "ETA",
    .in_flight = "in flight",
    .retries = "retries",
    .from_cache = "cached",
    .unjudged = "unjudged",
    .tokens = "tokens",
    .waits_for = "waits for",
    .refusals = "429s",
    .prompt_cache = "prompt cache",
    .oldest_request = "oldest",
    .of_about = "{} of about {}",
    .pauses = "pauses {} after a 429",
    .does_not_answer = "does not answer",
    .given_up = "given up",
    .steps_in = "steps in",
    .stopping = "stopping: finishing {} requests, Ctrl+C again stops now",
    .stopping_short = "stopping: {} left",
    .waits_for_batches = "waits for batches: {}, rows in them: {}",
    .waits_for_batches_short = "batches: {}",
    .row_needs_review = "to look at: {}",
    .more_rows = "more such rows are only counted from here on",
    .retry_storm = "many requests are sent again: {} of {} in 10 s (mostly: {})",
    .rows = "Rows",
    .judged = "judged",
    .cached = "cached",
    .decided = "by checks",
    .decided_note = "no model was asked",
    .skipped = "skipped",
    .not_reached = "not reached",
    .verdicts = "Verdicts",
    .valid = "valid",
    .invalid = "invalid",
    .needs_review = "to look at",
    .requests = "Requests",
    .at_most_in_flight = "at most {} in flight",
    .latency = "latency",
    .latency_note = "median; p95 {}, p99 {}, longest {}",
    .errors = "errors",
    .requests_used = "RPM used",
    .tokens_used = "TPM used",
    .of_limit = "of {} a minute, in the mean",
    .at_provider = "; {}",
    .hedges = "asked twice",
    .hedges_note = "late at the end; the first answer counted",
    .all_tokens = "Tokens",
    .input = "input",
    .cached_input = "of them {} from the prompt cache ({})",
    .output = "output",
    .reasoning = "of them {} for reasoning",
    .providers = "Providers",
    .all_answered = "all answered",
    .failed = "of them {} failed",
    .disabled = "given up: {}",
    .down = "down for {}",
    .still_down = "did not answer at the end",
    .in_time = "in {}, {} rows/s",
    .per_row = ", {} a row",
    .answered = "; {} gave an answer",
    .rate_limited = "429s",
    .per_1000_rows = "{} per 1,000 rows",
    .per_request = "{} a request",
    .batches = "Batches",
    .batch_answers = "with {} answers, at half the price",
    .flex = "Flex",
    .flex_share = "requests, {} of all, at half the price or as the price file says",
    .cost = "Cost",
    .cost_per_1000_rows = "{} per 1,000 judged rows",
    .unknown = "unknown",
    .no_price = "for model {}: add its price (--prices FILE)",
    .one_row_unjudged = "1 row could not be judged:",
    .rows_unjudged = "{} rows could not be judged:",
    .one_row_skipped = "1 row was skipped:",
    .rows_skipped = "{} rows were skipped:",
    .row = "row {}",
    .and_more = "… and {} more",
    .no_reason = "no reason given",
};

constexpr Texts kRussian = {
    .rows_per_second = "строк/с",
    .time_left = "осталось",
    .in_flight = "в полёте",
    .retries = "повторов",
    .from_cache = "из кэша",
    .unjudged = "без оценки",
    .tokens = "токенов",
    .waits_for = "ждёт:",
    .refusals = "отказов 429",
    .prompt_cache = "кэш промптов",
    .oldest_request = "самый давний",
    .of_about = "{} из примерно {}",
    .pauses = "пауза после 429 ещё {}",
    .does_not_answer = "не отвечает",
    .given_up = "отключён",
    .steps_in = "подменяет",
    .stopping = "остановка: ждём запросы ({}), Ctrl+C ещё раз – прервать сразу",
    .stopping_short = "остановка: ещё {}",
    .waits_for_batches = "ждёт пакеты: {}, строк в них: {}",
    .waits_for_batches_short = "пакетов: {}",
    .row_needs_review = "посмотреть: {}",
    .more_rows = "дальше такие строки только считаются",
    .retry_storm = "много повторных запросов: {} из {} за 10 с (чаще всего: {})",
    .rows = "Строки",
    .judged = "проверено",
    .cached = "из кэша",
    .decided = "без модели",
    .decided_note = "решено проверками",
    .skipped = "пропущено",
    .not_reached = "не дошла очередь",
    .verdicts = "Оценки",
    .valid = "верно",
    .invalid = "с замечаниями",
    .needs_review = "посмотреть",
    .requests = "Запросы",
    .at_most_in_flight = "одновременно не более {}",
    .latency = "время ответа",
    .latency_note = "медиана; p95 {}, p99 {}, наибольшее {}",
    .errors = "ошибки",
    .requests_used = "доля RPM",
    .tokens_used = "доля TPM",
    .of_limit = "от {} в минуту, в среднем",
    .at_provider = "; {}",
    .hedges = "спрошено дважды",
    .hedges_note = "опоздавшие в конце; засчитан первый ответ",
    .all_tokens = "Токены",
    .input = "на входе",
    .cached_input = "из них {} из кэша промптов ({})",
    .output = "на выходе",
    .reasoning = "из них {} на рассуждения",
    .providers = "Провайдеры",
    .all_answered = "на все получен ответ",
    .failed = "из них с ошибкой {}",
    .disabled = "отключён: {}",
    .down = "не отвечал {}",
    .still_down = "в конце не отвечал",
    .in_time = "за {}, {} строк/с",
    .per_row = ", {} на строку",
    .answered = "; с ответом {}",
    .rate_limited = "отказов 429",
    .per_1000_rows = "{} на 1000 строк",
    .per_request = "{} на запрос",
    .batches = "Пакеты",
    .batch_answers = "ответов в них: {}, за половину цены",
    .flex = "Flex",
    .flex_share = "запросов, {} от всех, за полцены или как в файле цен",
    .cost = "Стоимость",
    .cost_per_1000_rows = "{} на 1000 проверенных строк",
    .unknown = "неизвестно",
    .no_price = "для модели {}: добавьте её цену (--prices FILE)",
    .one_row_unjudged = "Не удалось проверить 1 строку:",
    .rows_unjudged = "Не удалось проверить строк: {}:",
    .one_row_skipped = "Пропущена 1 строка:",
    .rows_skipped = "Пропущено строк: {}:",
    .row = "строка {}",
    .and_more = "… и ещё {}",
    .no_reason = "причина не указана",
};

std::string_view russian_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::cancelled:
      return "прервано";
    case ErrorKind::connect:
      return "нет соединения";
    case ErrorKind::tls:
      return "ошибка TLS";
    case ErrorKind::timeout:
      return "истекло время";
    case ErrorKind::protocol:
      return "сбой протокола";
    case ErrorKind::oversized:
      return "слишком большой ответ";
    case ErrorKind::rate_limited:
      return "лимит запросов";
    case ErrorKind::overloaded:
      return "провайдер перегружен";
    case ErrorKind::server_error:
      return "ошибка сервера";
    case ErrorKind::too_large:
      return "запрос слишком велик";
    case ErrorKind::bad_request:
      return "запрос отклонён";
    case ErrorKind::unauthorized:
      return "нет доступа";
    case ErrorKind::unknown_model:
      return "неизвестная модель";
    case ErrorKind::quota_exhausted:
      return "квота исчерпана";
    case ErrorKind::refused:
      return "отказ модели";
    case ErrorKind::truncated:
      return "ответ обрезан";
    case ErrorKind::invalid_reply:
      return "ответ не по форме";
    case ErrorKind::invalid_input:
      return "неверные данные";
    case ErrorKind::not_found:
      return "не найдено";
    case ErrorKind::permission_denied:
      return "нет прав";
    case ErrorKind::limit_reached:
      return "предел запуска";
    case ErrorKind::already_locked:
      return "занято";
    case ErrorKind::io:
      return "ошибка ввода-вывода";
  }
  return "неизвестно";
}

std::string_view english_wait(domain::WaitReason reason) {
  switch (reason) {
    case domain::WaitReason::requests:
      return "RPM";
    case domain::WaitReason::tokens:
      return "TPM";
    case domain::WaitReason::slots:
      return "answers";
    case domain::WaitReason::pause:
      return "the pause after a 429";
    case domain::WaitReason::outage:
      return "the provider to be back";
    case domain::WaitReason::first_answers:
      return "the first answers";
    case domain::WaitReason::back_off:
      return "retries";
  }
  return "";
}

std::string_view russian_wait(domain::WaitReason reason) {
  switch (reason) {
    case domain::WaitReason::requests:
      return "лимит RPM";
    case domain::WaitReason::tokens:
      return "лимит TPM";
    case domain::WaitReason::slots:
      return "ответы";
    case domain::WaitReason::pause:
      return "конец паузы после 429";
    case domain::WaitReason::outage:
      return "провайдер не отвечает";
    case domain::WaitReason::first_answers:
      return "первые ответы";
    case domain::WaitReason::back_off:
      return "повторы";
  }
  return "";
}

std::string_view english_short_wait(domain::WaitReason reason) {
  switch (reason) {
    case domain::WaitReason::requests:
      return "waits: RPM";
    case domain::WaitReason::tokens:
      return "waits: TPM";
    case domain::WaitReason::slots:
      return "waits: answers";
    case domain::WaitReason::pause:
      return "waits: 429 pause";
    case domain::WaitReason::outage:
      return "waits: outage";
    case domain::WaitReason::first_answers:
      return "waits: 1st answers";
    case domain::WaitReason::back_off:
      return "waits: retries";
  }
  return "";
}

std::string_view russian_short_wait(domain::WaitReason reason) {
  switch (reason) {
    case domain::WaitReason::requests:
      return "ждёт: RPM";
    case domain::WaitReason::tokens:
      return "ждёт: TPM";
    case domain::WaitReason::slots:
      return "ждёт: ответы";
    case domain::WaitReason::pause:
      return "ждёт: пауза 429";
    case domain::WaitReason::outage:
      return "ждёт: нет ответа";
    case domain::WaitReason::first_answers:
      return "ждёт: 1-е ответы";
    case domain::WaitReason::back_off:
      return "ждёт: повторы";
  }
  return "";
}

}  // namespace

const Texts& texts(domain::Language language) {
  return language == domain::Language::russian ? kRussian : kEnglish;
}

std::string_view kind_text(ErrorKind kind, domain::Language language) {
  return language == domain::Language::russian ? russian_kind(kind) : to_string(kind);
}

std::string_view kind_text(std::string_view kind, domain::Language language) {
  for (int number = 0; number <= static_cast<int>(ErrorKind::io); ++number) {
    const auto known = static_cast<ErrorKind>(number);
    if (to_string(known) == kind) return kind_text(known, language);
  }
  return kind;
}

std::string_view wait_text(domain::WaitReason reason, domain::Language language) {
  return language == domain::Language::russian ? russian_wait(reason) : english_wait(reason);
}

std::string_view short_wait_text(domain::WaitReason reason, domain::Language language) {
  return language == domain::Language::russian ? russian_short_wait(reason) : english_short_wait(reason);
}

}  // namespace sv::report
