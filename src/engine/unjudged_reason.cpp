#include "engine/unjudged_reason.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <string_view>

namespace sv::engine {

namespace {

struct Phrase {
  std::string_view english;
  std::string_view russian;
};

Phrase phrase_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::cancelled:
      return {"the run was stopped", "запуск был остановлен"};
    case ErrorKind::connect:
      return {"the provider could not be reached", "нет связи с провайдером"};
    case ErrorKind::tls:
      return {"the provider's certificate is not trusted", "сертификату провайдера нельзя доверять"};
    case ErrorKind::timeout:
      return {"the provider did not answer in time", "провайдер не ответил вовремя"};
    case ErrorKind::protocol:
    case ErrorKind::oversized:
      return {"the provider's reply could not be read", "ответ провайдера не удалось прочитать"};
    case ErrorKind::rate_limited:
      return {"the provider's limit did not pass in time", "лимит провайдера не освободился вовремя"};
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
      return {"the provider had a failure", "сбой на стороне провайдера"};
    case ErrorKind::too_large:
      return {"the row is too large for the model", "строка слишком велика для модели"};
    case ErrorKind::bad_request:
      return {"the provider refused the request", "провайдер отклонил запрос"};
    case ErrorKind::unauthorized:
      return {"the provider refused the key", "провайдер не принял ключ"};
    case ErrorKind::unknown_model:
      return {"the provider does not know the model", "провайдер не знает такой модели"};
    case ErrorKind::quota_exhausted:
      return {"the account's credit or its quota is used up", "средства или квота у провайдера исчерпаны"};
    case ErrorKind::refused:
      return {"the model refused to answer; a person must look",
              "модель отказалась отвечать; строку должен посмотреть человек"};
    case ErrorKind::truncated:
      return {"the model's answer was cut off", "ответ модели обрезан"};
    case ErrorKind::invalid_reply:
      return {"the model did not answer in the required form", "модель ответила не по форме"};
    case ErrorKind::limit_reached:
      return {"the limit of the run is reached", "достигнут предел запуска"};
    case ErrorKind::invalid_input:
    case ErrorKind::not_found:
    case ErrorKind::permission_denied:
    case ErrorKind::already_locked:
    case ErrorKind::io:
      return {"an error on this machine", "ошибка на этой машине"};
  }
  SV_UNREACHABLE("every kind has its phrase");
}

}  // namespace

std::string unjudged_reason(const Error& error, domain::Language language) {
  const Phrase phrase = phrase_of(error.kind);
  if (language == domain::Language::russian) {
    return fmt::format("Не проверено: {} ({})", phrase.russian, error.message);
  }
  return fmt::format("Not checked: {} ({})", phrase.english, error.message);
}

std::string unreached_reason(domain::Language language) {
  return language == domain::Language::russian ? "Ещё не проверено: запуск был остановлен раньше"
                                               : "Not checked yet: the run was stopped before";
}

std::string skipped_reason() { return "its identifier cell is empty"; }

}  // namespace sv::engine
