// A directory of its own for each test, and short ways to load settings from it.
#pragma once

#include "base/exit_code.hpp"
#include "config/load.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sv::config {

struct Refusal {
  ExitCode code = ExitCode::ok;
  std::string text;
};

class SettingsTest : public testing::Test {
 protected:
  SettingsTest();
  ~SettingsTest() override;

  // Writes a file below the directory, with the directories in between.
  void write(const std::string& path, std::string_view content) const;
  // Loads `config.yaml`, written with this content; or without a settings file.
  Settings load(std::string_view yaml);
  Settings load_without_file();
  // What a wrong one is refused with. Fails the test when it is not.
  Refusal refusal_of(std::string_view yaml);
  Refusal refusal_without_file();
  LoadRequest request() const;

  std::string directory_;  // the working directory of the request
  std::optional<std::string> config_path_ = "config.yaml";
  std::map<std::string, std::string> environment_ = {{"TEST_KEY", "sk-test-0123456789abcdef"}};
  Overrides flags_;
  bool needs_keys_ = true;
};

Refusal refusal_of(const LoadRequest& request);
std::string read_file(const std::string& path);
EnvironmentLookup lookup_in(std::map<std::string, std::string> variables);

// A whole settings file but for what a test adds: no line of it is indented less than the provider's.
inline constexpr std::string_view kMinimal = R"(rules_text: Every update names the next step.
llm:
  providers:
    1:
      model: gpt-4o-mini
      api_key_env: TEST_KEY
)";

}  // namespace sv::config
