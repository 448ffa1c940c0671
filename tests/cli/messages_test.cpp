// Which language messages have (user-experience.md U-15), and that --help has no text without Russian.
#include "cli/messages.hpp"

#include "base/fatal.hpp"
#include "cli/help_words.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace sv::cli {
namespace {

using Words = std::vector<std::string>;
using enum domain::Language;

struct Case {
  const char* what;
  Words typed;
  std::map<std::string, std::string> environment;
  domain::Language language;
};

TEST(MessageLanguage, flag_then_environment_in_the_order_of_posix) {
  const std::array<Case, 14> cases = {{
      {"nothing", {}, {}, english},
      {"the locale", {}, {{"LANG", "ru_RU.UTF-8"}}, russian},
      {"short", {}, {{"LANG", "ru"}}, russian},
      {"C", {}, {{"LANG", "C.UTF-8"}}, english},
      {"another language", {}, {{"LANG", "de_DE.UTF-8"}}, english},
      {"LC_MESSAGES wins over LANG", {}, {{"LC_MESSAGES", "ru_RU"}, {"LANG", "en_US"}}, russian},
      {"LC_ALL wins over both", {}, {{"LC_ALL", "C"}, {"LC_MESSAGES", "ru_RU"}, {"LANG", "ru_RU"}}, english},
      {"an empty one is not set", {}, {{"LC_ALL", ""}, {"LANG", "ru_RU"}}, russian},
      {"SV_LANG wins over the locale", {}, {{"SV_LANG", "ru"}, {"LC_ALL", "en_US.UTF-8"}}, russian},
      {"the flag wins over all", {"--lang", "en"}, {{"SV_LANG", "ru"}, {"LC_ALL", "ru_RU"}}, english},
      {"after the command", {"status", "--lang", "ru"}, {}, russian},
      {"before the command", {"--lang=ru", "status"}, {}, russian},
      {"the last counts", {"--lang", "ru", "run", "--lang=en"}, {}, english},
      {"letter case", {"--lang", "RU"}, {}, russian},
  }};
  for (const Case& one : cases) {
    Words typed = one.typed;
    const auto variable = [&](const char* name) {
      const auto found = one.environment.find(name);
      return found == one.environment.end() ? std::nullopt : std::optional(found->second);
    };
    EXPECT_EQ(take_language(typed, variable), one.language) << one.what;
    for (const std::string& word : typed) EXPECT_FALSE(word.starts_with("--lang")) << one.what;
  }
}

TEST(MessageLanguage, another_code_is_a_mistake) {
  const auto none = [](const char*) { return std::optional<std::string>(); };
  for (Words typed : {Words{"--lang", "de"}, Words{"--lang"}, Words{"--lang="}}) {
    EXPECT_THROW(static_cast<void>(take_language(typed, none)), Fatal);
  }
}

}  // namespace
}  // namespace sv::cli
