#include "config/settings_fixture.hpp"

#include "base/fatal.hpp"
#include "base/random.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace sv::config {

namespace {
namespace fs = std::filesystem;
}

SettingsTest::SettingsTest() {
  directory_ = (fs::temp_directory_path() / ("sv-config-" + unguessable_hex(8))).string();
  fs::create_directories(directory_);
}

SettingsTest::~SettingsTest() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void SettingsTest::write(const std::string& path, std::string_view content) const {
  const fs::path whole = fs::path(directory_) / path;
  fs::create_directories(whole.parent_path());
  std::ofstream(whole, std::ios::binary) << content;
}

LoadRequest SettingsTest::request() const {
  return LoadRequest{.config_path = config_path_,
                     .overrides = flags_,
                     .environment = lookup_in(environment_),
                     .working_directory = directory_,
                     .needs_keys = needs_keys_};
}

Settings SettingsTest::load(std::string_view yaml) {
  write(*config_path_, yaml);
  return load_settings(request());
}

Settings SettingsTest::load_without_file() {
  config_path_.reset();
  return load_settings(request());
}

Refusal SettingsTest::refusal_of(std::string_view yaml) {
  write(*config_path_, yaml);
  return config::refusal_of(request());
}

Refusal SettingsTest::refusal_without_file() {
  config_path_.reset();
  return config::refusal_of(request());
}

Refusal refusal_of(const LoadRequest& request) {
  try {
    static_cast<void>(load_settings(request));
  } catch (const Fatal& fatal) {
    return {fatal.code(), fatal.what()};
  }
  ADD_FAILURE() << "the settings were accepted";
  return {};
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

EnvironmentLookup lookup_in(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto variable = variables.find(name);
    return variable == variables.end() ? std::nullopt : std::optional(variable->second);
  };
}

}  // namespace sv::config
