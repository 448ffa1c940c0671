// Where variables come from, and which .env files are never read.
#include "config/env_file.hpp"
#include "config/settings_fixture.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <sys/stat.h>

namespace sv::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

EnvFile parse(std::string_view text) { return parse_env_file(SourceText(".env", std::string(text))); }

TEST(EnvFile, reads_what_people_write) {
  const EnvFile file = parse(
      "\xEF\xBB\xBF# comment\n"
      "PLAIN=value\n"
      "  SPACED  =  two words   # comment\r\n"
      "export EXPORTED=yes\n"
      "HASH=a#b\n"
      "EMPTY=\n"
      "COMMENT_ONLY= # nothing\n"
      "SINGLE='as $it \\n stands' # comment\n"
      "DOUBLE=\"tab\\there \\\"quoted\\\" \\$5 \\\\\"\n"
      "LINES=\"first\nsecond\"\n"
      "ESCAPED='it\\'s'\n"
      "EQUALS=a=b=c\n"
      "PLAIN=last wins\n"
      "КЛЮЧ=нет\n");

  const std::map<std::string, std::string> expected = {{"PLAIN", "last wins"},
                                                       {"SPACED", "two words"},
                                                       {"EXPORTED", "yes"},
                                                       {"HASH", "a#b"},
                                                       {"EMPTY", ""},
                                                       {"COMMENT_ONLY", ""},
                                                       {"SINGLE", "as $it \\n stands"},
                                                       {"DOUBLE", "tab\there \"quoted\" $5 \\"},
                                                       {"LINES", "first\nsecond"},
                                                       {"ESCAPED", "it's"},
                                                       {"EQUALS", "a=b=c"}};
  EXPECT_EQ(file.values, expected);
  EXPECT_THAT(file.problems,
              ElementsAre(".env:15: what stands before '=' is not a name; the line is left out"));
}

TEST(EnvFile, leaves_out_what_it_does_not_understand_and_never_shows_it) {
  const EnvFile file = parse(
      "sk-secret-without-name\n"
      "OPEN=\"sk-secret-never closed\n"
      "AFTER=\"a\" sk-secret\n"
      "NESTED=${OTHER}/sk-secret\n"
      "LITERAL='${OTHER}'\n"
      "ESCAPED=\"\\${OTHER}\"\n"
      "GOOD=1\n");

  EXPECT_EQ(file.values, (std::map<std::string, std::string>{
                             {"GOOD", "1"}, {"LITERAL", "${OTHER}"}, {"ESCAPED", "${OTHER}"}}));
  EXPECT_THAT(file.problems,
              ElementsAre(HasSubstr(".env:1: no '='"), HasSubstr(".env:2: the quotes"),
                          HasSubstr(".env:3: the quotes"), HasSubstr(".env:4: '${…}' is not replaced")));
  for (const std::string& problem : file.problems) EXPECT_THAT(problem, Not(HasSubstr("secret")));
}

RC_GTEST_PROP(EnvFile, gives_back_every_value_that_was_quoted, (const std::string& value)) {
  std::string quoted;
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == '$') quoted.push_back('\\');
    quoted.push_back(c);
  }
  const EnvFile file = parse("A=1\nNAME=\"" + quoted + "\"\nB=2\n");
  RC_ASSERT(file.problems.empty());
  RC_ASSERT(file.values.at("NAME") == value);
  RC_ASSERT(file.values.at("A") == "1");
  RC_ASSERT(file.values.at("B") == "2");
}

RC_GTEST_PROP(EnvFile, reads_any_bytes, (const std::string& bytes)) { static_cast<void>(parse(bytes)); }

class EnvironmentOfSettings : public SettingsTest {
 protected:
  EnvironmentOfSettings() {
    config_path_ = "settings/config.yaml";
    environment_.clear();
  }
  std::string key() { return std::string(load(kMinimal).llm.providers.at(0).api_key.reveal()); }
};

TEST_F(EnvironmentOfSettings, reads_the_env_file_beside_the_settings) {
  write("settings/.env", "export TEST_KEY='sk-from-file'\n");
  EXPECT_EQ(key(), "sk-from-file");
}

TEST_F(EnvironmentOfSettings, prefers_the_real_environment) {
  write("settings/.env", "TEST_KEY=sk-from-file\n");
  environment_["TEST_KEY"] = "sk-real";
  EXPECT_EQ(key(), "sk-real");
}

TEST_F(EnvironmentOfSettings, lets_an_empty_real_variable_hide_the_file) {
  write("settings/.env", "TEST_KEY=sk-from-file\n");
  environment_["TEST_KEY"] = "";
  EXPECT_THAT(refusal_of(kMinimal).text, HasSubstr("environment variable TEST_KEY is not set"));
}

TEST_F(EnvironmentOfSettings, never_reads_an_env_file_of_the_working_directory) {
  write(".env", "TEST_KEY=sk-stolen\nOPENAI_BASE_URL=https://evil.example/v1\nOPENAI_MODEL=evil\n");
  EXPECT_THAT(
      refusal_of(kMinimal).text,
      HasSubstr("set it in the environment or in settings/.env (the .env of the current directory is not "
                "read: only one beside the settings file is)"));

  write("rules.md", "Rules.");
  flags_.rules_file = "rules.md";
  environment_["OPENAI_API_KEY"] = "k";
  flags_.model = "m";
  EXPECT_EQ(load_without_file().llm.providers.at(0).base_url, "https://api.openai.com/v1");
}

TEST_F(EnvironmentOfSettings, reads_that_of_the_working_directory_when_the_named_settings_lie_there) {
  config_path_ = "config.yaml";
  write(".env", "TEST_KEY=sk-mine\n");
  EXPECT_EQ(key(), "sk-mine");
}

TEST_F(EnvironmentOfSettings, warns_about_lines_of_it_that_it_leaves_out) {
  write("settings/.env", "TEST_KEY=k\nnonsense\n");
  EXPECT_THAT(load(kMinimal).warnings,
              ElementsAre("settings/.env:2: no '=' after the name; the line is left out"));
}

TEST_F(EnvironmentOfSettings, warns_about_one_that_is_too_large) {
  write("settings/.env", "TEST_KEY=k\n#" + std::string(kMaxEnvFileBytes, 'x'));
  environment_["TEST_KEY"] = "k";
  EXPECT_THAT(load(kMinimal).warnings, ElementsAre(HasSubstr("its variables are not used")));
}

TEST_F(EnvironmentOfSettings, does_not_wait_for_a_pipe_of_that_name) {
  write("settings/config.yaml", kMinimal);
  ASSERT_EQ(mkfifo((directory_ + "/settings/.env").c_str(), 0600), 0);
  environment_["TEST_KEY"] = "k";
  EXPECT_THAT(load(kMinimal).warnings, IsEmpty());
}

}  // namespace
}  // namespace sv::config
