// Where a setting comes from: the precedence of flag, environment, .env, settings file, the user's own file
// and default (user-experience.md U-08), and that `config show` tells what the loader has done.
#include "config/origins.hpp"

#include "base/fatal.hpp"
#include "config/settings_fixture.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace sv::config {
namespace {

class Origins : public SettingsTest {
 protected:
  ShownSetting shown(const LoadRequest& request, std::string_view path) const {
    for (const ShownSetting& setting : show_settings(request)) {
      if (setting.path == path) return setting;
    }
    ADD_FAILURE() << path << " is not shown";
    return {};
  }
};

struct Case {
  const char* what;
  std::string file;  // empty: none
  std::map<std::string, std::string> environment;
  std::string dot_env;
  Overrides flags;
  std::string path, value, origin;
};

std::string file_with(const std::string& top, const std::string& provider = "") {
  return "rules_text: Say what is done.\n" + top + "llm:\n  providers:\n    1:\n      model_env: M\n" +
         "      api_key_env: K\n" + provider;
}

constexpr const char* kOlder = "rules_text: Say what is done.\nllm:\n  max_workers: 7\n";

TEST_F(Origins, precedence_in_twenty_cases) {
  const std::map<std::string, std::string> set = {{"M", "from-env"}, {"K", "sk-secret-0123456789abcdef"}};
  const std::map<std::string, std::string> usual = {{"OPENAI_MODEL", "usual"}, {"OPENAI_API_KEY", "k1"}};
  const Overrides model = {.model = "from-flag"};
  const std::string m = "llm.providers.1.model";
  const std::array<Case, 20> cases = {{
      {"default", file_with(""), set, "", {}, "batch_size", "10", "default"},
      {"file over default", file_with("batch_size: 4\n"), set, "", {}, "batch_size", "4", "config.yaml:2"},
      {"flag over file",
       file_with("max_cost: 1\n"),
       set,
       "",
       {.max_cost = 2},
       "max_cost",
       "2",
       "flag --max-cost"},
      {"flag over default", file_with(""), set, "", {.is_batch = true}, "mode", "batch", "flag --batch"},
      {"neither", file_with(""), set, "", {}, "max_requests", "", ""},
      {"environment that the file names", file_with(""), set, "", {}, m, "from-env", "M"},
      {"flag over environment", file_with(""), set, "", model, m, "from-flag", "flag --model"},
      {".env beside the file", file_with(""), {{"K", "k1"}}, "M=dotted\n", {}, m, "dotted", "M in .env"},
      {"environment over .env", file_with(""), set, "M=dotted\n", {}, m, "from-env", "M"},
      {"flag over .env", file_with(""), {{"K", "k1"}}, "M=dotted\n", model, m, "from-flag", "flag --model"},
      {"file over environment",
       file_with("", "      model: in-file\n"),
       set,
       "",
       {},
       m,
       "in-file",
       "config.yaml:7"},
      {"key", file_with(""), set, "", {}, "llm.providers.1.api_key", "given (not shown)", "K"},
      {"address by default",
       file_with(""),
       set,
       "",
       {},
       "llm.providers.1.base_url",
       "https://api.openai.com/v1",
       "default"},
      {"flag for the address",
       file_with(""),
       set,
       "",
       {.base_url = "https://a.example/v1"},
       "llm.providers.1.base_url",
       "https://a.example/v1",
       "flag --base-url"},
      {"older form, usual variable", kOlder, usual, "", {}, m, "usual", "OPENAI_MODEL"},
      {"older form, flag", kOlder, usual, "", {.workers = 3}, "llm.max_workers", "3", "flag --workers"},
      {"older form, file", kOlder, usual, "", {}, "llm.max_workers", "7", "config.yaml:3"},
      {"no file, variable", "", usual, "", {.rules_file = "r.md"}, m, "usual", "OPENAI_MODEL"},
      {"no file, flag", "", usual, "", {.rules_file = "r.md", .model = "x"}, m, "x", "flag --model"},
      {"column by flag",
       file_with("columns: {status: A, comment: B}\n"),
       set,
       "",
       {.columns = {"comment=C"}},
       "columns.comment",
       "C",
       "flag --column"},
  }};
  write("r.md", "Say what is done.");
  for (const Case& one : cases) {
    LoadRequest request;
    request.working_directory = directory_;
    request.environment = lookup_in(one.environment);
    request.overrides = one.flags;
    write(".env", one.dot_env);
    if (!one.file.empty()) {
      write("config.yaml", one.file);
      request.config_path = "config.yaml";
    }
    const ShownSetting found = shown(request, one.path);
    EXPECT_EQ(found.value, one.value) << one.what;
    EXPECT_EQ(found.origin, one.origin) << one.what;
    // And the run would use the same.
    const Settings settings = load_settings(request);
    const std::map<std::string, std::string> used = {
        {m, settings.llm.providers.front().model},
        {"llm.providers.1.base_url", settings.llm.providers.front().base_url},
        {"batch_size", std::to_string(settings.batch_size)},
        {"llm.max_workers", std::to_string(settings.llm.max_workers.value_or(0))},
        {"columns.comment", settings.columns.comment},
        {"mode", settings.is_batch ? "batch" : "online"},
    };
    if (const auto value = used.find(one.path); value != used.end())
      EXPECT_EQ(value->second, one.value) << one.what;
  }
}

TEST_F(Origins, secrets_are_not_shown_wherever_they_stand) {
  const std::string key = "sk-proj-0123456789abcdefghij";
  for (const std::string& line : {"api_key: " + key, "api_key_env: " + key, "organization: " + key}) {
    write("config.yaml", "rules_text: x\nllm:\n  providers:\n    1:\n      model: m\n      " + line + "\n");
    for (const ShownSetting& setting : show_settings(request())) {
      EXPECT_EQ(setting.value.find(key), std::string::npos) << line << ": " << setting.path;
      EXPECT_EQ(setting.origin.find(key), std::string::npos) << line << ": " << setting.path;
    }
  }
}

TEST_F(Origins, a_file_with_mistakes_can_be_looked_at_but_broken_yaml_cannot) {
  write("config.yaml", "batch_size: many\nmaxcost: 1\n");
  EXPECT_EQ(shown(request(), "batch_size").value, "many");
  write("config.yaml", "a: [1\n");
  EXPECT_THROW(static_cast<void>(show_settings(request())), Fatal);
}

TEST_F(Origins, the_users_own_file_is_where_xdg_says) {
  const auto found = [&](std::map<std::string, std::string> environment) {
    return user_settings_file(lookup_in(std::move(environment)));
  };
  EXPECT_EQ(found({{"HOME", directory_}}), std::nullopt) << "not there";
  write(".config/status-validator/config.yaml", "batch_size: 2\n");
  write("xdg/status-validator/config.yaml", "batch_size: 3\n");
  const std::string usual = directory_ + "/.config/status-validator/config.yaml";
  const std::string other = directory_ + "/xdg/status-validator/config.yaml";
  EXPECT_EQ(found({{"HOME", directory_}}), usual);
  EXPECT_EQ(found({{"HOME", directory_}, {"XDG_CONFIG_HOME", directory_ + "/xdg"}}), other);
  EXPECT_EQ(found({{"HOME", directory_}, {"XDG_CONFIG_HOME", ""}}), usual);
  EXPECT_EQ(found({{"HOME", directory_}, {"XDG_CONFIG_HOME", "relative"}}), usual) << "ignored, as XDG asks";
  EXPECT_EQ(found({}), std::nullopt);
}

TEST_F(Origins, the_users_own_file_keeps_answers_where_xdg_says_or_in_the_working_directory) {
  write("home/config.yaml", std::string(kMinimal));
  LoadRequest own = request();
  own.config_path = directory_ + "/home/config.yaml";
  own.is_users_own = true;
  EXPECT_EQ(load_settings(own).cache_path, "status_validator_answers.sqlite");
  own.environment = lookup_in({{"TEST_KEY", "k"}, {"XDG_STATE_HOME", "/state"}});
  EXPECT_EQ(load_settings(own).cache_path, "/state/status-validator/answers.sqlite") << "who has said where";
  own.environment = lookup_in({{"TEST_KEY", "k"}, {"XDG_STATE_HOME", "state"}});
  EXPECT_EQ(load_settings(own).cache_path, "status_validator_answers.sqlite") << "ignored, as XDG asks";
  own.environment = lookup_in({{"TEST_KEY", "k"}, {"XDG_STATE_HOME", "/state"}});
  own.is_users_own = false;
  EXPECT_EQ(load_settings(own).cache_path, directory_ + "/home/status_validator_answers.sqlite");
}

}  // namespace
}  // namespace sv::config
