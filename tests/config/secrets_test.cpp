// Keys never reach a message, whatever is wrong around them.
#include "base/fatal.hpp"
#include "config/secret_mask.hpp"
#include "config/settings_fixture.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <array>

namespace sv::config {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MaskWords, hides_what_looks_like_a_key_and_nothing_else) {
  EXPECT_EQ(mask_words("key sk-abcdefgh12 end"), "key ************* end");
  EXPECT_EQ(mask_words("'gsk_8FhQ2xLmN0pR4tV6yZ8a'"), "'************************'");
  EXPECT_EQ(mask_words("OPENAI_API_KEY_PRODUCTION_1"), "OPENAI_API_KEY_PRODUCTION_1");
  EXPECT_EQ(mask_words("rate_limit_retry_delay: 5"), "rate_limit_retry_delay: 5");
  EXPECT_EQ(mask_words("https://me:pass@host/v1"), "https://*******@host/v1");
  EXPECT_EQ(mask_words("Статус проекта"), "Статус проекта");
}

TEST(ShowVariable, shows_names_but_not_keys) {
  EXPECT_EQ(show_variable("OPENAI_API_KEY"), "OPENAI_API_KEY");
  EXPECT_EQ(show_variable("my_key"), "my_key");
  EXPECT_THAT(show_variable("gsk_8FhQ2xLmN0pR4tV6yZ8a"), Not(HasSubstr("8FhQ")));
  EXPECT_THAT(show_variable("sk-12345"), Not(HasSubstr("12345")));
}

TEST(LineMask, hides_values_of_secrets_over_several_lines) {
  const SourceText source("c.yaml",
                          "a: 1\n"
                          "  api_key: short\n"
                          "  api-key:   \n"
                          "    first line\n"
                          "\n"
                          "    second line\n"
                          "  api_key_env: MY_KEY\n"
                          "max_output_tokens: 5\n"
                          "{\"API_KEY\": 'x y', model: m}\n");
  const LineMask mask(source);
  EXPECT_EQ(mask.masked(1), "a: 1");
  EXPECT_EQ(mask.masked(2), "  api_key: *****");
  EXPECT_EQ(mask.masked(4), "    **********");
  EXPECT_EQ(mask.masked(6), "    ***********");
  EXPECT_EQ(mask.masked(7), "  api_key_env: MY_KEY");
  EXPECT_EQ(mask.masked(8), "max_output_tokens: 5");
  EXPECT_EQ(mask.masked(9), "{\"API_KEY\": ****************");
}

class Secrets : public SettingsTest {};

constexpr std::string_view kCanary = "sk-canary-4f8A1b2C3d4E5f6G7h8";

// Ways to write the key wrong, or something else wrong beside it. KEY stands for the canary.
constexpr std::array kWrongWays = std::to_array<std::string_view>({
    "llm: {model: m, api_key: KEY, temperature: hot}\n",
    "llm: {model: m, api_key: [KEY]}\n",
    "llm: {model: m, api_key: {KEY: KEY}}\n",
    "llm: {model: m, apikey: KEY}\n",
    "llm: {model: m, KEY: api_key}\n",
    "llm: {model: m, api_key_env: KEY}\n",
    "llm: {model_env: KEY, api_key: k}\n",
    "llm: {model: m, base_url: KEY, api_key: k}\n",
    "llm: {model: m, base_url: 'https://u:KEY@host/v1', api_key: k}\n",
    "llm: {model: m, base_url: 'https://KEY@host/v1', api_key: k}\n",
    "llm: {model: m, api_key: KEY\n",
    "llm:\n  model: m\n  api_key: KEY\n  api_key: KEY\n",
    "llm:\n  model: m\n  api_key: \"KEY\n",
    "llm:\n  model: m\n  api_key: 'KEY' KEY\n",
    "llm:\n  model: m\n  api_key: KEY: x\n",
    "llm:\n  model: m\n  api_key:\n    KEY and more\n",
    "llm:\n  model: m\n  api_key: |\n    KEY\n    KEY\n",
    "llm:\n  model: m\n  api_key: >-\n    KEY\n\ttab\n",
    "llm:\n  model: m\n  api_key: *KEY\n",
    "llm:\n  model: m\n  api_key: !KEY KEY\n",
    "llm:\n\tapi_key: KEY\n",
    "llm: KEY\n",
    "KEY\n",
    "- KEY\n",
    "batch_size: KEY\nllm: {model: m, api_key: k}\n",
    "language: KEY\nllm: {model: m, api_key: k}\n",
    "allowed_statuses: KEY\nllm: {model: m, api_key: k}\n",
    "llm: {model: m, api_key: k, reasoning_enabled: KEY}\n",
    "llm: {providers: {KEY: {model: m}}}\n",
    "llm: {providers: KEY}\n",
});

TEST_F(Secrets, are_in_no_message) {
  for (const std::string_view way : kWrongWays) {
    std::string yaml = "rules_text: Rules.\n" + std::string(way);
    for (std::size_t at = yaml.find("KEY"); at != std::string::npos;
         at = yaml.find("KEY", at + kCanary.size())) {
      yaml.replace(at, 3, kCanary);
    }
    const Refusal refusal = refusal_of(yaml);
    EXPECT_EQ(refusal.code, ExitCode::config) << way;
    EXPECT_THAT(refusal.text, Not(HasSubstr("canary"))) << way;
    EXPECT_THAT(refusal.text, Not(HasSubstr("4f8A1b"))) << way;
  }
}

TEST_F(Secrets, from_the_environment_are_in_no_message) {
  for (const char* const end : {"\n", "\r\nX-Evil: injected", " ", "ключ"}) {
    environment_["TEST_KEY"] = std::string(kCanary) + end;
    const Refusal refusal = refusal_of(kMinimal);
    EXPECT_THAT(refusal.text, HasSubstr("the key holds a character that keys do not have (number 30 of "));
    EXPECT_THAT(refusal.text, Not(HasSubstr("canary")));
  }
}

// A settings file with a key, cut off or changed in any place: the key is never shown.
RC_GTEST_FIXTURE_PROP(Secrets, stay_hidden_in_any_damaged_file,
                      (std::uint8_t place, std::uint8_t what, bool is_cut)) {
  constexpr std::array<std::string_view, 12> kDamage = {"",   "\"", "'",  "[",  "{",   ": ",
                                                        "\t", "#",  "\n", "- ", "&a ", "! "};
  std::string yaml = "rules_text: Rules.\nllm:\n  providers:\n    1:\n      model: m\n      api_key: " +
                     std::string(kCanary) + "\n      temperature: 9\n";
  const std::size_t key = yaml.find(kCanary);
  // Not inside the key itself: what is left of a broken key is no key.
  std::size_t at = place % yaml.size();
  if (at > key && at < key + kCanary.size()) at = key;
  if (is_cut && at <= key) at = key + kCanary.size();
  yaml.insert(at, kDamage.at(what % kDamage.size()));
  if (is_cut) yaml.resize(std::min(yaml.size(), at + 1));

  write(*config_path_, yaml);
  try {
    static_cast<void>(load_settings(request()));
  } catch (const Fatal& fatal) {
    RC_ASSERT(std::string(fatal.what()).find("canary") == std::string::npos);
  }
}

}  // namespace
}  // namespace sv::config
