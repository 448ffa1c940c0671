// Settings files of the Python original load unchanged, in both of its forms.
#include "config/settings_fixture.hpp"

#include <gmock/gmock.h>

namespace sv::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The shape of the original's config.example.yaml: every key it has, comments behind values, digits as ids.
constexpr std::string_view kTwoProviders = R"(sheets:
  credentials_file: /secure/service-account.json
  source_spreadsheet_id: 0000000000000000000000000000000000000000000
  source_sheet_name: Statuses
  source_sheet_gid: 0
  target_spreadsheet_id: 1111111111111111111111111111111111111111111
  target_sheet_name: Status Review
  rules_sheet_name: Rules
columns:
  status: Status
  comment: Comment
  completion_date: Completion Date
  identifier: Project
  project_manager: Project Manager
allowed_statuses:
  - On Track
  - At Risk
  - Delayed
header_row: 1
data_start_row: 2
rules_text: |
  Every comment says what was done
  and what comes next.
llm:
  max_retries: 3
  max_workers: 5  # in parallel
                  # more may hit limits
  providers:
    # the first one
    1:
      name: primary
      model_env: OPENAI_MODEL_1        # a model
      api_key_env: OPENAI_API_KEY_1
      base_url_env: OPENAI_BASE_URL_1  # may be unset
      temperature: 0.0
      max_output_tokens: 10000
    2:
      name: fallback
      model_env: OPENAI_MODEL_2
      api_key_env: OPENAI_API_KEY_2
      base_url_env: OPENAI_BASE_URL_2
      temperature: 0.0
      max_output_tokens: 10000
batch_size: 10  # rows
cache_path: ./build/status_cache.sqlite
)";

constexpr std::string_view kSingleProvider = R"(sheets:
  credentials_file: keys/service-account.json
  source_spreadsheet_id: abc
  source_sheet_name: Статусы
  target_spreadsheet_id: def
  target_sheet_name: Проверка
columns:
  status: Статус
  comment: Комментарий
rules_text: |
  В каждом комментарии есть следующий шаг.
data_start_row: 12
llm:
  model_env: OPENAI_MODEL
  temperature: 0.3
  max_output_tokens: 2048
  max_retries: 4
  api_key_env: OPENAI_API_KEY
  base_url_env: OPENAI_BASE_URL
batch_size: 20
)";

class OriginalForm : public SettingsTest {
 protected:
  OriginalForm() {
    environment_ = {{"OPENAI_MODEL_1", "gpt-4o"},
                    {"OPENAI_API_KEY_1", "sk-first-0123456789"},
                    {"OPENAI_MODEL_2", "other/model"},
                    {"OPENAI_API_KEY_2", "sk-second-0123456789"},
                    {"OPENAI_BASE_URL_2", "https://openrouter.example/api/v1/"}};
  }
};

TEST_F(OriginalForm, with_two_providers_loads_whole) {
  const Settings settings = load(kTwoProviders);

  ASSERT_TRUE(settings.sheets);
  EXPECT_EQ(settings.sheets->credentials_file, "/secure/service-account.json");
  EXPECT_EQ(settings.sheets->source_spreadsheet_id, std::string(43, '0'));  // verbatim, not a number
  EXPECT_EQ(settings.sheets->source_sheet_name, "Statuses");
  EXPECT_EQ(settings.sheets->source_sheet_gid, 0);
  EXPECT_EQ(settings.sheets->target_spreadsheet_id, std::string(43, '1'));
  EXPECT_EQ(settings.sheets->target_sheet_name, "Status Review");
  EXPECT_EQ(settings.sheets->rules_sheet_name, "Rules");
  EXPECT_EQ(settings.columns.status, "Status");
  EXPECT_EQ(settings.columns.comment, "Comment");
  EXPECT_EQ(settings.columns.completion_date, "Completion Date");
  EXPECT_EQ(settings.columns.identifier, "Project");
  EXPECT_EQ(settings.columns.project_manager, "Project Manager");
  EXPECT_FALSE(settings.columns.are_guessed);
  EXPECT_THAT(settings.allowed_statuses, ElementsAre("On Track", "At Risk", "Delayed"));
  EXPECT_EQ(settings.rules_text, "Every comment says what was done\nand what comes next.\n");
  EXPECT_EQ(settings.header_row, 1U);
  EXPECT_EQ(settings.data_start_row, 2U);
  EXPECT_EQ(settings.batch_size, 10U);
  EXPECT_EQ(settings.cache_path, "./build/status_cache.sqlite");  // relative to the working directory
  EXPECT_EQ(settings.language, domain::Language::english);
  EXPECT_TRUE(settings.warnings.empty());

  ASSERT_EQ(settings.llm.providers.size(), 2U);
  const ProviderSettings& first = settings.llm.providers[0];
  EXPECT_EQ(first.priority, 1U);
  EXPECT_EQ(first.name, "primary");
  EXPECT_EQ(first.model, "gpt-4o");
  EXPECT_EQ(first.api_key.reveal(), "sk-first-0123456789");
  EXPECT_EQ(first.base_url, "https://api.openai.com/v1");
  EXPECT_EQ(first.temperature, 0.0);
  EXPECT_EQ(first.max_output_tokens, 10000U);
  const ProviderSettings& second = settings.llm.providers[1];
  EXPECT_EQ(second.priority, 2U);
  EXPECT_EQ(second.name, "fallback");
  EXPECT_EQ(second.model, "other/model");
  EXPECT_EQ(second.base_url, "https://openrouter.example/api/v1");
}

TEST_F(OriginalForm, leaves_out_a_provider_whose_variables_are_not_set) {
  environment_.erase("OPENAI_API_KEY_1");

  const Settings settings = load(kTwoProviders);

  ASSERT_EQ(settings.llm.providers.size(), 1U);
  EXPECT_EQ(settings.llm.providers[0].name, "fallback");
  EXPECT_EQ(settings.llm.providers[0].priority, 2U);
  EXPECT_THAT(
      settings.warnings,
      ElementsAre(
          "config.yaml:33:20: environment variable OPENAI_API_KEY_1 is not set; provider 'primary' is "
          "left out"));
}

TEST_F(OriginalForm, is_refused_when_no_provider_is_usable) {
  environment_.clear();

  const Refusal refusal = refusal_of(kTwoProviders);

  EXPECT_EQ(refusal.code, ExitCode::config);
  for (const char* const name :
       {"OPENAI_MODEL_1", "OPENAI_API_KEY_1", "OPENAI_MODEL_2", "OPENAI_API_KEY_2"}) {
    EXPECT_THAT(refusal.text, HasSubstr(std::string("environment variable ") + name + " is not set"));
  }
}

TEST_F(OriginalForm, who_sends_nothing_needs_models_but_no_keys) {
  environment_.erase("OPENAI_API_KEY_1");
  environment_.erase("OPENAI_API_KEY_2");
  needs_keys_ = false;

  const Settings settings = load(kTwoProviders);

  ASSERT_EQ(settings.llm.providers.size(), 2U);
  EXPECT_TRUE(settings.llm.providers[0].api_key.is_empty());
  EXPECT_THAT(
      settings.warnings,
      ElementsAre("config.yaml:33:20: environment variable OPENAI_API_KEY_1 is not set; a run needs it",
                  HasSubstr("OPENAI_API_KEY_2 is not set; a run needs it")));

  // One with a key is left: a run would ask it alone, so nothing else counts.
  environment_["OPENAI_API_KEY_2"] = "sk-only-0123456789";
  ASSERT_EQ(load(kTwoProviders).llm.providers.size(), 1U);

  environment_.clear();
  EXPECT_THAT(refusal_of(kTwoProviders).text, HasSubstr("OPENAI_MODEL_1 is not set"));
}

TEST_F(OriginalForm, with_a_single_provider_loads_whole) {
  environment_ = {{"OPENAI_MODEL", "gpt-4o-mini"}, {"OPENAI_API_KEY", "sk-only-0123456789"}};

  const Settings settings = load(kSingleProvider);

  EXPECT_EQ(settings.data_start_row, 12U);
  EXPECT_EQ(settings.batch_size, 20U);
  EXPECT_EQ(settings.language, domain::Language::russian);
  EXPECT_EQ(settings.sheets->credentials_file, "keys/service-account.json");
  EXPECT_EQ(settings.llm.max_retries, 4U);
  ASSERT_EQ(settings.llm.providers.size(), 1U);
  const ProviderSettings& provider = settings.llm.providers[0];
  EXPECT_EQ(provider.model, "gpt-4o-mini");
  EXPECT_EQ(provider.api_key.reveal(), "sk-only-0123456789");
  EXPECT_EQ(provider.base_url, "https://api.openai.com/v1");
  EXPECT_EQ(provider.temperature, 0.3);
  EXPECT_EQ(provider.max_output_tokens, 2048U);
}

TEST_F(OriginalForm, with_a_single_provider_knows_the_usual_variables) {
  environment_ = {
      {"OPENAI_MODEL", "m"}, {"OPENAI_API_KEY", "k"}, {"OPENAI_BASE_URL", "https://proxy.example/v1"}};

  const Settings settings =
      load("rules_text: Rules.\nllm:\n  provider: proxy\n  max_workers: 7\n  rpm: 60\n");

  ASSERT_EQ(settings.llm.providers.size(), 1U);
  EXPECT_EQ(settings.llm.providers[0].name, "proxy");
  EXPECT_EQ(settings.llm.providers[0].model, "m");
  EXPECT_EQ(settings.llm.providers[0].base_url, "https://proxy.example/v1");
  EXPECT_EQ(settings.llm.providers[0].rpm, 60U);
  EXPECT_EQ(settings.llm.providers[0].max_workers, std::nullopt);
  EXPECT_EQ(settings.llm.max_workers, 7U);
}

TEST_F(OriginalForm, may_use_anchors_and_merge_keys) {
  const Settings settings = load(R"(rules_text: Rules.
llm:
  providers:
    2:
      <<: &common
        api_key_env: OPENAI_API_KEY_1
        temperature: 0.5
        model: first
      model: second
    1: *common
)");

  ASSERT_EQ(settings.llm.providers.size(), 2U);
  EXPECT_EQ(settings.llm.providers[0].model, "first");
  EXPECT_EQ(settings.llm.providers[1].model, "second");
  EXPECT_EQ(settings.llm.providers[1].temperature, 0.5);
}

TEST_F(OriginalForm, reads_scalars_as_yaml_1_1_and_pydantic_do) {
  const Settings settings = load(R"(rules_text: Rules.
batch_size: "1_000"
columns: {status: 1, comment: Yes}
allowed_statuses: [No, 2, null_status, "да"]
llm:
  providers:
    1: {model: m, api_key_env: OPENAI_API_KEY_1, reasoning_enabled: off, organization: ~, request_timeout: +90}
)");

  EXPECT_EQ(settings.batch_size, 1000U);
  EXPECT_EQ(settings.columns.status, "1");
  EXPECT_EQ(settings.columns.comment, "Yes");
  EXPECT_THAT(settings.allowed_statuses, ElementsAre("No", "2", "null_status", "да"));
  EXPECT_FALSE(settings.llm.providers[0].reasoning_enabled);
  EXPECT_EQ(settings.llm.providers[0].organization, "");
  EXPECT_EQ(settings.llm.providers[0].request_timeout, std::chrono::seconds(90));
}

}  // namespace
}  // namespace sv::config
