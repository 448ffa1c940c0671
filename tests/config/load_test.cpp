#include "config/settings_fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <unistd.h>

namespace sv::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Load : public SettingsTest {};

TEST_F(Load, fills_in_the_defaults) {
  const Settings settings = load(kMinimal);

  EXPECT_FALSE(settings.sheets);
  EXPECT_TRUE(settings.columns.are_guessed);
  EXPECT_THAT(settings.allowed_statuses, IsEmpty());
  EXPECT_EQ(settings.rules_text, "Every update names the next step.");
  EXPECT_EQ(settings.header_row, 1U);
  EXPECT_EQ(settings.data_start_row, 2U);
  EXPECT_EQ(settings.batch_size, 10U);
  EXPECT_EQ(settings.cache_path, "status_validator_answers.sqlite");
  EXPECT_EQ(settings.source, "");
  EXPECT_EQ(settings.target, "");
  EXPECT_EQ(settings.language, domain::Language::english);
  EXPECT_THAT(settings.warnings, IsEmpty());
  EXPECT_EQ(settings.llm.max_retries, 3U);
  EXPECT_EQ(settings.llm.max_workers, std::nullopt);
  EXPECT_EQ(settings.llm.rate_limit_retry_delay, std::chrono::seconds(1));
  EXPECT_EQ(settings.llm.first_byte_timeout, Duration::zero());
  ASSERT_EQ(settings.llm.providers.size(), 1U);
  const ProviderSettings& provider = settings.llm.providers[0];
  EXPECT_EQ(provider.name, "provider-1");
  EXPECT_EQ(provider.base_url, "https://api.openai.com/v1");
  EXPECT_EQ(provider.temperature, 0.0);
  EXPECT_EQ(provider.max_output_tokens, 1024U);
  EXPECT_EQ(provider.request_timeout, std::chrono::seconds(60));
  EXPECT_TRUE(provider.reasoning_enabled);
  EXPECT_EQ(provider.max_workers, std::nullopt);
  EXPECT_EQ(provider.rpm, std::nullopt);
  EXPECT_EQ(provider.tpm, std::nullopt);
}

TEST_F(Load, reads_everything_that_a_provider_may_have) {
  const Settings settings = load(std::string(kMinimal) + R"(      name: основной
      organization: org-1
      temperature: 1.5
      max_output_tokens: 300
      request_timeout: 2.5
      reasoning_enabled: false
      max_workers: 50
      rpm: 500
      tpm: 200_000
  http_referer: https://example.org
  x_title: Проверка
  rate_limit_retry_delay: 0.25
  first_byte_timeout: 7.5
)");

  const ProviderSettings& provider = settings.llm.providers.at(0);
  EXPECT_EQ(provider.name, "основной");
  EXPECT_EQ(provider.organization, "org-1");
  EXPECT_EQ(provider.temperature, 1.5);
  EXPECT_EQ(provider.max_output_tokens, 300U);
  EXPECT_EQ(provider.request_timeout, std::chrono::milliseconds(2500));
  EXPECT_FALSE(provider.reasoning_enabled);
  EXPECT_EQ(provider.max_workers, 50U);
  EXPECT_EQ(provider.rpm, 500U);
  EXPECT_EQ(provider.tpm, 200'000U);
  EXPECT_EQ(settings.llm.http_referer, "https://example.org");
  EXPECT_EQ(settings.llm.x_title, "Проверка");
  EXPECT_EQ(settings.llm.rate_limit_retry_delay, std::chrono::milliseconds(250));
  EXPECT_EQ(settings.llm.first_byte_timeout, std::chrono::milliseconds(7500));
}

TEST_F(Load, does_not_send_a_temperature_that_is_null) {
  EXPECT_EQ(load(std::string(kMinimal) + "      temperature: null\n").llm.providers.at(0).temperature,
            std::nullopt);
}

TEST_F(Load, begins_the_data_below_the_header) {
  EXPECT_EQ(load("header_row: 7\n" + std::string(kMinimal)).data_start_row, 8U);
}

TEST_F(Load, takes_the_language_of_the_rulebook_unless_told) {
  const std::string russian =
      "rules_text: В каждом комментарии есть следующий шаг.\nllm: {model: m, api_key: k}\n";
  EXPECT_EQ(load(russian).language, domain::Language::russian);
  EXPECT_EQ(load("language: en\n" + russian).language, domain::Language::english);
  EXPECT_EQ(load("language: auto\n" + russian).language, domain::Language::russian);
  EXPECT_EQ(load("language: RU\n" + std::string(kMinimal)).language, domain::Language::russian);
  flags_.language = "en";
  EXPECT_EQ(load("language: ru\n" + russian).language, domain::Language::english);
}

TEST_F(Load, seeks_data_beside_the_file_and_the_cache_in_the_working_directory) {
  config_path_ = "review/june/config.yaml";
  write("review/rules.md", "\xEF\xBB\xBF# Правила\n");
  environment_["HOME"] = "/home/anna";

  const Settings settings = load(R"(source: rows.csv
target: ~/review.csv
rules_file: ../rules.md
cache_path: answers.sqlite
llm: {model: m, api_key_env: TEST_KEY}
)");

  EXPECT_EQ(settings.source, "review/june/rows.csv");
  EXPECT_EQ(settings.target, "/home/anna/review.csv");
  EXPECT_EQ(settings.rules_text, "# Правила\n");
  EXPECT_EQ(settings.cache_path, "answers.sqlite");
}

TEST_F(Load, puts_the_cache_beside_the_file_unless_told) {
  config_path_ = "review/config.yaml";
  EXPECT_EQ(load(kMinimal).cache_path, "review/status_validator_answers.sqlite");
}

TEST_F(Load, lets_flags_win) {
  config_path_ = "sub/config.yaml";
  write("my rules.md", "Rules of the flag.");
  flags_.source = "in.csv";
  flags_.target = "out.csv";
  flags_.rules_file = "my rules.md";
  flags_.cache_path = "cache.db";
  flags_.columns = {"comment=Текст", " project_manager = Куратор "};
  flags_.allowed_statuses = {"Done"};
  flags_.workers = 100;
  flags_.request_timeout_seconds = 5;

  const Settings settings = load(
      "source: a.csv\ntarget: b.csv\ncache_path: c.db\nallowed_statuses: [X]\n"
      "columns: {status: State, comment: C}\n" +
      std::string(kMinimal));

  EXPECT_EQ(settings.source, "in.csv");
  EXPECT_EQ(settings.target, "out.csv");
  EXPECT_EQ(settings.cache_path, "cache.db");
  EXPECT_EQ(settings.rules_text, "Rules of the flag.");
  EXPECT_EQ(settings.columns.status, "State");
  EXPECT_EQ(settings.columns.comment, "Текст");
  EXPECT_EQ(settings.columns.project_manager, "Куратор");
  EXPECT_FALSE(settings.columns.are_guessed);
  EXPECT_THAT(settings.allowed_statuses, ElementsAre("Done"));
  EXPECT_EQ(settings.llm.max_workers, 100U);
  EXPECT_EQ(settings.llm.providers.at(0).request_timeout, std::chrono::seconds(5));
}

TEST_F(Load, uses_only_the_first_provider_when_a_flag_names_the_model) {
  flags_.model = "o4-mini";
  const Settings settings = load(std::string(kMinimal) + "    2: {model: other, api_key_env: TEST_KEY}\n");
  ASSERT_EQ(settings.llm.providers.size(), 1U);
  EXPECT_EQ(settings.llm.providers[0].model, "o4-mini");
  EXPECT_THAT(settings.warnings, ElementsAre(HasSubstr("only provider 1 of 2 is used")));
}

TEST_F(Load, does_not_fall_back_when_the_provider_of_the_flag_has_no_key) {
  flags_.model = "o4-mini";
  environment_ = {{"OTHER", "k"}};
  const Refusal refusal = refusal_of(std::string(kMinimal) + "    2: {model: other, api_key_env: OTHER}\n");
  EXPECT_THAT(refusal.text, HasSubstr("environment variable TEST_KEY is not set"));
}

TEST_F(Load, accepts_an_address_from_a_flag) {
  flags_.base_url = "http://localhost:8080/v1/";
  environment_.clear();
  const Settings settings = load(kMinimal);
  EXPECT_EQ(settings.llm.providers.at(0).base_url, "http://localhost:8080/v1");
  EXPECT_TRUE(settings.llm.providers.at(0).api_key.is_empty());  // this machine needs none
  flags_.base_url = "http://api.example/v1";
  EXPECT_THAT(refusal_of(kMinimal).text, HasSubstr("error: --base-url must begin with https://"));
}

TEST_F(Load, warns_when_a_key_goes_unencrypted_over_a_network) {
  const Settings settings = load(std::string(kMinimal) + "      base_url: http://192.168.1.20:8000/v1\n");
  EXPECT_THAT(settings.warnings, ElementsAre(HasSubstr("unencrypted")));
}

TEST_F(Load, works_without_a_settings_file) {
  write("rules.md", "Every comment names the next step.");
  environment_ = {{"OPENAI_API_KEY", "sk-0123456789abcdef"}};
  flags_.source = "statuses.csv";
  flags_.rules_file = "rules.md";
  flags_.model = "gpt-4o-mini";

  const Settings settings = load_without_file();

  EXPECT_EQ(settings.source, "statuses.csv");
  EXPECT_TRUE(settings.columns.are_guessed);
  EXPECT_EQ(settings.cache_path, "status_validator_answers.sqlite");
  ASSERT_EQ(settings.llm.providers.size(), 1U);
  EXPECT_EQ(settings.llm.providers[0].model, "gpt-4o-mini");
  EXPECT_EQ(settings.llm.providers[0].base_url, "https://api.openai.com/v1");
  EXPECT_EQ(settings.llm.providers[0].api_key.reveal(), "sk-0123456789abcdef");
}

TEST_F(Load, needs_no_key_for_a_server_on_this_machine) {
  write("rules.md", "Rules.");
  flags_.rules_file = "rules.md";
  flags_.model = "m";
  for (const char* const url : {"http://localhost:1/v1", "http://127.0.0.1:1/v1", "http://[::1]:1/v1"}) {
    flags_.base_url = url;
    EXPECT_TRUE(load_without_file().llm.providers.at(0).api_key.is_empty()) << url;
  }
}

TEST_F(Load, without_a_settings_file_says_everything_that_is_missing) {
  const Refusal refusal = refusal_without_file();
  EXPECT_EQ(refusal.code, ExitCode::usage);
  EXPECT_EQ(refusal.text,
            "error: no API key: environment variable OPENAI_API_KEY is not set\n"
            "      = help: set it in the environment\n"
            "error: no model: give --model MODEL or set OPENAI_MODEL\n"
            "      = help: set it in the environment\n"
            "error: no rulebook: what should the rows be judged against?\n"
            "      = help: give --rules FILE, or begin with `status-validator init`");
}

TEST_F(Load, tells_a_missing_key_from_a_missing_flag) {
  write("rules.md", "Rules.");
  flags_.rules_file = "rules.md";
  flags_.model = "m";
  EXPECT_EQ(refusal_without_file().code, ExitCode::config);
}

TEST_F(Load, names_a_settings_file_that_is_not_there) {
  const Refusal refusal = config::refusal_of(request());
  EXPECT_EQ(refusal.code, ExitCode::no_input);
  EXPECT_THAT(refusal.text, HasSubstr("config.yaml': No such file or directory"));
}

TEST_F(Load, names_files_that_cannot_be_read) {
  write("rules.md", "Rules.");
  flags_.rules_file = "absent.md";
  EXPECT_EQ(refusal_of(kMinimal).code, ExitCode::no_input);
  flags_.rules_file = ".";
  EXPECT_THAT(refusal_of(kMinimal).text, HasSubstr("Is a directory"));
  flags_.rules_file = "rules.md";
  write("rules.md", "Rules \xFF");
  const Refusal broken = refusal_of(kMinimal);
  EXPECT_EQ(broken.code, ExitCode::bad_data);
  EXPECT_THAT(broken.text, HasSubstr("is not UTF-8 text (byte 7)"));
  write("rules.md", " \n");
  EXPECT_THAT(refusal_of(kMinimal).text, HasSubstr("is empty"));
  if (geteuid() == 0) return;  // root may read everything
  std::filesystem::permissions(directory_ + "/rules.md", std::filesystem::perms::none);
  EXPECT_EQ(refusal_of(kMinimal).code, ExitCode::no_permission);
}

TEST_F(Load, refuses_wrong_flags_as_usage) {
  const auto refuses = [this](const char* part) {
    const Refusal refusal = refusal_of(kMinimal);
    EXPECT_EQ(refusal.code, ExitCode::usage) << part;
    EXPECT_THAT(refusal.text, HasSubstr(part));
    flags_ = {};
  };
  flags_.columns = {"comment"};
  refuses("--column 'comment' must be FIELD=HEADER");
  flags_.columns = {"coment=Text"};
  refuses("did you mean 'comment'?");
  flags_.columns = {"zzz=Text"};
  refuses("fields: status, comment, completion_date, identifier, project_manager");
  flags_.columns = {"status= "};
  refuses("names no header");
  flags_.columns = {"status=A", "status=B"};
  refuses("--column status is given twice");
  flags_.workers = 0;
  refuses("--workers must be 1..5000, got 0");
  flags_.workers = 5001;
  refuses("--workers must be 1..5000, got 5001");
  flags_.request_timeout_seconds = 0;
  refuses("--request-timeout must be 1..3600, got 0");
  flags_.language = "fr";
  refuses("--language must be auto, en or ru, got 'fr'");
  flags_.allowed_statuses = {" "};
  refuses("--allowed-status names no status");
  flags_.model = "";
  refuses("--model names no model");
}

TEST_F(Load, shows_at_most_twenty_mistakes) {
  std::string yaml(kMinimal);
  for (int i = 0; i < 30; ++i) yaml += "zz_" + std::to_string(i) + ": 1\n";
  const std::string text = refusal_of(yaml).text;
  EXPECT_THAT(text, HasSubstr("unknown key 'zz_19'"));
  EXPECT_THAT(text, Not(HasSubstr("unknown key 'zz_20'")));
  EXPECT_THAT(text, HasSubstr("… and 10 more mistakes"));
}

}  // namespace
}  // namespace sv::config
