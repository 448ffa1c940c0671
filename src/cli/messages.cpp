#include "cli/messages.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <atomic>

namespace sv::cli {

namespace {

constexpr std::string_view kFlag = "--lang";

std::atomic<domain::Language> chosen{domain::Language::english};

domain::Language language_of_code(std::string_view code) {
  const std::string folded = fold_case(code);
  if (folded == "en") return domain::Language::english;
  if (folded == "ru") return domain::Language::russian;
  throw Fatal(ExitCode::usage, fmt::format("--lang must be en or ru, got '{}'", sanitize_for_terminal(code)));
}

// "ru_RU.UTF-8", "ru"
domain::Language language_of_locale(std::string_view locale) {
  const std::string folded = fold_case(locale.substr(0, locale.find_first_of("_.@")));
  return folded == "ru" ? domain::Language::russian : domain::Language::english;
}

domain::Language language_of_environment(const GetVariable& variable) {
  for (const char* name : {"SV_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::optional<std::string> value = variable(name);
    if (value && !value->empty()) return language_of_locale(*value);
  }
  return domain::Language::english;
}

}  // namespace

domain::Language take_language(std::vector<std::string>& typed, const GetVariable& variable) {
  domain::Language language = language_of_environment(variable);
  std::vector<std::string> others;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (typed[i] == kFlag) {
      if (++i == typed.size()) throw Fatal(ExitCode::usage, "--lang needs a language: en or ru");
      language = language_of_code(typed[i]);
    } else if (typed[i].starts_with("--lang=")) {
      language = language_of_code(std::string_view(typed[i]).substr(kFlag.size() + 1));
    } else {
      others.push_back(typed[i]);
    }
  }
  typed = std::move(others);
  return language;
}

void set_message_language(domain::Language language) {
  chosen = language;
  LogWords words;
  if (language != domain::Language::english) {
    for (std::string& label : words.labels) label = say(label);
    words.translate = say;
  }
  set_log_words(std::move(words));
}

domain::Language message_language() { return chosen; }

const words::Phrasebook& phrasebook() { return words::phrasebook_of(chosen); }

std::string say(std::string_view english) { return phrasebook().translate(english); }

}  // namespace sv::cli
